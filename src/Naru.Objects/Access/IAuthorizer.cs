using System.Collections.Immutable;

namespace Naru.Objects.Access;

/// <summary>Decides who may do what. Any thread; decides from memory.</summary>
public interface IAuthorizer
{
    /// <summary>The decision on one attempt.</summary>
    AccessDecision Authorize(AccessAttempt attempt);

    /// <summary>What a user may do in a namespace, for reviews of rules.</summary>
    AccessRules RulesFor(UserInfo user, string @namespace);
}

/// <summary>Somebody's wish to do something.</summary>
public sealed record AccessAttempt
{
    /// <summary>Who.</summary>
    public required UserInfo User { get; init; }

    /// <summary><c>get</c>, <c>list</c>, <c>watch</c>, <c>create</c>, <c>update</c>, <c>patch</c>, <c>delete</c>, <c>deletecollection</c>, or a special verb (<c>impersonate</c>, <c>bind</c>, <c>escalate</c>, <c>approve</c>…).</summary>
    public required string Verb { get; init; }

    /// <summary>API group; empty for the core group.</summary>
    public string Group { get; init; } = "";

    /// <summary>Version.</summary>
    public string Version { get; init; } = "";

    /// <summary>Resource; empty for a path that is no resource.</summary>
    public string Resource { get; init; } = "";

    /// <summary>Subresource; may be empty.</summary>
    public string Subresource { get; init; } = "";

    /// <summary>Namespace; may be empty.</summary>
    public string Namespace { get; init; } = "";

    /// <summary>Name; may be empty.</summary>
    public string Name { get; init; } = "";

    /// <summary>Field selector of a list or watch, empty if it has none; null if the caller does not say. Nodes may list only what is theirs where it is said.</summary>
    public string? FieldSelector { get; init; }

    /// <summary>Path of a request that addresses no resource (<c>/healthz</c>); null for resources.</summary>
    public string? Path { get; init; }
}

/// <summary>A decision.</summary>
/// <param name="Allowed">May do it.</param>
/// <param name="Denied">Must not, whatever others say; false for no opinion.</param>
/// <param name="Reason">Why.</param>
public readonly record struct AccessDecision(bool Allowed, bool Denied, string Reason);

/// <summary>What a user may do.</summary>
public sealed record AccessRules(ImmutableArray<ResourceRule> Resources, ImmutableArray<PathRule> Paths, bool Incomplete, string Error);

/// <summary>Verbs on resources.</summary>
public sealed record ResourceRule(ImmutableArray<string> Verbs, ImmutableArray<string> Groups, ImmutableArray<string> Resources, ImmutableArray<string> Names);

/// <summary>Verbs on paths.</summary>
public sealed record PathRule(ImmutableArray<string> Verbs, ImmutableArray<string> Paths);
