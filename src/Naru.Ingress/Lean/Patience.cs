namespace Naru.Ingress.Lean;

/// <summary>Calls when a deadline has come that is moved on again and again. The timer is set only if it would come too late: set for each request it would be a cost of its own.</summary>
internal sealed class Patience : IDisposable
{
    private readonly TimeProvider _time;
    private readonly Action _over;
    private readonly ITimer _timer;
    private long _deadline = long.MaxValue;
    private long _alarm = long.MaxValue;

    /// <summary>Without a deadline at first.</summary>
    /// <param name="time">The clock.</param>
    /// <param name="over">Called on a thread of the pool.</param>
    public Patience(TimeProvider time, Action over)
    {
        (_time, _over) = (time, over);
        _timer = time.CreateTimer(static state => ((Patience)state!).Ring(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>From now on nothing may take longer than this.</summary>
    public void Set(TimeSpan limit)
    {
        var deadline = _time.GetTimestamp() + (long)(limit.TotalSeconds * _time.TimestampFrequency);
        Interlocked.Exchange(ref _deadline, deadline);
        if (deadline < Volatile.Read(ref _alarm))
        {
            Volatile.Write(ref _alarm, deadline);
            SetTimer(limit);
        }
    }

    /// <summary>There is no deadline until the next is set.</summary>
    public void Lift() => Interlocked.Exchange(ref _deadline, long.MaxValue);

    public void Dispose() => _timer.Dispose();

    private void Ring()
    {
        if (!Postpone())
        {
            _over();
        }
    }

    /// <summary>Sets the timer anew if the deadline has been moved on since it was set; false if it has come.</summary>
    private bool Postpone()
    {
        long deadline;
        do
        {
            deadline = Volatile.Read(ref _deadline);
            Interlocked.Exchange(ref _alarm, deadline);
            if (deadline == long.MaxValue)
            {
                continue;
            }

            var left = deadline - _time.GetTimestamp();
            if (left <= _time.TimestampFrequency / 100)
            {
                return false;
            }

            SetTimer(TimeSpan.FromSeconds((double)left / _time.TimestampFrequency));
        }
        while (Volatile.Read(ref _deadline) < deadline);
        return true;
    }

    private void SetTimer(TimeSpan wait)
    {
        try
        {
            _timer.Change(wait, Timeout.InfiniteTimeSpan);
        }
        catch (ObjectDisposedException)
        {
            // It was ended meanwhile.
        }
    }
}
