using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Naru.Objects.Api;
using Naru.Objects.Resources;

namespace Naru.Controllers.Runtime;

/// <summary>The informers of all controllers, one for each resource that anybody asked for.</summary>
public sealed class Informers(IObjects objects, TimeProvider time, ILogger<Informer> logger)
{
    private readonly ConcurrentDictionary<GroupResource, Informer> _informers = new();
    private readonly ConcurrentDictionary<GroupResource, OwnerIndex> _owners = new();
    private readonly ConcurrentDictionary<GroupResource, bool> _needed = new();

    /// <summary>All informers so far.</summary>
    public ICollection<Informer> All => _informers.Values;

    /// <summary>The informer of a resource, made when first asked for; it runs when the controllers start.</summary>
    public Informer For(GroupResource resource) => For(resource, isOptional: false);

    /// <summary>The same; of one that is optional to all who ask nobody waits for the snapshot.</summary>
    public Informer For(GroupResource resource, bool isOptional)
    {
        if (!isOptional)
        {
            _needed[resource] = true;
        }

        return _informers.GetOrAdd(resource, one => new Informer(one, objects, time, logger));
    }

    /// <summary>Objects of a resource by their owner, made when first asked for.</summary>
    public OwnerIndex OwnedOf(GroupResource resource) => _owners.GetOrAdd(resource, one => new OwnerIndex(For(one)));

    /// <summary>The informer of a resource, or null if nobody asked for it.</summary>
    public Informer? Find(GroupResource resource) => _informers.GetValueOrDefault(resource);

    /// <summary>Runs all informers until the token ends.</summary>
    public Task RunAsync(CancellationToken cancellationToken) => Task.WhenAll(All.Select(one => Task.Run(() => one.RunAsync(cancellationToken), CancellationToken.None)));

    /// <summary>Waits until every informer has its snapshot, but for those that nobody needs.</summary>
    public Task WaitUntilSyncedAsync(CancellationToken cancellationToken) =>
        Task.WhenAll(All.Where(one => _needed.ContainsKey(one.Resource)).Select(static one => one.Synced)).WaitAsync(cancellationToken);

    /// <summary>Forgets all objects.</summary>
    public void Forget()
    {
        foreach (var one in All)
        {
            one.Forget();
        }

        foreach (var index in _owners.Values)
        {
            index.Forget();
        }
    }
}
