using System.Collections.Immutable;
using Naru.Objects.Access;
using Naru.Objects.Values;

namespace Naru.Access.Roles;

/// <summary>One rule of a role. Rules only ever allow.</summary>
internal sealed record PolicyRule
{
    private const string All = "*";

    public ImmutableArray<string> Verbs { get; init; } = [];

    public ImmutableArray<string> Groups { get; init; } = [];

    public ImmutableArray<string> Resources { get; init; } = [];

    public ImmutableArray<string> Names { get; init; } = [];

    public ImmutableArray<string> Paths { get; init; } = [];

    public static PolicyRule Read(MapValue rule) => new()
    {
        Verbs = Texts(rule, "verbs"),
        Groups = Texts(rule, "apiGroups"),
        Resources = Texts(rule, "resources"),
        Names = Texts(rule, "resourceNames"),
        Paths = Texts(rule, "nonResourceURLs"),
    };

    public static ImmutableArray<PolicyRule> ReadAll(MapValue role) => [.. role.Maps("rules").Select(Read)];

    public MapValue Write()
    {
        var map = new MapValue(4);
        Set(map, "apiGroups", Groups);
        Set(map, "resources", Resources);
        Set(map, "resourceNames", Names);
        Set(map, "nonResourceURLs", Paths);
        Set(map, "verbs", Verbs);
        return map;
    }

    public bool Allows(AccessAttempt attempt) =>
        attempt.Path is { } path
            ? Holds(Verbs, attempt.Verb) && Paths.Any(rule => PathMatches(rule, path))
            : Holds(Verbs, attempt.Verb) && Holds(Groups, attempt.Group) && MatchesResource(attempt.Resource, attempt.Subresource) && (Names.IsEmpty || Names.Contains(attempt.Name));

    /// <summary>Whether this rule alone gives everything that the other gives, which has one verb, group and resource (or path).</summary>
    public bool Covers(PolicyRule single)
    {
        if (!single.Verbs.All(verb => Holds(Verbs, verb)))
        {
            return false;
        }

        if (!single.Paths.IsEmpty)
        {
            return single.Paths.All(path => Paths.Any(rule => PathMatches(rule, path)));
        }

        return single.Groups.All(group => Holds(Groups, group))
            && single.Resources.All(CoversResource)
            && (Names.IsEmpty || (!single.Names.IsEmpty && single.Names.All(Names.Contains)));
    }

    /// <summary>The rule as many rules, each with one verb, group, resource and name, or verb and path.</summary>
    public IEnumerable<PolicyRule> Singles() =>
        from verb in Verbs
        from one in Paths.Select(path => new PolicyRule { Verbs = [verb], Paths = [path] }).Concat(
            from @group in Groups
            from resource in Resources
            from name in Names.IsEmpty ? [null] : Names.Cast<string?>()
            select new PolicyRule { Verbs = [verb], Groups = [@group], Resources = [resource], Names = name is null ? [] : [name] })
        select one;

    public bool SameAs(PolicyRule other) =>
        Same(Verbs, other.Verbs) && Same(Groups, other.Groups) && Same(Resources, other.Resources) && Same(Names, other.Names) && Same(Paths, other.Paths);

    private static bool Same(ImmutableArray<string> left, ImmutableArray<string> right) => left.AsSpan().SequenceEqual(right.AsSpan());

    private static bool Holds(ImmutableArray<string> list, string one)
    {
        foreach (var entry in list)
        {
            if (entry == All || entry == one)
            {
                return true;
            }
        }

        return false;
    }

    private static bool PathMatches(string rule, string path) =>
        rule == All || rule == path || (rule.EndsWith('*') && path.StartsWith(rule.AsSpan(0, rule.Length - 1), StringComparison.Ordinal));

    private static ImmutableArray<string> Texts(MapValue rule, string field) => rule.List(field) is { } list ? [.. list.Texts()] : [];

    private static void Set(MapValue map, string field, ImmutableArray<string> texts)
    {
        if (!texts.IsEmpty)
        {
            map[field] = new ListValue(texts.Select(static text => (Value)text));
        }
    }

    private bool MatchesResource(string resource, string subresource)
    {
        foreach (var rule in Resources)
        {
            if (rule == All || (subresource.Length == 0 ? rule == resource : IsBoth(rule, resource, subresource)))
            {
                return true;
            }
        }

        return false;
    }

    private static bool IsBoth(ReadOnlySpan<char> rule, string resource, string subresource)
    {
        var slash = rule.IndexOf('/');
        return slash > 0 && rule[(slash + 1)..].SequenceEqual(subresource) && (rule[..slash].SequenceEqual(resource) || rule[..slash] is All);
    }

    private bool CoversResource(string resource)
    {
        var slash = resource.IndexOf('/', StringComparison.Ordinal);
        return slash < 0 ? Holds(Resources, resource) : MatchesResource(resource[..slash], resource[(slash + 1)..]);
    }
}
