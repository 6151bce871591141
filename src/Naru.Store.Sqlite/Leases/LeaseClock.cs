namespace Naru.Store.Sqlite.Leases;

/// <summary>When leases end. Their time is counted in this process: after a restart each has its whole time again.</summary>
/// <param name="time">The clock.</param>
/// <param name="ended">Told of each lease whose time is over; it is no longer kept then.</param>
internal sealed class LeaseClock(TimeProvider time, Action<long> ended) : IDisposable
{
    private readonly Lock _gate = new();
    private readonly Dictionary<long, (TimeSpan TimeToLive, long Since)> _leases = [];
    private ITimer? _timer;
    private bool _disposed;

    public bool Exists(long lease)
    {
        lock (_gate)
        {
            return _leases.ContainsKey(lease);
        }
    }

    public void Add(long lease, TimeSpan timeToLive)
    {
        lock (_gate)
        {
            _leases[lease] = (timeToLive, time.GetTimestamp());
            Arm();
        }
    }

    public bool Keep(long lease)
    {
        lock (_gate)
        {
            if (!_leases.TryGetValue(lease, out var kept) || time.GetElapsedTime(kept.Since) >= kept.TimeToLive)
            {
                return false;
            }

            _leases[lease] = (kept.TimeToLive, time.GetTimestamp());
            return true;
        }
    }

    public void Remove(long lease)
    {
        lock (_gate)
        {
            _leases.Remove(lease);
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _disposed = true;
            _timer?.Dispose();
        }
    }

    /// <summary>Sets the timer for the next end.</summary>
    private void Arm()
    {
        if (_disposed || _leases.Count == 0)
        {
            return;
        }

        var next = _leases.Values.Min(lease => lease.TimeToLive - time.GetElapsedTime(lease.Since));
        next = next > TimeSpan.FromMilliseconds(1) ? next : TimeSpan.FromMilliseconds(1);
        if (_timer is null)
        {
            _timer = time.CreateTimer(_ => Fire(), null, next, Timeout.InfiniteTimeSpan);
        }
        else
        {
            _timer.Change(next, Timeout.InfiniteTimeSpan);
        }
    }

    private void Fire()
    {
        List<long> over;
        lock (_gate)
        {
            over = [.. _leases.Where(lease => time.GetElapsedTime(lease.Value.Since) >= lease.Value.TimeToLive).Select(lease => lease.Key)];
            over.ForEach(lease => _leases.Remove(lease));
            Arm();
        }

        over.ForEach(ended);
    }
}
