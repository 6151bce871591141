namespace Naru.Cluster.Watching;

/// <summary>
/// Watches from outside of one group that see its changes at the same beats: each beat moves the horizon to the last change, and all of them take the same run up to it. Cohorts beat at different phases, so that the last watch of a crowd does not wait for all others.
/// Under the group's lock, but for <see cref="Horizon"/>.
/// </summary>
internal sealed class WatchCohort : IDisposable
{
    /// <summary>Watches that one beat may wake.</summary>
    public const int Largest = 128;

    private readonly WatchCrowd _crowd;
    private readonly TimeProvider _time;
    private readonly int _phase;
    private readonly ITimer _timer;
    private readonly List<WatchCursor> _cursors = [];
    private long _horizon;
    private TimeSpan _due;
    private bool _timerSet;

    /// <param name="crowd">All watches from outside.</param>
    /// <param name="time">The clock.</param>
    /// <param name="later">Called when a beat is due that had to wait; it is to call <see cref="Beat"/> under the group's lock.</param>
    public WatchCohort(WatchCrowd crowd, TimeProvider time, Action<WatchCohort> later)
    {
        _crowd = crowd;
        _time = time;
        _phase = crowd.NextPhase();
        _timer = time.CreateTimer(_ => later(this), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Sequence of the last change that its watches see. Any thread.</summary>
    public long Horizon => Volatile.Read(ref _horizon);

    /// <summary>Its watches.</summary>
    public IReadOnlyList<WatchCursor> Cursors => _cursors;

    /// <summary>One more.</summary>
    public void Add(WatchCursor cursor)
    {
        _cursors.Add(cursor);
        _crowd.Join();
    }

    /// <summary>One less; false if it is not here.</summary>
    public bool Remove(WatchCursor cursor)
    {
        if (!_cursors.Remove(cursor))
        {
            return false;
        }

        _crowd.Leave();
        return true;
    }

    /// <summary>Changes have come: beats now after a rest, otherwise when the next beat is due.</summary>
    public void Pulse(long last)
    {
        if (_timerSet)
        {
            return;
        }

        var rest = _due - _time.GetElapsedTime(0);
        if (rest <= TimeSpan.Zero)
        {
            Beat(last);
            return;
        }

        _timerSet = true;
        _timer.Change(rest, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Shows its watches the changes up to the last.</summary>
    public void Beat(long last)
    {
        _timerSet = false;
        _due = _crowd.NextBeat(_phase, _time.GetElapsedTime(0));
        Volatile.Write(ref _horizon, last);
        _cursors.ForEach(static cursor => cursor.WakeForChanges());
    }

    public void Dispose() => _timer.Dispose();
}
