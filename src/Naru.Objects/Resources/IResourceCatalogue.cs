using System.Collections.Immutable;

namespace Naru.Objects.Resources;

/// <summary>What is served now: the built-in resources and those of established CustomResourceDefinitions. Aggregated groups are the dialect's. Any thread; answers are snapshots.</summary>
public interface IResourceCatalogue
{
    /// <summary>All resources at all versions, in order of discovery.</summary>
    ImmutableArray<ResourceInfo> All { get; }

    /// <summary>Raised by one with every change of <see cref="All"/>; for caches of discovery and OpenAPI documents.</summary>
    long Generation { get; }

    /// <summary>The resource, or null if it is not served.</summary>
    ResourceInfo? Find(GroupVersionResource resource);

    /// <summary>The resource that has this kind, or null.</summary>
    ResourceInfo? Find(GroupVersionKind kind);

    /// <summary>The resource at its storage version, or null.</summary>
    ResourceInfo? Find(GroupResource resource);
}
