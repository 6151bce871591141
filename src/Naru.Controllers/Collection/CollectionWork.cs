using Microsoft.Extensions.Logging;
using Naru.Controllers.Runtime;
using Naru.Core.Errors;
using Naru.Objects.Api;
using Naru.Objects.Resources;
using Naru.Objects.Values;

namespace Naru.Controllers.Collection;

/// <summary>Follows all resources that are served, also such as come later, and has the collector look at what a change may have made garbage. Objects without owners
/// that own nothing cost one look at their change.</summary>
internal sealed partial class CollectionWork : ILedWork
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);
    private readonly IObjects _objects;
    private readonly IResourceCatalogue _catalogue;
    private readonly TimeProvider _time;
    private readonly ILogger<CollectionWork> _logger;
    private readonly WorkQueue _queue;
    private readonly FollowedResources _followed = new();
    private readonly Dictionary<GroupResource, (Task Task, CancellationTokenSource Stop)> _watches = [];
    private readonly List<(Task Task, CancellationTokenSource Stop)> _ended = [];

    public CollectionWork(IObjects objects, IResourceCatalogue catalogue, TimeProvider time, ILogger<CollectionWork> logger)
    {
        (_objects, _catalogue, _time, _logger) = (objects, catalogue, time, logger);
        var collector = new GarbageCollector(objects, catalogue, _followed);
        _queue = new WorkQueue("garbage_collector_attempt_to_delete", 16, (key, cancellationToken) => collector.CollectAsync(key, _queue!, cancellationToken), time, logger);
    }

    /// <summary>Nothing is left to look at; what is due later does not count.</summary>
    public bool IsIdle => _queue.IsIdle && !_followed.AnyWaits;

    // Resources come and go with their definitions: a number says whether any did.
    /// <inheritdoc/>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        _queue.Start(cancellationToken);
        var generation = -1L;
        while (!cancellationToken.IsCancellationRequested)
        {
            if (_catalogue.Generation != generation)
            {
                generation = _catalogue.Generation;
                Align(cancellationToken);
            }

            await Task.Delay(Pause, _time, cancellationToken).ContinueWith(static _ => { }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        }

        _ended.AddRange(_watches.Values);
        await Task.WhenAll(_ended.Select(static one => one.Task));
        foreach (var (_, stop) in _ended)
        {
            stop.Dispose();
        }

        foreach (var resource in _watches.Keys)
        {
            _followed.End(resource);
        }

        _ended.Clear();
        _watches.Clear();
        await _queue.StopAsync();
    }

    private void Align(CancellationToken cancellationToken)
    {
        var wanted = _catalogue.All.Where(FollowedResources.IsFollowable).Select(static one => one.Resource.GroupResource).ToHashSet();
        foreach (var (resource, watch) in _watches.Where(row => !wanted.Contains(row.Key)).ToList())
        {
            watch.Stop.Cancel();
            _watches.Remove(resource);
            _ended.Add(watch);
            AddAll(_followed.End(resource));
        }

        foreach (var resource in wanted.Where(one => !_watches.ContainsKey(one)))
        {
            var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            _watches[resource] = (Task.Run(() => WatchAsync(resource, stop.Token), CancellationToken.None), stop);
        }
    }

    private async Task WatchAsync(GroupResource resource, CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                await foreach (var change in _objects.WatchAsync(resource, cancellationToken))
                {
                    if (change.Object is { } one)
                    {
                        Follow(change.Kind, one, change.Previous);
                    }
                    else if (change.IsSnapshotEnd && _followed.TryBegin(resource, out var waiting))
                    {
                        AddAll(waiting);
                    }
                    else if (change.IsSnapshotEnd)
                    {
                        AddLeftBehind(resource);
                    }
                }
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                return;
            }
            catch (NaruException failure)
            {
                LogBroken(resource.ToString(), failure.Message);
            }

            await Task.Delay(Pause, _time, cancellationToken).ContinueWith(static _ => { }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        }
    }

    private void Follow(ChangeKind kind, StoredObject one, StoredObject? previous)
    {
        if (kind == ChangeKind.Deleted)
        {
            foreach (var dependent in _objects.DependentsOf(one.Uid))
            {
                _queue.Add(ObjectPlace.KeyOf(dependent));
            }

            AddOwners(one);
            return;
        }

        if (!MayMatter(one) && (previous is null || !MayMatter(previous)))
        {
            return;
        }

        if (one.IsEnding)
        {
            if (one.AwaitsDependents() || one.FreesDependents())
            {
                _queue.Add(ObjectPlace.KeyOf(one));
            }

            return;
        }

        var owners = one.Tree.List("metadata", "ownerReferences");
        var before = previous?.Tree.List("metadata", "ownerReferences");
        if (before is not null && !before.DeepEquals(owners))
        {
            AddOwners(previous!);
        }

        if (owners is { Count: > 0 } && !owners.DeepEquals(before))
        {
            _queue.Add(ObjectPlace.KeyOf(one));
        }
    }

    // Nobody told what was deleted while the watch was cut off: objects that lost an owner by it are looked for, and owners that wait.
    private void AddLeftBehind(GroupResource resource)
    {
        foreach (var one in _catalogue.All.Where(FollowedResources.IsFollowable).SelectMany(info => _objects.List(info.Resource.GroupResource)).Where(MayMatter))
        {
            if (one.AwaitsDependents() || one.FreesDependents() || one.Tree.Maps("metadata", "ownerReferences").Any(owner => IsLost(one, owner, resource)))
            {
                _queue.Add(ObjectPlace.KeyOf(one));
            }
        }
    }

    private bool IsLost(StoredObject one, MapValue owner, GroupResource resource) =>
        OwnerPlace.Of(one, owner, _catalogue) is { } place && place.Resource == resource && place.Find(_objects)?.Uid != place.Uid;

    private void AddAll(IReadOnlyCollection<ObjectKey> keys)
    {
        foreach (var key in keys)
        {
            _queue.Add(key);
        }
    }

    // Most changes are of objects without owners that nobody deletes: looking for two words costs far less than reading them.
    private static bool MayMatter(StoredObject one)
    {
        var json = one.Json.Span;
        return json.IndexOf("\"ownerReferences\""u8) >= 0 || json.IndexOf("\"deletionTimestamp\""u8) >= 0;
    }

    // An owner that waits for its dependents is looked at when one of them goes or forgets it.
    private void AddOwners(StoredObject one)
    {
        foreach (var owner in MayMatter(one) ? one.Tree.Maps("metadata", "ownerReferences") : [])
        {
            if (OwnerPlace.Of(one, owner, _catalogue) is { } place && place.Find(_objects)?.IsEnding == true)
            {
                _queue.Add(place.Key);
            }
        }
    }

    [LoggerMessage(12100, LogLevel.Debug, "garbage collection: following {Resource} ended and starts anew: {Why}")]
    private partial void LogBroken(string resource, string why);
}
