using Microsoft.Extensions.Logging;
using Naru.Core.Errors;
using Naru.Core.Lifetime;
using Naru.Core.Stores;
using Naru.Objects.Resources;

namespace Naru.Cluster.Caching;

/// <summary>Fills the caches from the store and follows it. One loop applies all changes, in order.</summary>
internal sealed partial class CacheFeed(IStore store, ObjectCaches caches, RevisionGate gate, ClusterOptions options, TimeProvider time, ILogger<CacheFeed> logger) : IEngineStage, IDisposable
{
    private const int Page = 5_000;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan ExpiryPeriod = TimeSpan.FromSeconds(30);

    private readonly CancellationTokenSource _stop = new();
    private readonly HashSet<ResourceCache> _touched = [];
    private Task _loop = Task.CompletedTask;
    private Task _expiry = Task.CompletedTask;
    private long _revision;
    private long _compacted;

    /// <inheritdoc/>
    public int Order => 810;

    /// <inheritdoc/>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await LoadAsync(cancellationToken);
        _loop = FollowAsync(_stop.Token);
        _expiry = ExpireAsync(_stop.Token);
    }

    /// <inheritdoc/>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await _stop.CancelAsync();
        await Task.WhenAll(_loop, _expiry);
    }

    /// <inheritdoc/>
    public void Dispose() => _stop.Dispose();

    private async Task LoadAsync(CancellationToken cancellationToken)
    {
        var found = new Dictionary<GroupResource, List<CachedObject>>();
        var (start, end, revision) = (StorageKeys.Prefix, StoreKeys.EndOf(StorageKeys.Prefix), 0L);
        while (true)
        {
            var range = await store.RangeAsync(start, end, Page, revision, cancellationToken);
            revision = range.Revision;
            foreach (var entry in range.Entries)
            {
                if (TryRead(entry, out var cache, out var item))
                {
                    if (!found.TryGetValue(cache.Resource, out var items))
                    {
                        found[cache.Resource] = items = [];
                    }

                    items.Add(item);
                }
            }

            if (!range.More)
            {
                break;
            }

            start = range.Entries[^1].Key + "\0";
        }

        foreach (var resource in found.Keys.Concat(caches.All.Select(static cache => cache.Resource)).Distinct().ToList())
        {
            caches.Of(resource).Load(found.GetValueOrDefault(resource) ?? [], revision);
        }

        _revision = revision;
        gate.Advance(revision);
        LogLoaded(found.Values.Sum(static items => items.Count), revision);
    }

    private async Task FollowAsync(CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                await foreach (var batch in store.WatchAsync(StorageKeys.Prefix, _revision, cancellationToken))
                {
                    Apply(batch);
                }
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                return;
            }
            catch (NaruException exception) when (exception.Kind == ErrorKind.Expired)
            {
                LogReload(exception.Message);
                await ReloadAsync(cancellationToken);
            }
            catch (Exception exception)
            {
                // A supervisor: whatever the store does, the caches must go on following it.
                LogBroken(exception);
                await PauseAsync(cancellationToken);
            }
        }
    }

    private async Task ReloadAsync(CancellationToken cancellationToken)
    {
        try
        {
            await LoadAsync(cancellationToken);
        }
        catch (NaruException exception)
        {
            LogBroken(exception);
            await PauseAsync(cancellationToken);
        }
    }

    private async Task PauseAsync(CancellationToken cancellationToken)
    {
        try
        {
            await Task.Delay(Pause, time, cancellationToken);
        }
        catch (OperationCanceledException)
        {
            // Stopped; the loop sees it.
        }
    }

    private void Apply(StoreBatch batch)
    {
        foreach (var change in batch.Changes)
        {
            if (change.Current is { } entry)
            {
                if (TryRead(entry, out var cache, out var item))
                {
                    cache.Apply(item.Namespace, item.Name, item, batch.Revision);
                    _touched.Add(cache);
                }
            }
            else if (StorageKeys.TrySplit(change.Key, out var path, out var @namespace, out var name))
            {
                var cache2 = caches.Of(StorageKeys.ResourceOf(path.ToString()));
                cache2.Apply(@namespace.ToString(), name.ToString(), null, batch.Revision);
                _touched.Add(cache2);
            }
        }

        _revision = batch.Revision;
        gate.Advance(batch.Revision);
        foreach (var cache in _touched)
        {
            cache.Pulse();
        }

        _touched.Clear();
    }

    private bool TryRead(StoreEntry entry, out ResourceCache cache, out CachedObject item)
    {
        cache = null!;
        item = null!;
        if (!StorageKeys.TrySplit(entry.Key, out var path, out var @namespace, out var name))
        {
            return false;
        }

        cache = caches.Of(StorageKeys.ResourceOf(path.ToString()));
        try
        {
            var json = StoredJson.Splice(entry.Value.Span, entry.Modified);
            var own = caches.Own.Take(entry);
            item = own?.Change is { } change ? new CachedObject(change, entry.Modified, json, own.Tree) : new CachedObject(cache, cache.Pool.Get(@namespace), name.ToString(), entry.Modified, json, own?.Tree);
            if (own?.Tree is not null)
            {
                item.KeepFields();
                item.TakeUse();
            }

            return true;
        }
        catch (Exception exception) when (exception is NaruException or System.Text.Json.JsonException)
        {
            // One damaged object must not hide all others.
            LogDamaged(exception, entry.Key);
            return false;
        }
    }

    private async Task ExpireAsync(CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(ExpiryPeriod, time);
        var marks = new Queue<(long Time, long Revision)>();
        try
        {
            while (await timer.WaitForNextTickAsync(cancellationToken))
            {
                foreach (var cache in caches.All)
                {
                    cache.Expire();
                }

                marks.Enqueue((time.GetTimestamp(), gate.Applied));
                await CompactAsync(marks, cancellationToken);
            }
        }
        catch (OperationCanceledException)
        {
            // Stopped.
        }
    }

    // What no watch and no page may ask for any more, the store need not keep either.
    private async Task CompactAsync(Queue<(long Time, long Revision)> marks, CancellationToken cancellationToken)
    {
        long old = 0;
        while (marks.TryPeek(out var mark) && time.GetElapsedTime(mark.Time) >= options.HistoryAge)
        {
            old = marks.Dequeue().Revision;
        }

        if (old == 0 || old == _compacted)
        {
            return;
        }

        try
        {
            await store.CompactAsync(old, cancellationToken);
            _compacted = old;
        }
        catch (NaruException exception)
        {
            LogNotCompacted(exception.Message);
        }
    }

    [LoggerMessage(10004, LogLevel.Warning, "The store's old history cannot be given up: {Reason}")]
    private partial void LogNotCompacted(string reason);

    [LoggerMessage(10000, LogLevel.Debug, "{Count} objects loaded at revision {Revision}")]
    private partial void LogLoaded(int count, long revision);

    [LoggerMessage(10001, LogLevel.Warning, "The store's history is no longer there: all objects are read anew ({Reason})")]
    private partial void LogReload(string reason);

    [LoggerMessage(10002, LogLevel.Error, "The store cannot be followed; trying again")]
    private partial void LogBroken(Exception exception);

    [LoggerMessage(10003, LogLevel.Error, "The object stored at {Key} cannot be read and is passed over")]
    private partial void LogDamaged(Exception exception, string key);
}
