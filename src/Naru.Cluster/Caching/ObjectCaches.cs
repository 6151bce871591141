using System.Collections.Concurrent;
using Naru.Objects.Resources;

namespace Naru.Cluster.Caching;

/// <summary>The caches of all resources.</summary>
internal sealed class ObjectCaches(CacheSettings settings)
{
    private readonly ConcurrentDictionary<GroupResource, ResourceCache> _caches = new();

    /// <summary>Writes of this process that the feed is to meet.</summary>
    public OwnWrites Own { get; } = new();

    /// <summary>Which objects an object owns.</summary>
    public OwnerIndex Owners => settings.Owners;

    /// <summary>All caches.</summary>
    public IEnumerable<ResourceCache> All => _caches.Values;

    /// <summary>The cache of a resource; made when first asked for.</summary>
    public ResourceCache Of(GroupResource resource) => _caches.GetOrAdd(resource, static (one, settings) => new ResourceCache(one, settings), settings);
}
