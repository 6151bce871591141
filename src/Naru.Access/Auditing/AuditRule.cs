using System.Collections.Immutable;
using Naru.Objects.Access;
using Naru.Objects.Values;

namespace Naru.Access.Auditing;

/// <summary>One rule of an audit policy: what it is about, and how much is kept of it. Empty lists are about everything.</summary>
internal sealed record AuditRule
{
    public required AuditLevel Level { get; init; }

    public ImmutableArray<string> Users { get; init; } = [];

    public ImmutableArray<string> Groups { get; init; } = [];

    public ImmutableArray<string> Verbs { get; init; } = [];

    public ImmutableArray<AuditResources> Resources { get; init; } = [];

    public ImmutableArray<string> Namespaces { get; init; } = [];

    public ImmutableArray<string> Paths { get; init; } = [];

    public ImmutableArray<string> OmitStages { get; init; } = [];

    public bool OmitManagedFields { get; init; }

    public bool Matches(AccessAttempt attempt)
    {
        if ((!Users.IsEmpty && !Users.Contains(attempt.User.Name))
            || (!Groups.IsEmpty && !attempt.User.Groups.Any(Groups.Contains))
            || (!Verbs.IsEmpty && !Verbs.Contains(attempt.Verb)))
        {
            return false;
        }

        if (!Resources.IsEmpty || !Namespaces.IsEmpty)
        {
            return attempt.Path is null
                && (Namespaces.IsEmpty || Namespaces.Contains(attempt.Namespace))
                && (Resources.IsEmpty || Resources.Any(one => one.Matches(attempt)));
        }

        return Paths.IsEmpty || (attempt.Path is { } path && Paths.Any(rule => PathMatches(rule, path)));
    }

    private static bool PathMatches(string rule, string path) =>
        rule == path || (rule.EndsWith('*') && path.StartsWith(rule.AsSpan(0, rule.Length - 1), StringComparison.Ordinal));
}

/// <summary>Resources of a group that a rule is about: <c>pods</c>, <c>pods/log</c>, <c>*/scale</c>, <c>pods/*</c>, <c>*</c>.</summary>
internal sealed record AuditResources(string Group, ImmutableArray<string> Resources, ImmutableArray<string> Names)
{
    public static AuditResources Read(MapValue map) =>
        new(map.Text("group") ?? "", [.. map.List("resources")?.Texts() ?? []], [.. map.List("resourceNames")?.Texts() ?? []]);

    public bool Matches(AccessAttempt attempt)
    {
        if (Group != attempt.Group || (!Names.IsEmpty && !Names.Contains(attempt.Name)))
        {
            return false;
        }

        var whole = attempt.Subresource.Length == 0 ? attempt.Resource : $"{attempt.Resource}/{attempt.Subresource}";
        return Resources.IsEmpty || Resources.Any(rule => rule == "*" || rule == whole
            || (attempt.Subresource.Length > 0 && (rule == $"*/{attempt.Subresource}" || rule == $"{attempt.Resource}/*")));
    }
}
