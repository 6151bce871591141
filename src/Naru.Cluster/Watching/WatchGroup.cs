using Naru.Cluster.Caching;
using Naru.Objects.Api;

namespace Naru.Cluster.Watching;

/// <summary>All watches of one resource that want to see the same: a change is judged and wrapped once for all of them. Changes are offered by the one thread that applies them, under the cache's lock.</summary>
internal sealed class WatchGroup : IDisposable
{
    private const int CheckEvery = 256;

    private readonly ResourceCache _cache;
    private readonly int _mostBehind;
    private readonly WatchCrowd _crowd;
    private readonly TimeProvider _time;
    private readonly List<WatchCursor> _own = [];
    private readonly List<WatchCursor> _paced = [];
    private readonly Lock _gate = new();
    private readonly ITimer _timer;
    private ChangeLink _tail = new(null, 0);
    private long _horizon;
    private long _lastBeat;
    private bool _timerSet;
    private bool _dirty;

    public WatchGroup(ResourceCache cache, ObjectFilter filter, CacheSettings settings)
    {
        _cache = cache;
        Filter = filter;
        _mostBehind = settings.WatchQueue;
        _crowd = settings.Crowd;
        _time = settings.Time;
        _timer = _time.CreateTimer(static state => ((WatchGroup)state!).BeatLater(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>What its watches want to see.</summary>
    public ObjectFilter Filter { get; }

    /// <summary>How many watches it has.</summary>
    public int Count { get; private set; }

    /// <summary>Sequence of the last change that those see who go by the beats.</summary>
    public long Horizon => Volatile.Read(ref _horizon);

    /// <summary>A new watch that sees what comes from now on. Under the cache's lock.</summary>
    public WatchCursor Join(bool isPaced)
    {
        var cursor = new WatchCursor(this, _tail, isPaced);
        lock (_gate)
        {
            ListOf(cursor).Add(cursor);
            Count++;
        }

        if (isPaced)
        {
            _crowd.Join();
        }

        return cursor;
    }

    /// <summary>Takes a watch out; the last one closes the group.</summary>
    public void Leave(WatchCursor cursor)
    {
        lock (_gate)
        {
            if (!ListOf(cursor).Remove(cursor))
            {
                return;
            }

            Count--;
        }

        if (cursor.IsPaced)
        {
            _crowd.Leave();
        }

        if (Count == 0)
        {
            _cache.Close(this);
        }
    }

    /// <summary>Judges a change and appends what the watches see of it. Under the cache's lock.</summary>
    public bool Offer(CacheChange change)
    {
        var seen = View(Filter, change);
        if (seen is null)
        {
            return false;
        }

        var link = new ChangeLink(seen, _tail.Sequence + 1);
        _tail.Next = link;
        Volatile.Write(ref _tail, link);
        if (link.Sequence % CheckEvery == 0)
        {
            CutSlow();
        }

        var first = !_dirty;
        _dirty = true;
        return first;
    }

    /// <summary>What a filter shows of a change; null for nothing.</summary>
    public static ObjectChange? View(ObjectFilter filter, CacheChange change)
    {
        if (filter.IsEverything)
        {
            return change.ToObjectChange();
        }

        var now = change.Current is not null && filter.Matches(change.Current);
        var before = change.Previous is not null && filter.Matches(change.Previous);
        return (now, before) switch
        {
            (true, true) => change.ToObjectChange(),
            (true, false) => new ObjectChange(ChangeKind.Added, change.Current, null, change.Revision),
            (false, true) => new ObjectChange(ChangeKind.Deleted, change.LastState, change.Previous, change.Revision),
            _ => null,
        };
    }

    /// <summary>Wakes the watches after a batch: the cluster's own parts at once, those from outside with the next beat, which comes at once after a rest.</summary>
    public void Pulse()
    {
        _dirty = false;
        lock (_gate)
        {
            _own.ForEach(static cursor => cursor.WakeForChanges());
            if (_paced.Count == 0 || _timerSet)
            {
                return;
            }

            var rest = _crowd.Beat - _time.GetElapsedTime(_lastBeat);
            if (rest > TimeSpan.Zero)
            {
                _timerSet = true;
                _timer.Change(rest, Timeout.InfiniteTimeSpan);
                return;
            }

            Beat();
        }
    }

    /// <summary>Cuts all watches off.</summary>
    public void CutAll()
    {
        lock (_gate)
        {
            _own.ForEach(static cursor => cursor.Cut());
            _paced.ForEach(static cursor => cursor.Cut());
        }
    }

    public void Dispose() => _timer.Dispose();

    private List<WatchCursor> ListOf(WatchCursor cursor) => cursor.IsPaced ? _paced : _own;

    private void BeatLater()
    {
        lock (_gate)
        {
            _timerSet = false;
            Beat();
        }
    }

    private void Beat()
    {
        _lastBeat = _time.GetTimestamp();
        Volatile.Write(ref _horizon, Volatile.Read(ref _tail).Sequence);
        _paced.ForEach(static cursor => cursor.WakeForChanges());
    }

    private void CutSlow()
    {
        lock (_gate)
        {
            foreach (var cursor in _own.Concat(_paced))
            {
                if (_tail.Sequence - cursor.Sequence > _mostBehind)
                {
                    cursor.Cut();
                }
            }
        }
    }
}
