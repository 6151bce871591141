using System.Collections.Frozen;
using Naru.Objects.Schemas;

namespace Naru.Dialects.Kubernetes.OpenApi;

/// <summary>What the published schemas say about a field beyond its type.</summary>
internal sealed record FieldRule(string Field, bool IsRequired, string PatchStrategy, string PatchKey, string ListType, string[] ListKeys, string MapType)
{
    private static readonly Lazy<FrozenDictionary<string, FieldRule[]>> All = new(Read);

    /// <summary>The rules of a definition.</summary>
    public static FieldRule[] Of(string definition) => All.Value.GetValueOrDefault(definition) ?? [];

    private static FrozenDictionary<string, FieldRule[]> Read()
    {
        using var reader = SchemaTables.OpenRules();
        var rules = new List<(string Definition, FieldRule Rule)>();
        while (reader.ReadLine() is { } line)
        {
            var parts = line.Split('\t');
            rules.Add((parts[0], new FieldRule(parts[1], parts[2] == "required", parts[3], parts[4], parts[5], parts[6].Split(',', StringSplitOptions.RemoveEmptyEntries), parts[7])));
        }

        return rules.GroupBy(static one => one.Definition).ToFrozenDictionary(static one => one.Key, static one => one.Select(static pair => pair.Rule).ToArray(), StringComparer.Ordinal);
    }
}
