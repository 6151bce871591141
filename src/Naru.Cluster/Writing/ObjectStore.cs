using Naru.Cluster.Caching;
using Naru.Cluster.Catalogue;
using Naru.Cluster.Telemetry;
using Naru.Core.Stores;
using Naru.Objects.Values;

namespace Naru.Cluster.Writing;

/// <summary>Writes objects to the store and waits until this server's caches know of it, so that who wrote reads what it wrote.</summary>
internal sealed class ObjectStore(IStore store, ObjectCaches caches, RevisionGate gate, ClusterMeter meter)
{
    /// <summary>Writes an object at its storage version if its key was last changed at <paramref name="expected"/> (0: does not exist). Null if not: the caches know by then what stands.</summary>
    public Task<CachedObject?> PutAsync(ServedResource resource, string @namespace, string name, MapValue stored, long expected, CancellationToken cancellationToken)
    {
        var arranged = StoredJson.Arrange(stored);
        return PutAsync(resource, @namespace, name, new OwnWrite(StoredJson.Write(arranged), arranged), expected, cancellationToken);
    }

    /// <summary>The same for an object whose bytes are made.</summary>
    public async Task<CachedObject?> PutAsync(ServedResource resource, string @namespace, string name, OwnWrite write, long expected, CancellationToken cancellationToken)
    {
        var key = StorageKeys.Of(resource.Storage, @namespace, name);
        caches.Own.Announce(key, write);
        long? revision = null;
        try
        {
            revision = await CommitAsync(resource, key, write.Bytes, expected, cancellationToken);
        }
        finally
        {
            caches.Own.Withdraw(key, write);
        }

        if (revision is null)
        {
            return null;
        }

        var cache = caches.Of(resource.Storage);
        return cache.Get(@namespace, name) is { } known && known.Revision == revision
            ? known
            : new CachedObject(cache, @namespace, name, revision.Value, StoredJson.Splice(write.Bytes, revision.Value), null);
    }

    /// <summary>Writes many objects that know nothing of each other; says of each whether it was as expected, and so was written.</summary>
    public async Task<IReadOnlyList<bool>> PutAllAsync(ServedResource resource, IReadOnlyList<ExpectedWrite> writes, CancellationToken cancellationToken)
    {
        if (writes.Count == 0)
        {
            return [];
        }

        cancellationToken.ThrowIfCancellationRequested();
        string[] keys = [.. writes.Select(one => StorageKeys.Of(resource.Storage, one.Before.Namespace, one.Before.Name))];
        for (var at = 0; at < keys.Length; at++)
        {
            caches.Own.Announce(keys[at], writes[at].Write);
        }

        try
        {
            var started = meter.Start();
            var commits = await store.CommitAllAsync([.. keys.Select((key, at) => TransactionOf(key, writes[at].Write.Bytes, writes[at].Before.Revision))], CancellationToken.None);
            meter.Stored(started, "put", resource.Storage.Resource);
            await gate.WaitAsync(commits.Max(static one => one.Revision), cancellationToken);
            return [.. commits.Select(static one => one.Succeeded)];
        }
        finally
        {
            for (var at = 0; at < keys.Length; at++)
            {
                caches.Own.Withdraw(keys[at], writes[at].Write);
            }
        }
    }

    /// <summary>Whether the caches know an object of the name.</summary>
    public bool Exists(ServedResource resource, string @namespace, string name) => caches.Of(resource.Storage).Get(@namespace, name) is not null;

    /// <summary>Deletes an object as it was read. False if it was changed meanwhile.</summary>
    public async Task<bool> RemoveAsync(ServedResource resource, CachedObject item, CancellationToken cancellationToken) =>
        await CommitAsync(resource, StorageKeys.Of(resource.Storage, item.Namespace, item.Name), null, item.Revision, cancellationToken) is not null;

    /// <summary>Waits until the caches know everything that is acknowledged now.</summary>
    public async ValueTask CatchUpAsync(CancellationToken cancellationToken)
    {
        var revision = await store.GetRevisionAsync(cancellationToken);
        await gate.WaitAsync(revision, cancellationToken);
    }

    private async Task<long?> CommitAsync(ServedResource resource, string key, byte[]? value, long expected, CancellationToken cancellationToken)
    {
        // A write that has been handed over is not called back: its outcome must be known.
        cancellationToken.ThrowIfCancellationRequested();
        var started = meter.Start();
        var commit = await store.CommitAsync(TransactionOf(key, value, expected), CancellationToken.None);
        meter.Stored(started, value is null ? "delete" : "put", resource.Storage.Resource);
        await gate.WaitAsync(commit.Revision, cancellationToken);
        return commit.Succeeded ? commit.Revision : null;
    }

    private static StoreTransaction TransactionOf(string key, byte[]? value, long expected) =>
        new() { Conditions = [new StoreCondition(key, expected)], Writes = [new StoreWrite(key, value is null ? (ReadOnlyMemory<byte>?)null : value)] };
}

/// <summary>A write of an object that stands as it was read.</summary>
/// <param name="Before">The object as it was read.</param>
/// <param name="Write">What becomes of it.</param>
internal readonly record struct ExpectedWrite(CachedObject Before, OwnWrite Write);
