using System.Collections.Immutable;
using Naru.Core.Builds;

namespace Naru.Dialects.BuildKit.Control;

/// <summary>Filters of DiskUsage and Prune: <c>type==regular</c>, <c>id~=abc</c>, <c>inuse</c>; every word of a line must hold, one line must.</summary>
internal static class UsageFilter
{
    public static bool Allows(IReadOnlyCollection<string> lines, BuildCacheRecord record) => lines.Count == 0 || lines.Any(l => Holds(l, record));

    private static bool Holds(string line, BuildCacheRecord record) => line.Split(',', StringSplitOptions.RemoveEmptyEntries).All(w => HoldsWord(w, record));

    private static bool HoldsWord(string word, BuildCacheRecord record)
    {
        foreach (var sign in new[] { "==", "!=", "~=" })
        {
            var at = word.IndexOf(sign, StringComparison.Ordinal);
            if (at >= 0)
            {
                var (name, value) = (word[..at], word[(at + 2)..].Trim('"'));
                return sign switch
                {
                    "==" => Values(name, record).Contains(value, StringComparer.Ordinal),
                    "!=" => !Values(name, record).Contains(value, StringComparer.Ordinal),
                    _ => Values(name, record).Any(v => v.Contains(value, StringComparison.Ordinal)),
                };
            }
        }

        return Values(word, record).Any(v => v is not ("" or "false"));
    }

    private static ImmutableArray<string> Values(string name, BuildCacheRecord record) => name switch
    {
        "id" => [record.Id],
        "type" => [record.Type],
        "description" => [record.Description],
        "parents" or "parent" => record.Parents,
        "inuse" => [record.InUse ? "true" : "false"],
        "shared" => [record.Shared ? "true" : "false"],
        "private" => [record.Shared ? "false" : "true"],
        "mutable" => [record.Type == "regular" ? "false" : "true"],
        "immutable" => [record.Type == "regular" ? "true" : "false"],
        _ => [],
    };
}
