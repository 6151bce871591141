using Naru.Objects.Values;

namespace Naru.Cluster.CustomResources;

/// <summary>Which names of a definition are free in its group. Who has had a name accepted keeps it.</summary>
internal sealed class DefinitionNames
{
    private readonly HashSet<string> _resources = new(StringComparer.Ordinal);
    private readonly HashSet<string> _kinds = new(StringComparer.Ordinal);

    /// <summary>Notes names that are accepted.</summary>
    public void Take(MapValue names)
    {
        foreach (var word in (string?[])[names.Text("plural"), names.Text("singular"), .. names.List("shortNames")?.Texts() ?? []])
        {
            if (!string.IsNullOrEmpty(word))
            {
                _resources.Add(word);
            }
        }

        foreach (var word in (string?[])[names.Text("kind"), names.Text("listKind")])
        {
            if (!string.IsNullOrEmpty(word))
            {
                _kinds.Add(word);
            }
        }
    }

    /// <summary>The names that may be accepted, and the condition that says so. <paramref name="before"/> are the names accepted earlier: they stay where the wished ones are taken.</summary>
    public (MapValue Accepted, MapValue Condition) Judge(MapValue wished, MapValue? before)
    {
        var accepted = wished.CloneMap();
        var refused = new List<(string Reason, string Word)>();
        Check("plural", "PluralConflict", _resources);
        Check("singular", "SingularConflict", _resources);
        foreach (var word in wished.List("shortNames")?.Texts() ?? [])
        {
            if (_resources.Contains(word))
            {
                refused.Add(("ShortNamesConflict", word));
                accepted["shortNames"] = before?["shortNames"];
            }
        }

        Check("kind", "KindConflict", _kinds);
        Check("listKind", "ListKindConflict", _kinds);
        return (accepted, refused.Count == 0
            ? Condition("NamesAccepted", "True", "NoConflicts", "no conflicts found")
            : Condition("NamesAccepted", "False", refused[^1].Reason, string.Join(", ", refused.Select(static one => $"\"{one.Word}\" is already in use"))));

        void Check(string field, string reason, HashSet<string> taken)
        {
            if (wished.Text(field) is { Length: > 0 } word && taken.Contains(word))
            {
                refused.Add((reason, word));
                accepted[field] = before?[field] ?? "";
            }
        }
    }

    /// <summary>A condition without its time.</summary>
    public static MapValue Condition(string type, string status, string reason, string message) => new() { ["type"] = type, ["status"] = status, ["reason"] = reason, ["message"] = message };
}
