namespace Naru.Cluster.Caching;

/// <summary>How far the caches have followed the store, and a place to wait for them. Any thread.</summary>
internal sealed class RevisionGate
{
    private readonly Lock _gate = new();
    private readonly PriorityQueue<TaskCompletionSource, long> _waiting = new();
    private long _applied;

    /// <summary>Revision up to which the caches know everything.</summary>
    public long Applied => Volatile.Read(ref _applied);

    /// <summary>Waits until the caches know the revision.</summary>
    public Task WaitAsync(long revision, CancellationToken cancellationToken)
    {
        if (Applied >= revision)
        {
            return Task.CompletedTask;
        }

        TaskCompletionSource waiter;
        lock (_gate)
        {
            if (_applied >= revision)
            {
                return Task.CompletedTask;
            }

            waiter = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _waiting.Enqueue(waiter, revision);
        }

        return cancellationToken.CanBeCanceled ? waiter.Task.WaitAsync(cancellationToken) : waiter.Task;
    }

    /// <summary>The caches know the revision now.</summary>
    public void Advance(long revision)
    {
        lock (_gate)
        {
            if (revision <= _applied)
            {
                return;
            }

            Volatile.Write(ref _applied, revision);
            while (_waiting.TryPeek(out var waiter, out var wanted) && wanted <= revision)
            {
                _waiting.Dequeue();
                waiter.TrySetResult();
            }
        }
    }
}
