namespace Naru.Core.Stores;

/// <summary>Ordered keys with versioned values under one global revision: what the cluster's objects are kept in. Keys are compared by
/// their UTF-8 bytes. Every method may be called from any thread. All hands pass one conformance suite.</summary>
/// <remarks>Failures: <see cref="Errors.ErrorKind.Unavailable"/> when the store does not answer (the outcome of a commit is then unknown),
/// <see cref="Errors.ErrorKind.Expired"/> when a revision asked for is compacted, <see cref="Errors.ErrorKind.ResourceExhausted"/> when the disk is full
/// or a value too large, <see cref="Errors.ErrorKind.DataLoss"/> when stored bytes are not what they must be.</remarks>
public interface IStore : IAsyncDisposable
{
    /// <summary>The newest committed revision, linearizable: no commit that was acknowledged before the call is missing. 0 in an empty store.</summary>
    ValueTask<long> GetRevisionAsync(CancellationToken cancellationToken);

    /// <summary>The entries with <c>start &lt;= key &lt; end</c>, in order, at one revision.</summary>
    /// <param name="start">First key.</param>
    /// <param name="end">First key that is not part of the range; <see cref="StoreKeys.EndOf"/> makes it from a prefix.</param>
    /// <param name="limit">At most so many entries; 0 for all.</param>
    /// <param name="revision">As of this revision; 0 for the newest (linearizable).</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    Task<StoreRange> RangeAsync(string start, string end, int limit, long revision, CancellationToken cancellationToken);

    /// <summary>Makes all writes or none: none when a condition does not hold. Returns when the writes are durable. One revision for all writes
    /// of a transaction. Concurrent callers share one flush.</summary>
    Task<StoreCommit> CommitAsync(StoreTransaction transaction, CancellationToken cancellationToken);

    /// <summary>Makes transactions that know nothing of each other, each with a revision of its own and whether or not the others hold, in any order: of several on one key any may be first.
    /// Returns how each ended, in the order they were given, when all are durable. Cheaper than as many calls. When it fails, some of them may have been made.</summary>
    async Task<IReadOnlyList<StoreCommit>> CommitAllAsync(IReadOnlyList<StoreTransaction> transactions, CancellationToken cancellationToken) =>
        await Task.WhenAll(transactions.Select(one => CommitAsync(one, cancellationToken)));

    /// <summary>Every change to keys with the prefix whose revision is above <paramref name="after"/>, once, in order, whole revisions at a time, without end.
    /// A reader that is too slow for the bounded queue, or asks for compacted history, gets <see cref="Errors.ErrorKind.Expired"/>.
    /// The watch is registered when the first element is asked for: changes above <paramref name="after"/> that exist then are delivered too.</summary>
    IAsyncEnumerable<StoreBatch> WatchAsync(string prefix, long after, CancellationToken cancellationToken);

    /// <summary>Forgets history up to and including the revision: ranges and watches below it get Expired. The newest value of each key stays. Harmless when repeated.</summary>
    Task CompactAsync(long revision, CancellationToken cancellationToken);

    /// <summary>A lease; keys written under it are deleted when it is not kept alive for <paramref name="timeToLive"/>.</summary>
    Task<long> GrantLeaseAsync(TimeSpan timeToLive, CancellationToken cancellationToken);

    /// <summary>Starts the lease's time anew; false when it has ended already.</summary>
    Task<bool> KeepLeaseAsync(long lease, CancellationToken cancellationToken);

    /// <summary>Ends the lease now and deletes its keys. Harmless when it has ended.</summary>
    Task RevokeLeaseAsync(long lease, CancellationToken cancellationToken);

    /// <summary>Size and history, for metrics and status.</summary>
    ValueTask<StoreStatistics> GetStatisticsAsync(CancellationToken cancellationToken);
}
