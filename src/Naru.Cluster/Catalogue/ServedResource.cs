using Naru.Cluster.CustomResources;
using Naru.Objects.Kinds;
using Naru.Objects.Resources;

namespace Naru.Cluster.Catalogue;

/// <summary>A resource at one version with its laws.</summary>
/// <param name="Info">What discovery tells.</param>
/// <param name="Rules">The laws of its kind.</param>
/// <param name="Custom">Where it comes from, for custom resources.</param>
internal sealed record ServedResource(ResourceInfo Info, IKindRules Rules, CustomVersion? Custom)
{
    /// <summary>What the store and the cache know its objects by.</summary>
    public GroupResource Storage { get; } = new(Info.StorageGroup ?? Info.Resource.Group, Info.Resource.Resource);

    /// <summary>The kind at the version that is stored.</summary>
    public GroupVersionKind StorageKind { get; } = new(Info.StorageGroup ?? Info.Resource.Group, Info.StorageVersion, Info.Kind);

    /// <summary>Objects are served as they are stored.</summary>
    public bool IsStorageForm => Info.GroupVersionKind == StorageKind;
}
