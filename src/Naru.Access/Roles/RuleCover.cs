using System.Collections.Immutable;

namespace Naru.Access.Roles;

/// <summary>Compares what somebody has with what they want to give away.</summary>
internal static class RuleCover
{
    /// <summary>What of the wanted rules the held ones do not give, one line each as Kubernetes shows it.</summary>
    public static IReadOnlyList<string> Missing(ImmutableArray<PolicyRule> held, ImmutableArray<PolicyRule> wanted) =>
        [.. Compact(wanted.SelectMany(static rule => rule.Singles()).Where(single => !held.Any(rule => rule.Covers(single)))).Select(Show).Order(StringComparer.Ordinal)];

    // Rules that differ in their verbs alone are shown as one.
    private static IEnumerable<PolicyRule> Compact(IEnumerable<PolicyRule> singles) =>
        singles.GroupBy(static rule => (rule.Paths.FirstOrDefault(), rule.Groups.FirstOrDefault(), rule.Resources.FirstOrDefault(), rule.Names.FirstOrDefault()))
            .Select(static alike => alike.First() with { Verbs = [.. alike.SelectMany(static rule => rule.Verbs).Distinct()] });

    private static string Show(PolicyRule rule)
    {
        var parts = new List<string>();
        Add(parts, "APIGroups", rule.Groups);
        Add(parts, "Resources", rule.Resources);
        Add(parts, "ResourceNames", rule.Names);
        Add(parts, "NonResourceURLs", rule.Paths);
        Add(parts, "Verbs", rule.Verbs);
        return $"{{{string.Join(", ", parts)}}}";
    }

    private static void Add(List<string> parts, string name, ImmutableArray<string> values)
    {
        if (!values.IsEmpty)
        {
            parts.Add($"{name}:[{string.Join(" ", values.Select(static one => $"\"{one}\""))}]");
        }
    }
}
