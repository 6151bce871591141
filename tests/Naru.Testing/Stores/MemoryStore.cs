using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Naru.Core.Errors;
using Naru.Core.Stores;
using Naru.Core.Units;

namespace Naru.Testing.Stores;

/// <summary>A store in memory that passes the conformance suite: history, watches, compaction, leases on the given clock.</summary>
public sealed class MemoryStore(TimeProvider? time = null) : IStore
{
    private readonly Lock _gate = new();
    private readonly TimeProvider _time = time ?? TimeProvider.System;
    private readonly SortedSet<string> _keys = new(StoreKeys.Order);
    private readonly Dictionary<string, List<(long Revision, StoreEntry? Entry)>> _versions = new(StringComparer.Ordinal);
    private readonly List<StoreBatch> _history = [];
    private readonly Dictionary<long, (ITimer Timer, TimeSpan TimeToLive, HashSet<string> Keys)> _leases = [];
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _revision;
    private long _compacted;
    private long _lastLease;
    private bool _disposed;

    /// <summary>Asked before every commit; what it returns is thrown in place of committing.</summary>
    public Func<StoreTransaction, Exception?>? FailCommit { get; set; }

    /// <summary>A watch that is so many revisions behind gets Expired.</summary>
    public long MaximumLag { get; set; } = long.MaxValue;

    public ValueTask<long> GetRevisionAsync(CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            return ValueTask.FromResult(_revision);
        }
    }

    public Task<StoreRange> RangeAsync(string start, string end, int limit, long revision, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            var at = revision == 0 ? _revision : revision;
            CheckRevision(at);
            var entries = ImmutableArray.CreateBuilder<StoreEntry>();
            if (StoreKeys.Compare(start, end) < 0)
            {
                foreach (var key in _keys.GetViewBetween(start, end))
                {
                    if (key == end || EntryAt(key, at) is not { } entry)
                    {
                        continue;
                    }

                    if (limit > 0 && entries.Count == limit)
                    {
                        return Task.FromResult(new StoreRange(at, entries.ToImmutable(), More: true));
                    }

                    entries.Add(entry);
                }
            }

            return Task.FromResult(new StoreRange(at, entries.ToImmutable(), More: false));
        }
    }

    public Task<StoreCommit> CommitAsync(StoreTransaction transaction, CancellationToken cancellationToken)
    {
        StoreRules.Check(transaction);
        cancellationToken.ThrowIfCancellationRequested();
        if (FailCommit?.Invoke(transaction) is { } failure)
        {
            return Task.FromException<StoreCommit>(failure);
        }

        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            var broken = transaction.Conditions.Where(condition => (EntryAt(condition.Key, _revision)?.Modified ?? 0) != condition.Modified).ToList();
            if (broken.Count > 0)
            {
                return Task.FromResult(new StoreCommit(false, _revision, [.. broken.Select(condition => EntryAt(condition.Key, _revision)).OfType<StoreEntry>()]));
            }

            if (transaction.Writes.FirstOrDefault(write => write.Lease != 0 && !_leases.ContainsKey(write.Lease)) is { Lease: not 0 } lost)
            {
                throw NaruException.NotFound($"lease {lost.Lease} not found");
            }

            Write(transaction.Writes);
            return Task.FromResult(new StoreCommit(true, _revision, []));
        }
    }

    public async IAsyncEnumerable<StoreBatch> WatchAsync(string prefix, long after, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        while (true)
        {
            StoreBatch? next = null;
            Task changed;
            lock (_gate)
            {
                ObjectDisposedException.ThrowIf(_disposed, this);
                changed = _changed.Task;
                if (after < _compacted || _revision - after > MaximumLag)
                {
                    throw new NaruException(ErrorKind.Expired, $"revision {after} is compacted; the oldest kept is {_compacted}");
                }

                if (after < _revision)
                {
                    next = _history[(int)(after - _compacted)];
                }
            }

            if (next is null)
            {
                await changed.WaitAsync(cancellationToken);
                continue;
            }

            after = next.Revision;
            if (next.Changes.Any(change => change.Key.StartsWith(prefix, StringComparison.Ordinal)))
            {
                cancellationToken.ThrowIfCancellationRequested();
                yield return next with { Changes = [.. next.Changes.Where(change => change.Key.StartsWith(prefix, StringComparison.Ordinal))] };
            }
        }
    }

    public Task CompactAsync(long revision, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            if (revision > _revision)
            {
                throw NaruException.Invalid($"revision {revision} is in the future: the newest is {_revision}");
            }

            if (revision <= _compacted)
            {
                return Task.CompletedTask;
            }

            _history.RemoveRange(0, (int)(revision - _compacted));
            _compacted = revision;
            foreach (var (key, versions) in _versions.ToList())
            {
                var newest = versions.FindLastIndex(version => version.Revision <= revision);
                versions.RemoveRange(0, newest < 0 ? 0 : versions[newest].Entry is null ? newest + 1 : newest);
                if (versions.Count == 0)
                {
                    _versions.Remove(key);
                    _keys.Remove(key);
                }
            }

            Signal();
            return Task.CompletedTask;
        }
    }

    public Task<long> GrantLeaseAsync(TimeSpan timeToLive, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            var id = ++_lastLease;
            _leases[id] = (_time.CreateTimer(_ => End(id), null, timeToLive, Timeout.InfiniteTimeSpan), timeToLive, []);
            return Task.FromResult(id);
        }
    }

    public Task<bool> KeepLeaseAsync(long lease, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            return Task.FromResult(_leases.TryGetValue(lease, out var kept) && kept.Timer.Change(kept.TimeToLive, Timeout.InfiniteTimeSpan));
        }
    }

    public Task RevokeLeaseAsync(long lease, CancellationToken cancellationToken)
    {
        End(lease);
        return Task.CompletedTask;
    }

    public ValueTask<StoreStatistics> GetStatisticsAsync(CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            return ValueTask.FromResult(new StoreStatistics(_revision, _compacted, _versions.Values.Count(versions => versions[^1].Entry is not null), ByteSize.Zero));
        }
    }

    public ValueTask DisposeAsync()
    {
        lock (_gate)
        {
            _disposed = true;
            foreach (var lease in _leases.Values)
            {
                lease.Timer.Dispose();
            }

            Signal();
        }

        return ValueTask.CompletedTask;
    }

    private void CheckRevision(long revision)
    {
        if (revision < _compacted)
        {
            throw new NaruException(ErrorKind.Expired, $"revision {revision} is compacted; the oldest kept is {_compacted}");
        }

        if (revision > _revision)
        {
            throw NaruException.Invalid($"revision {revision} is in the future: the newest is {_revision}");
        }
    }

    private StoreEntry? EntryAt(string key, long revision) =>
        _versions.TryGetValue(key, out var versions) && versions.FindLastIndex(version => version.Revision <= revision) is >= 0 and var at ? versions[at].Entry : null;

    private void Write(IEnumerable<StoreWrite> writes)
    {
        var revision = _revision + 1;
        var changes = ImmutableArray.CreateBuilder<StoreChange>();
        foreach (var write in writes)
        {
            var previous = EntryAt(write.Key, _revision);
            if (previous is null && write.Value is null)
            {
                continue;
            }

            var current = write.Value is { } value ? new StoreEntry(write.Key, value.ToArray(), previous?.Created ?? revision, revision, write.Lease) : null;
            if (previous is { Lease: not 0 })
            {
                _leases[previous.Lease].Keys.Remove(write.Key);
            }

            if (current is { Lease: not 0 })
            {
                _leases[current.Lease].Keys.Add(write.Key);
            }

            if (!_versions.TryGetValue(write.Key, out var versions))
            {
                _versions[write.Key] = versions = [];
                _keys.Add(write.Key);
            }

            versions.Add((revision, current));
            changes.Add(new StoreChange(write.Key, current, previous));
        }

        if (changes.Count > 0)
        {
            _revision = revision;
            _history.Add(new StoreBatch(revision, changes.ToImmutable()));
            Signal();
        }
    }

    private void End(long lease)
    {
        lock (_gate)
        {
            if (!_disposed && _leases.TryGetValue(lease, out var ended))
            {
                ended.Timer.Dispose();
                Write([.. ended.Keys.Select(key => new StoreWrite(key, null))]);
                _leases.Remove(lease);
            }
        }
    }

    private void Signal()
    {
        _changed.TrySetResult();
        _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
