using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Etcdserverpb;
using Microsoft.Extensions.Logging;
using Naru.Core.Errors;
using Naru.Core.Stores;
using Naru.Core.Units;
using Naru.Store.Etcd.Compaction;
using Naru.Store.Etcd.Connections;
using Naru.Store.Etcd.Translation;
using Naru.Store.Etcd.Watching;

namespace Naru.Store.Etcd;

/// <summary>The store in an etcd (3.4 or later), for a cluster of several servers. See docs/design/store.md.</summary>
public sealed class EtcdStore : IStore, IStoreRevisions
{
    private const int PageSize = 1000;
    private readonly EtcdConnection _connection;
    private readonly EtcdStoreOptions _options;
    private readonly TimeProvider _time;
    private readonly Compactor _compactor;
    private readonly CancellationTokenSource _closing = new();
    private EtcdMap? _map;
    private Task? _compaction;
    private long _compacted;

    public EtcdStore(EtcdStoreOptions options, TimeProvider time, ILogger<EtcdStore> logger)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (!options.Prefix.EndsWith('/') || options.Prefix.Length < 2)
        {
            throw NaruException.Invalid($"etcd's key prefix {options.Prefix} does not end in a slash");
        }

        (_options, _time) = (options, time);
        _connection = new EtcdConnection(options, time);
        _compactor = new Compactor(_connection, options.Prefix, options.CompactionPeriod, time, CompactEtcdAsync, logger);
    }

    internal Compactor Compactor => _compactor;

    private EtcdMap Map => _map ?? throw new NaruException(ErrorKind.Unavailable, "the store is not open");

    /// <summary>Asks etcd what it has and begins to compact. Harmless when repeated.</summary>
    public async Task OpenAsync(CancellationToken cancellationToken)
    {
        if (_map is null)
        {
            var kept = await RangeEtcdAsync(new RangeRequest { Key = EtcdMap.Own(_options.Prefix, "revisions") }, cancellationToken);
            _map = EtcdMap.Read(_options.Prefix, kept.Kvs.FirstOrDefault()?.Value);
            Saw(_map.Floor);
            _compaction = _compactor.RunAsync(_closing.Token);
        }
    }

    public async ValueTask<long> GetRevisionAsync(CancellationToken cancellationToken)
    {
        var map = Map;
        return Newest(map, await RangeEtcdAsync(new RangeRequest { Key = map.Head }, cancellationToken));
    }

    public async Task<StoreRange> RangeAsync(string start, string end, int limit, long revision, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(start);
        ArgumentNullException.ThrowIfNull(end);
        var map = Map;
        if (revision != 0)
        {
            map.CheckFloor(revision);
        }

        var entries = ImmutableArray.CreateBuilder<StoreEntry>();
        var request = new RangeRequest { Key = map.Key(start), RangeEnd = map.Key(end), Revision = map.ToEtcd(revision) };
        if (StoreKeys.Compare(start, end) >= 0)
        {
            return new StoreRange(revision != 0 ? revision : await GetRevisionAsync(cancellationToken), [], More: false);
        }

        while (true)
        {
            request.Limit = limit > 0 ? Math.Min(PageSize, limit - entries.Count) : PageSize;
            var page = await RangeEtcdAsync(request, cancellationToken);
            entries.AddRange(page.Kvs.Select(map.Entry));
            request.Revision = request.Revision == 0 ? page.Header.Revision : request.Revision;
            if (!page.More || (limit > 0 && entries.Count >= limit))
            {
                return new StoreRange(map.ToStore(request.Revision), entries.DrainToImmutable(), page.More);
            }

            request.Key = map.Key(entries[^1].Key + "\0");
        }
    }

    public async Task<StoreCommit> CommitAsync(StoreTransaction transaction, CancellationToken cancellationToken)
    {
        StoreRules.Check(transaction);
        var map = Map;
        var request = map.Transaction(transaction);
        var answer = await _connection.CallAsync(async (invoker, options) => await new KV.KVClient(invoker).TxnAsync(request, options), cancellationToken);
        if (answer.Succeeded)
        {
            return new StoreCommit(true, map.ToStore(answer.Header.Revision), []);
        }

        var standing = answer.Responses.Zip(transaction.Conditions)
            .Where(pair => (pair.First.ResponseRange.Kvs.FirstOrDefault() is { } value ? map.ToStore(value.ModRevision) : 0) != pair.Second.Modified)
            .SelectMany(pair => pair.First.ResponseRange.Kvs.Select(map.Entry));
        return new StoreCommit(false, Newest(map, answer.Responses[^1].ResponseRange, answer.Header.Revision), [.. standing]);
    }

    // The newest change of the own keys; etcd's newest while there is no commit yet.
    private static long Newest(EtcdMap map, RangeResponse head, long revision = 0) => map.ToStore(head.Kvs.FirstOrDefault()?.ModRevision ?? head.Header?.Revision ?? revision);

    public async IAsyncEnumerable<StoreBatch> WatchAsync(string prefix, long after, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(prefix);
        var map = Map;
        map.CheckFloor(after);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(_closing.Token, cancellationToken);
        await using var batches = new WatchSession(_connection, map, _time, Saw).RunAsync(prefix, after, both.Token).GetAsyncEnumerator(both.Token);
        while (true)
        {
            try
            {
                if (!await batches.MoveNextAsync())
                {
                    yield break;
                }
            }
            catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
            {
                throw new NaruException(ErrorKind.Unavailable, "the store is closing", e);
            }

            cancellationToken.ThrowIfCancellationRequested();
            yield return batches.Current;
        }
    }

    public Task CompactAsync(long revision, CancellationToken cancellationToken)
    {
        var map = Map;
        return revision <= Math.Max(map.Floor, Volatile.Read(ref _compacted)) ? Task.CompletedTask : CompactEtcdAsync(map.ToEtcd(revision), cancellationToken);
    }

    public async Task<long> GrantLeaseAsync(TimeSpan timeToLive, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(timeToLive, TimeSpan.Zero);
        var request = new LeaseGrantRequest { TTL = (long)Math.Ceiling(timeToLive.TotalSeconds) };
        return (await _connection.CallAsync(async (invoker, options) => await new Lease.LeaseClient(invoker).LeaseGrantAsync(request, options), cancellationToken)).ID;
    }

    public Task<bool> KeepLeaseAsync(long lease, CancellationToken cancellationToken) => _connection.ReadAsync(
        async (invoker, options) =>
        {
            using var call = new Lease.LeaseClient(invoker).LeaseKeepAlive(options);
            await call.RequestStream.WriteAsync(new LeaseKeepAliveRequest { ID = lease }, options.CancellationToken);
            var answered = await call.ResponseStream.MoveNext(options.CancellationToken);
            await call.RequestStream.CompleteAsync();
            return answered && call.ResponseStream.Current.TTL > 0;
        },
        cancellationToken);

    public async Task RevokeLeaseAsync(long lease, CancellationToken cancellationToken)
    {
        try
        {
            await _connection.CallAsync(async (invoker, options) => await new Lease.LeaseClient(invoker).LeaseRevokeAsync(new LeaseRevokeRequest { ID = lease }, options), cancellationToken);
        }
        catch (NaruException failure) when (failure.Kind == ErrorKind.NotFound)
        {
            return; // it has ended
        }
    }

    public async ValueTask<StoreStatistics> GetStatisticsAsync(CancellationToken cancellationToken)
    {
        var map = Map;
        var count = await RangeEtcdAsync(new RangeRequest { Key = map.Key(""), RangeEnd = map.Key(StoreKeys.EndOf("")), CountOnly = true }, cancellationToken);
        var status = await _connection.ReadAsync(async (invoker, options) => await new Maintenance.MaintenanceClient(invoker).StatusAsync(new StatusRequest(), options), cancellationToken);
        return new StoreStatistics(map.ToStore(count.Header.Revision), Volatile.Read(ref _compacted), count.Count, new ByteSize(status.DbSize));
    }

    /// <inheritdoc/>
    public async Task AdvanceAsync(long revision, CancellationToken cancellationToken)
    {
        var newest = await GetRevisionAsync(cancellationToken);
        if (newest >= revision)
        {
            return;
        }

        var map = Map with { Offset = Map.Offset + revision - newest, Floor = revision };
        await _connection.CallAsync(
            async (invoker, options) => await new KV.KVClient(invoker).PutAsync(new PutRequest { Key = EtcdMap.Own(_options.Prefix, "revisions"), Value = map.Write() }, options),
            cancellationToken);
        _map = map;
        Saw(map.Floor);
    }

    public async ValueTask DisposeAsync()
    {
        await _closing.CancelAsync();
        if (_compaction is { } running)
        {
            await running.ContinueWith(static _ => { }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        }

        _connection.Dispose();
    }

    private Task<RangeResponse> RangeEtcdAsync(RangeRequest request, CancellationToken cancellationToken) =>
        _connection.ReadAsync(async (invoker, options) => await new KV.KVClient(invoker).RangeAsync(request, options), cancellationToken);

    private async Task CompactEtcdAsync(long etcdRevision, CancellationToken cancellationToken)
    {
        try
        {
            await _connection.ReadAsync(async (invoker, options) => await new KV.KVClient(invoker).CompactAsync(new CompactionRequest { Revision = etcdRevision }, options), cancellationToken);
        }
        catch (NaruException failure) when (failure.Kind == ErrorKind.Expired)
        {
            return; // another server did it
        }

        Saw(Map.ToStore(etcdRevision));
    }

    /// <summary>Remembers up to where history is known to be gone: etcd does not say it by itself.</summary>
    private void Saw(long compacted)
    {
        for (var known = Volatile.Read(ref _compacted); known < compacted; known = Volatile.Read(ref _compacted))
        {
            Interlocked.CompareExchange(ref _compacted, compacted, known);
        }
    }
}
