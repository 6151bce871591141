using System.Threading.Tasks.Sources;
using Naru.Core.Errors;

namespace Naru.Cluster.Watching;

/// <summary>One watch's place in its group's chain. Read by one thread at a time; woken, timed and cut from any.</summary>
/// <param name="group">Its group.</param>
/// <param name="start">Where it begins.</param>
/// <param name="cohort">Those with whose beats it sees changes; null if it sees them as they come.</param>
internal sealed class WatchCursor(WatchGroup group, ChangeLink start, WatchCohort? cohort) : IValueTaskSource, IDisposable
{
    private readonly Lock _gate = new();
    private ManualResetValueTaskSourceCore<bool> _source = new() { RunContinuationsAsynchronously = true };
    private ChangeLink? _at = start;
    private bool _waiting;
    private bool _signalled;

    /// <summary>Those with whose beats it sees changes; null if it sees them as they come.</summary>
    public WatchCohort? Cohort => cohort;

    /// <summary>How far it has come.</summary>
    public long Sequence => Volatile.Read(ref _at)?.Sequence ?? long.MaxValue;

    /// <summary>Changes have come that were not taken, whether or not they can be yet.</summary>
    public bool HasNext => Volatile.Read(ref _at)?.Next is not null;

    /// <summary>The next change, if there is one. Expired after the watch was cut off.</summary>
    public bool TryNext(out ChangeLink? link)
    {
        var at = Volatile.Read(ref _at) ?? throw new NaruException(ErrorKind.Expired, "the watch was too slow and has been cut off: list again");
        link = After(at);
        if (link is null)
        {
            return false;
        }

        Interlocked.CompareExchange(ref _at, link, at);
        return true;
    }

    /// <summary>Waits for a change, a wake-up or the end.</summary>
    public ValueTask WaitAsync()
    {
        lock (_gate)
        {
            if (_signalled || Volatile.Read(ref _at) is not { } at || After(at) is not null)
            {
                _signalled = false;
                return ValueTask.CompletedTask;
            }

            _source.Reset();
            _waiting = true;
            return new ValueTask(this, _source.Version);
        }
    }

    /// <summary>Ends a wait, this one or the next.</summary>
    public void Wake()
    {
        lock (_gate)
        {
            if (!_waiting)
            {
                _signalled = true;
                return;
            }

            _waiting = false;
        }

        _source.SetResult(true);
    }

    /// <summary>Ends a wait if there is one: changes have come.</summary>
    public void WakeForChanges()
    {
        lock (_gate)
        {
            if (!_waiting)
            {
                return;
            }

            _waiting = false;
        }

        _source.SetResult(true);
    }

    /// <summary>Cuts the watch off: it lets go of the chain and ends with Expired.</summary>
    public void Cut()
    {
        Volatile.Write(ref _at, null);
        Wake();
    }

    /// <summary>Leaves the group.</summary>
    public void Dispose() => group.Leave(this);

    private ChangeLink? After(ChangeLink at) => at.Next is { } next && (cohort is null || next.Sequence <= cohort.Horizon) ? next : null;

    void IValueTaskSource.GetResult(short token) => _source.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource.GetStatus(short token) => _source.GetStatus(token);

    void IValueTaskSource.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) => _source.OnCompleted(continuation, state, token, flags);
}
