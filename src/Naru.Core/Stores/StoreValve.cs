using Naru.Core.Errors;

namespace Naru.Core.Stores;

/// <summary>A store whose writes can be held back while reads go on: for a move to another store, after which nothing must have been written to the old one.</summary>
/// <param name="inner">The store behind it.</param>
public sealed class StoreValve(IStore inner) : IStore
{
    private int _underWay;
    private volatile bool _closed;

    /// <summary>The store behind it.</summary>
    public IStore Inner => inner;

    /// <summary>Refuses writes from now on (Unavailable) and waits for those that are under way.</summary>
    public async Task CloseAsync(TimeProvider time, CancellationToken cancellationToken)
    {
        _closed = true;
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(10), time);
        while (Volatile.Read(ref _underWay) > 0)
        {
            await timer.WaitForNextTickAsync(cancellationToken);
        }
    }

    /// <summary>Takes writes again.</summary>
    public void Open() => _closed = false;

    /// <inheritdoc/>
    public ValueTask<long> GetRevisionAsync(CancellationToken cancellationToken) => inner.GetRevisionAsync(cancellationToken);

    /// <inheritdoc/>
    public Task<StoreRange> RangeAsync(string start, string end, int limit, long revision, CancellationToken cancellationToken) => inner.RangeAsync(start, end, limit, revision, cancellationToken);

    /// <inheritdoc/>
    public Task<StoreCommit> CommitAsync(StoreTransaction transaction, CancellationToken cancellationToken) => WriteAsync(() => inner.CommitAsync(transaction, cancellationToken));

    /// <inheritdoc/>
    public Task<IReadOnlyList<StoreCommit>> CommitAllAsync(IReadOnlyList<StoreTransaction> transactions, CancellationToken cancellationToken) =>
        WriteAsync(() => inner.CommitAllAsync(transactions, cancellationToken));

    /// <inheritdoc/>
    public IAsyncEnumerable<StoreBatch> WatchAsync(string prefix, long after, CancellationToken cancellationToken) => inner.WatchAsync(prefix, after, cancellationToken);

    /// <inheritdoc/>
    public Task CompactAsync(long revision, CancellationToken cancellationToken) => inner.CompactAsync(revision, cancellationToken);

    /// <inheritdoc/>
    public Task<long> GrantLeaseAsync(TimeSpan timeToLive, CancellationToken cancellationToken) => WriteAsync(() => inner.GrantLeaseAsync(timeToLive, cancellationToken));

    /// <inheritdoc/>
    public Task<bool> KeepLeaseAsync(long lease, CancellationToken cancellationToken) => inner.KeepLeaseAsync(lease, cancellationToken);

    /// <inheritdoc/>
    public Task RevokeLeaseAsync(long lease, CancellationToken cancellationToken) => inner.RevokeLeaseAsync(lease, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<StoreStatistics> GetStatisticsAsync(CancellationToken cancellationToken) => inner.GetStatisticsAsync(cancellationToken);

    /// <summary>The store behind it belongs to whoever made it.</summary>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private async Task<T> WriteAsync<T>(Func<Task<T>> write)
    {
        Interlocked.Increment(ref _underWay);
        try
        {
            return _closed
                ? throw new NaruException(ErrorKind.Unavailable, "the cluster's objects are being moved to another store: only reads are answered")
                : await write();
        }
        finally
        {
            Interlocked.Decrement(ref _underWay);
        }
    }
}
