using System.Text.Json;

namespace Naru.Dialects.Docker.Http;

/// <summary>The <c>filters</c> parameter, in both forms that clients write: <c>{"k":{"v":true}}</c> and <c>{"k":["v"]}</c>.</summary>
internal sealed class Filters
{
    public static readonly Filters None = new([]);

    private readonly Dictionary<string, List<string>> _values;

    private Filters(Dictionary<string, List<string>> values) => _values = values;

    public bool IsEmpty => _values.Count == 0;

    public IEnumerable<string> Keys => _values.Keys;

    /// <summary>The values of one key; empty if the key was not given.</summary>
    public IReadOnlyList<string> this[string key] => _values.TryGetValue(key, out var values) ? values : [];

    public bool Has(string key) => _values.TryGetValue(key, out var values) && values.Count > 0;

    /// <exception cref="DockerException">400: not JSON, or not of either form.</exception>
    public static Filters Parse(string? text)
    {
        if (string.IsNullOrEmpty(text))
        {
            return None;
        }
        try
        {
            using var document = JsonDocument.Parse(text);
            return document.RootElement.ValueKind switch
            {
                JsonValueKind.Null => None,
                JsonValueKind.Object => new Filters(Read(document.RootElement)),
                _ => throw DockerException.BadRequest("invalid filter"),
            };
        }
        catch (JsonException)
        {
            throw DockerException.BadRequest("invalid filter");
        }
    }

    /// <summary>Refuses a key that the endpoint does not know.</summary>
    /// <exception cref="DockerException">400, in docker's words.</exception>
    public Filters Allow(params ReadOnlySpan<string> known)
    {
        foreach (var key in _values.Keys)
        {
            if (!known.Contains(key))
            {
                throw DockerException.BadRequest($"invalid filter '{key}'");
            }
        }
        return this;
    }

    /// <summary>A filter that holds true or false; null if it was not given.</summary>
    /// <exception cref="DockerException">400 if it is neither, or both.</exception>
    public bool? Flag(string key)
    {
        bool? flag = null;
        foreach (var value in this[key])
        {
            var one = value switch
            {
                "1" or "true" or "True" or "TRUE" or "t" or "T" => true,
                "0" or "false" or "False" or "FALSE" or "f" or "F" => false,
                _ => throw DockerException.BadRequest($"invalid filter '{key}={value}'"),
            };
            if (flag is { } seen && seen != one)
            {
                throw DockerException.BadRequest($"invalid filter '{key}=[{string.Join(' ', this[key])}]'");
            }
            flag = one;
        }
        return flag;
    }

    /// <summary>Whether labels satisfy all values of <c>label</c> and none of <c>label!</c>: <c>key</c> or <c>key=value</c>.</summary>
    public bool MatchesLabels(IReadOnlyDictionary<string, string>? labels)
    {
        foreach (var wanted in this["label"])
        {
            if (!HasLabel(labels, wanted))
            {
                return false;
            }
        }
        foreach (var unwanted in this["label!"])
        {
            if (HasLabel(labels, unwanted))
            {
                return false;
            }
        }
        return true;
    }

    private static bool HasLabel(IReadOnlyDictionary<string, string>? labels, string wanted)
    {
        var equals = wanted.IndexOf('=');
        return labels is not null &&
            (equals < 0
                ? labels.ContainsKey(wanted)
                : labels.TryGetValue(wanted[..equals], out var value) && value == wanted[(equals + 1)..]);
    }

    private static Dictionary<string, List<string>> Read(JsonElement root)
    {
        var values = new Dictionary<string, List<string>>(StringComparer.Ordinal);
        foreach (var entry in root.EnumerateObject())
        {
            var list = new List<string>();
            switch (entry.Value.ValueKind)
            {
                case JsonValueKind.Array:
                    foreach (var item in entry.Value.EnumerateArray())
                    {
                        list.Add(item.ValueKind == JsonValueKind.String ? item.GetString()! : throw DockerException.BadRequest("invalid filter"));
                    }
                    break;
                case JsonValueKind.Object:
                    foreach (var item in entry.Value.EnumerateObject())
                    {
                        if (item.Value.ValueKind is not (JsonValueKind.True or JsonValueKind.False))
                        {
                            throw DockerException.BadRequest("invalid filter");
                        }
                        list.Add(item.Name);
                    }
                    break;
                case JsonValueKind.Null:
                    break;
                default:
                    throw DockerException.BadRequest("invalid filter");
            }
            values[entry.Name] = list;
        }
        return values;
    }
}
