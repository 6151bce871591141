using System.Collections.Immutable;

namespace Naru.Objects.Resources;

/// <summary>One served resource at one version: what discovery tells.</summary>
public sealed record ResourceInfo
{
    /// <summary>Group, version and plural.</summary>
    public required GroupVersionResource Resource { get; init; }

    /// <summary>The kind of its objects.</summary>
    public required string Kind { get; init; }

    /// <summary>The kind of its lists.</summary>
    public string ListKind => Kind + "List";

    /// <summary>Singular, lower case.</summary>
    public required string Singular { get; init; }

    /// <summary>Objects lie in namespaces.</summary>
    public required bool Namespaced { get; init; }

    /// <summary>What kubectl may call it instead.</summary>
    public ImmutableArray<string> ShortNames { get; init; } = [];

    /// <summary>Sets such as <c>all</c>.</summary>
    public ImmutableArray<string> Categories { get; init; } = [];

    /// <summary>Verbs on the resource itself.</summary>
    public required ImmutableArray<string> Verbs { get; init; }

    /// <summary>Subresources by name (<c>status</c>, <c>scale</c>, <c>exec</c>).</summary>
    public ImmutableArray<SubresourceInfo> Subresources { get; init; } = [];

    /// <summary>Version in which objects are stored; the resource of one group may be served at several.</summary>
    public required string StorageVersion { get; init; }

    /// <summary>Group in which objects are stored; null for the resource's own. <c>events.k8s.io</c> serves the objects of the core group's events, brought over by
    /// <see cref="Kinds.IKinds.Convert"/>.</summary>
    public string? StorageGroup { get; init; }

    /// <summary>Made by a CustomResourceDefinition.</summary>
    public bool IsCustom { get; init; }

    /// <summary>What every client is warned of that uses it: it is deprecated. Empty if it is not.</summary>
    public string Deprecation { get; init; } = "";

    /// <summary>Group, version and kind.</summary>
    public GroupVersionKind GroupVersionKind => new(Resource.Group, Resource.Version, Kind);
}

/// <summary>A subresource, its verbs and the kind of its body, which may be of another group (<c>autoscaling/v1, Scale</c>).</summary>
public sealed record SubresourceInfo(string Name, GroupVersionKind Kind, ImmutableArray<string> Verbs);
