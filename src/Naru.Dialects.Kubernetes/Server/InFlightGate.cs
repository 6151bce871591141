namespace Naru.Dialects.Kubernetes.Server;

/// <summary>Two plain limits, one for reading and one for writing: what guards the server where priority and fairness is off.</summary>
internal sealed class InFlightGate(KubernetesDialectOptions options) : IRequestGate
{
    private int _reads;
    private int _writes;

    public ValueTask<IDisposable?> EnterAsync(Exchange exchange)
    {
        var target = exchange.Target;
        if (target.IsLongRunning || exchange.User.Groups.Contains("system:masters"))
        {
            return ValueTask.FromResult<IDisposable?>(null);
        }

        ref var count = ref target.IsReadOnly ? ref _reads : ref _writes;
        var most = target.IsReadOnly ? options.MaxReadsInFlight : options.MaxWritesInFlight;
        if (Interlocked.Increment(ref count) > most)
        {
            Interlocked.Decrement(ref count);
            throw StatusFailure.TooManyRequests(TimeSpan.FromSeconds(1));
        }

        return ValueTask.FromResult<IDisposable?>(new Place(this, target.IsReadOnly));
    }

    private sealed class Place(InFlightGate gate, bool isRead) : IDisposable
    {
        private int _gone;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _gone, 1) == 0)
            {
                Interlocked.Decrement(ref isRead ? ref gate._reads : ref gate._writes);
            }
        }
    }
}
