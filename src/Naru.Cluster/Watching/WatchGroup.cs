using Naru.Cluster.Caching;
using Naru.Objects.Api;

namespace Naru.Cluster.Watching;

/// <summary>All watches of one resource that want to see the same: a change is judged and wrapped once for all of them. Changes are offered by the one thread that applies them, under the cache's lock.</summary>
internal sealed class WatchGroup : IDisposable
{
    private const int CheckEvery = 256;
    private const int CrowdSize = 32;

    private static readonly TimeSpan CrowdPace = TimeSpan.FromMilliseconds(10);

    private readonly ResourceCache _cache;
    private readonly int _mostBehind;
    private readonly TimeProvider _time;
    private readonly List<WatchCursor> _cursors = [];
    private readonly Lock _gate = new();
    private readonly ITimer _timer;
    private ChangeLink _tail = new(null, 0);
    private long _lastPulse;
    private bool _timerSet;
    private bool _dirty;

    public WatchGroup(ResourceCache cache, ObjectFilter filter, int mostBehind, TimeProvider time)
    {
        _cache = cache;
        Filter = filter;
        _mostBehind = mostBehind;
        _time = time;
        _timer = time.CreateTimer(static state => ((WatchGroup)state!).PulseLater(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>What its watches want to see.</summary>
    public ObjectFilter Filter { get; }

    /// <summary>How many watches it has.</summary>
    public int Count { get; private set; }

    /// <summary>A new watch that sees what comes from now on. Under the cache's lock.</summary>
    public WatchCursor Join()
    {
        var cursor = new WatchCursor(this, _tail);
        lock (_gate)
        {
            _cursors.Add(cursor);
            Count = _cursors.Count;
        }

        return cursor;
    }

    /// <summary>Takes a watch out; the last one closes the group.</summary>
    public void Leave(WatchCursor cursor)
    {
        lock (_gate)
        {
            _cursors.Remove(cursor);
            Count = _cursors.Count;
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
        _tail = link;
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

    /// <summary>Wakes the watches after a batch. A crowd is woken at most every few milliseconds: each then takes several changes at once.</summary>
    public void Pulse()
    {
        _dirty = false;
        lock (_gate)
        {
            if (_cursors.Count > CrowdSize)
            {
                var since = _time.GetElapsedTime(_lastPulse);
                if (since < CrowdPace)
                {
                    if (!_timerSet)
                    {
                        _timerSet = true;
                        _timer.Change(CrowdPace - since, Timeout.InfiniteTimeSpan);
                    }

                    return;
                }
            }

            WakeAll();
        }
    }

    /// <summary>Cuts all watches off.</summary>
    public void CutAll()
    {
        lock (_gate)
        {
            _cursors.ForEach(static cursor => cursor.Cut());
        }
    }

    public void Dispose() => _timer.Dispose();

    private void PulseLater()
    {
        lock (_gate)
        {
            _timerSet = false;
            WakeAll();
        }
    }

    private void WakeAll()
    {
        _lastPulse = _time.GetTimestamp();
        foreach (var cursor in _cursors)
        {
            cursor.WakeForChanges();
        }
    }

    private void CutSlow()
    {
        lock (_gate)
        {
            foreach (var cursor in _cursors)
            {
                if (_tail.Sequence - cursor.Sequence > _mostBehind)
                {
                    cursor.Cut();
                }
            }
        }
    }
}
