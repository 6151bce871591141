using System.Buffers;
using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using Naru.Core.Errors;
using Naru.Objects.Json;
using Naru.Objects.Schemas;
using Naru.Objects.Values;

namespace Naru.Objects.Apply;

/// <summary>Steps of a path as managed fields write them: <c>f:name</c>, <c>k:{"name":"a"}</c>, <c>v:"text"</c>, <c>i:0</c>.</summary>
internal static class FieldKeys
{
    /// <summary>Stands for the field itself among its parts.</summary>
    public const string Self = ".";

    // Custom types come and go: what they name must not pile up.
    private const int MostSteps = 20_000;
    private static readonly ConcurrentDictionary<string, string> Steps = new(StringComparer.Ordinal);

    /// <summary>The step to a field.</summary>
    public static string Field(string name) => string.Concat("f:", name);

    /// <summary>The step to a field that a type names: one string for all objects.</summary>
    public static string Named(string name)
    {
        if (Steps.TryGetValue(name, out var step))
        {
            return step;
        }

        step = Field(name);
        if (Steps.Count < MostSteps)
        {
            Steps.TryAdd(name, step);
        }

        return step;
    }

    /// <summary>Whether the parts of a list are owned one by one.</summary>
    public static bool IsGranular(ISchema? schema) => schema is { Kind: SchemaKind.List, ListType: not ListSemantics.Atomic };

    /// <summary>The type of a map's field: named, or behind a free key.</summary>
    public static ISchema? Of(ISchema? schema, string name) => schema?.Field(name) ?? (schema is { Kind: SchemaKind.Map } ? schema.Element : null);

    /// <summary>The step to an entry of a granular list.</summary>
    public static string Item(Value item, ISchema schema)
    {
        if (item is not MapValue map || schema.ListType != ListSemantics.Map)
        {
            return item is TextValue text && IsPlain(text.Text) ? $"v:\"{text.Text}\"" : string.Concat("v:", JsonText.ToText(item));
        }

        // Nearly all lists are known by one plain name.
        if (schema.ListKeys.Count == 1 && map[schema.ListKeys[0]] is TextValue name && IsPlain(name.Text))
        {
            return $"k:{{\"{schema.ListKeys[0]}\":\"{name.Text}\"}}";
        }

        var key = Key(map, schema);
        var written = new StringBuilder("k:{", 64);
        foreach (ref readonly var field in key.AsSpan())
        {
            written.Append(written.Length > 3 ? ",\"" : "\"").Append(field.Key).Append("\":");
            _ = field.Value switch
            {
                TextValue text when IsPlain(text.Text) => written.Append('"').Append(text.Text).Append('"'),
                IntegerValue number => written.Append(CultureInfo.InvariantCulture, $"{number.Number}"),
                _ => written.Append(JsonText.ToText(field.Value)),
            };
        }

        return written.Append('}').ToString();
    }

    /// <summary>The fields that make an entry's key, in the order of their names.</summary>
    public static MapValue Key(MapValue item, ISchema schema)
    {
        var key = new MapValue(schema.ListKeys.Count);
        foreach (var name in schema.ListKeys)
        {
            key[name] = item[name] ?? schema.Element?.Field(name)?.Default ?? (name == "protocol" ? Tcp : null);
        }

        key.Sort();
        return key;
    }

    /// <summary>The step as messages show it: <c>.name</c>, <c>[name="a"]</c>.</summary>
    public static string Show(string step) => step[..2] switch
    {
        "f:" => $".{step[2..]}",
        "k:" => $"[{ShowKey(step[2..])}]",
        "v:" => $"[={step[2..]}]",
        _ => $"[{step[2..]}]",
    };

    private static string ShowKey(string text)
    {
        try
        {
            return JsonText.Parse(text) is MapValue key ? string.Join(",", key.Select(static field => $"{field.Key}={JsonText.ToText(field.Value)}")) : text;
        }
        catch (NaruException)
        {
            // Clients may bring managed fields with keys of their own making.
            return text;
        }
    }

    private static bool IsPlain(string text) => !text.AsSpan().ContainsAnyExcept(Plain);

    private static readonly Value Tcp = "TCP";
    private static readonly SearchValues<char> Plain = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_./: ");
}
