using Microsoft.Extensions.Logging;
using Naru.Core.Errors;
using Naru.Objects.Api;
using Naru.Objects.Resources;

namespace Naru.Controllers.Runtime;

/// <summary>
/// One watch of a resource that many controllers share. It knows the newest state of every object: what the watch told, or what a write of this process returned, whichever
/// is newer (<see cref="Observe"/>), so that a controller sees its own writes at once and needs no bookkeeping of expected changes. Handlers are told of
/// each step once, in order, with the object before and after.
/// </summary>
public sealed partial class Informer(GroupResource resource, IObjects objects, TimeProvider time, ILogger logger)
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();
    private readonly Dictionary<ObjectKey, StoredObject> _known = [];
    private readonly Dictionary<ObjectKey, string> _gone = [];
    private readonly List<Action<StoredObject?, StoredObject?>> _handlers = [];
    private TaskCompletionSource _synced = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private HashSet<ObjectKey>? _snapshot;

    /// <summary>What is watched.</summary>
    public GroupResource Resource => resource;

    /// <summary>The revision up to which the watch was followed.</summary>
    public long Revision { get; private set; }

    /// <summary>Ends when the first snapshot is complete.</summary>
    public Task Synced => _synced.Task;

    /// <summary>Has a handler told of every later step, and now of all objects that are known already as new ones.</summary>
    /// <param name="handler">Gets the object before (null: new) and after (null: gone). Must be quick.</param>
    /// <param name="first">Told before the others: for indexes, which must know a change before a controller that it wakes looks them up.</param>
    public void Subscribe(Action<StoredObject?, StoredObject?> handler, bool first = false)
    {
        lock (_lock)
        {
            _handlers.Insert(first ? 0 : _handlers.Count, handler);
            foreach (var one in _known.Values)
            {
                Call(handler, null, one);
            }
        }
    }

    /// <summary>The newest known state of an object; null if there is none.</summary>
    public StoredObject? Get(ObjectKey key)
    {
        lock (_lock)
        {
            return _known.GetValueOrDefault(key);
        }
    }

    /// <summary>All objects that are known, in no order.</summary>
    public IReadOnlyList<StoredObject> List()
    {
        lock (_lock)
        {
            return [.. _known.Values];
        }
    }

    /// <summary>Tells of an object that a write just returned.</summary>
    public void Observe(StoredObject one)
    {
        lock (_lock)
        {
            var key = ObjectKey.Of(one);
            if (_gone.GetValueOrDefault(key) == one.Uid || (_known.TryGetValue(key, out var old) && old.Revision >= one.Revision))
            {
                return;
            }

            Replace(key, _known.GetValueOrDefault(key), one);
        }
    }

    /// <summary>Tells that a deletion took an object away.</summary>
    public void ObserveGone(ObjectKey key, string uid)
    {
        lock (_lock)
        {
            if (_known.TryGetValue(key, out var old) && old.Uid == uid)
            {
                _gone[key] = uid;
                _known.Remove(key);
                Tell(old, null);
            }
        }
    }

    /// <summary>Follows the resource until the token ends; starts anew when it was too slow or the core did not answer.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                lock (_lock)
                {
                    _snapshot = [];
                }

                await foreach (var change in objects.WatchAsync(resource, cancellationToken))
                {
                    Follow(change);
                }
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                return;
            }
            catch (NaruException failure) when (failure.Kind == ErrorKind.Expired)
            {
                LogExpired(resource.ToString());
                continue;
            }
            catch (NaruException failure)
            {
                LogBroken(resource.ToString(), failure.Message);
            }

            await Task.Delay(Pause, time, cancellationToken).ContinueWith(static _ => { }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        }
    }

    /// <summary>Forgets everything: the next run starts from nothing.</summary>
    public void Forget()
    {
        lock (_lock)
        {
            _known.Clear();
            _gone.Clear();
            if (_synced.Task.IsCompleted)
            {
                _synced = new(TaskCreationOptions.RunContinuationsAsynchronously);
            }
        }
    }

    private void Follow(ObjectChange change)
    {
        lock (_lock)
        {
            switch (change.Kind)
            {
                case ChangeKind.Bookmark:
                    if (change.IsSnapshotEnd)
                    {
                        EndSnapshot(change.Revision);
                    }

                    break;
                case ChangeKind.Deleted:
                    FollowDeletion(change.Object!, change.Revision);
                    break;
                default:
                    FollowChange(change.Object!);
                    break;
            }

            Revision = Math.Max(Revision, change.Revision);
        }
    }

    private void FollowChange(StoredObject one)
    {
        var key = ObjectKey.Of(one);
        _snapshot?.Add(key);
        if (_gone.TryGetValue(key, out var uid))
        {
            if (uid == one.Uid)
            {
                return;
            }

            _gone.Remove(key);
        }

        var old = _known.GetValueOrDefault(key);
        if (old is null || old.Revision < one.Revision)
        {
            Replace(key, old, one);
        }
    }

    private void FollowDeletion(StoredObject one, long revision)
    {
        var key = ObjectKey.Of(one);
        _snapshot?.Remove(key);
        if (_gone.TryGetValue(key, out var uid) && uid == one.Uid)
        {
            _gone.Remove(key);
        }

        if (_known.TryGetValue(key, out var old) && (old.Uid == one.Uid || old.Revision < revision))
        {
            _known.Remove(key);
            Tell(old, null);
        }
    }

    private void EndSnapshot(long revision)
    {
        if (_snapshot is { } seen)
        {
            foreach (var (key, old) in _known.Where(pair => pair.Value.Revision <= revision && !seen.Contains(pair.Key)).ToList())
            {
                _known.Remove(key);
                Tell(old, null);
            }

            foreach (var key in _gone.Keys.Where(key => !seen.Contains(key)).ToList())
            {
                _gone.Remove(key);
            }
        }

        _snapshot = null;
        _synced.TrySetResult();
    }

    private void Replace(ObjectKey key, StoredObject? old, StoredObject now)
    {
        _known[key] = now;
        if (old is not null && old.Uid != now.Uid)
        {
            Tell(old, null);
            old = null;
        }

        Tell(old, now);
    }

    private void Tell(StoredObject? old, StoredObject? now)
    {
        foreach (var handler in _handlers)
        {
            Call(handler, old, now);
        }
    }

    private void Call(Action<StoredObject?, StoredObject?> handler, StoredObject? old, StoredObject? now)
    {
        try
        {
            handler(old, now);
        }
#pragma warning disable CA1031 // One controller's mistake about one object must not blind all others.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            LogHandlerFailed(resource.ToString(), (now ?? old)!.Name, failure);
        }
    }

    [LoggerMessage(12010, LogLevel.Debug, "the watch of {Resource} was cut off; listing again")]
    private partial void LogExpired(string resource);

    [LoggerMessage(12011, LogLevel.Warning, "the watch of {Resource} broke: {Reason}")]
    private partial void LogBroken(string resource, string reason);

    [LoggerMessage(12012, LogLevel.Error, "a controller failed on a change of {Resource} {Name}")]
    private partial void LogHandlerFailed(string resource, string name, Exception failure);
}
