using Naru.Cluster.Caching;
using Naru.Objects.Api;

namespace Naru.Cluster.Watching;

/// <summary>All watches of one resource that want to see the same: a change is judged and wrapped once for all of them. Changes are offered by the one thread that applies them, under the cache's lock.</summary>
internal sealed class WatchGroup
{
    private const int CheckEvery = 256;

    private readonly ResourceCache _cache;
    private readonly int _mostBehind;
    private readonly WatchCrowd _crowd;
    private readonly TimeProvider _time;
    private readonly List<WatchCursor> _own = [];
    private readonly List<WatchCohort> _cohorts = [];
    private readonly Lock _gate = new();
    private ChangeLink _tail = new(null, 0);
    private bool _dirty;

    public WatchGroup(ResourceCache cache, ObjectFilter filter, CacheSettings settings)
    {
        _cache = cache;
        Filter = filter;
        _mostBehind = settings.WatchQueue;
        _crowd = settings.Crowd;
        _time = settings.Time;
    }

    /// <summary>What its watches want to see.</summary>
    public ObjectFilter Filter { get; }

    /// <summary>How many watches it has.</summary>
    public int Count { get; private set; }

    /// <summary>A new watch that sees what comes from now on. Under the cache's lock.</summary>
    /// <param name="isPaced">It comes from outside and goes by the beats; otherwise it sees changes as they come.</param>
    public WatchCursor Join(bool isPaced)
    {
        lock (_gate)
        {
            Count++;
            var cohort = isPaced ? CohortWithRoom() : null;
            var cursor = new WatchCursor(this, _tail, cohort);
            if (cohort is null)
            {
                _own.Add(cursor);
            }
            else
            {
                cohort.Add(cursor);
            }

            return cursor;
        }
    }

    /// <summary>Takes a watch out; the last one closes the group.</summary>
    public void Leave(WatchCursor cursor)
    {
        lock (_gate)
        {
            if (!(cursor.Cohort?.Remove(cursor) ?? _own.Remove(cursor)))
            {
                return;
            }

            Count--;
            if (cursor.Cohort is { Cursors.Count: 0 } empty)
            {
                _cohorts.Remove(empty);
                empty.Dispose();
            }
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
            foreach (var cohort in _cohorts)
            {
                cohort.Pulse(_tail.Sequence);
            }
        }
    }

    /// <summary>Cuts all watches off.</summary>
    public void CutAll()
    {
        lock (_gate)
        {
            foreach (var cursor in All())
            {
                cursor.Cut();
            }
        }
    }

    private WatchCohort CohortWithRoom()
    {
        var cohort = _cohorts.Find(static one => one.Cursors.Count < WatchCohort.Largest);
        if (cohort is null)
        {
            _cohorts.Add(cohort = new WatchCohort(_crowd, _time, BeatLater));
        }

        return cohort;
    }

    private void BeatLater(WatchCohort cohort)
    {
        lock (_gate)
        {
            cohort.Beat(Volatile.Read(ref _tail).Sequence);
        }
    }

    private IEnumerable<WatchCursor> All() => _own.Concat(_cohorts.SelectMany(static cohort => cohort.Cursors));

    private void CutSlow()
    {
        lock (_gate)
        {
            foreach (var cursor in All())
            {
                if (_tail.Sequence - cursor.Sequence > _mostBehind)
                {
                    cursor.Cut();
                }
            }
        }
    }
}
