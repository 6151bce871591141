namespace Naru.Cluster.Caching;

/// <summary>The latest changes of one resource: bounded by number, bytes and age. From it watches start at an older revision and lists are rolled back to one. Not safe for several threads.</summary>
internal sealed class ChangeHistory(int most, long mostBytes, long mostMilliseconds)
{
    private readonly Queue<CacheChange> _changes = new();
    private long _bytes;
    private long _newest;

    /// <summary>Every change above this revision is here.</summary>
    public long Floor { get; private set; }

    /// <summary>How many are kept.</summary>
    public int Count => _changes.Count;

    /// <summary>Keeps a change; lets old ones go.</summary>
    public void Add(CacheChange change)
    {
        _changes.Enqueue(change);
        _newest = change.Revision;
        _bytes += change.Size;
        while (_changes.Count > most || (_bytes > mostBytes && _changes.Count > 1))
        {
            Drop();
        }

        Expire(change.Tick);
    }

    /// <summary>Lets go what is too old at the moment <paramref name="tick"/>.</summary>
    public void Expire(long tick)
    {
        while (_changes.TryPeek(out var oldest) && tick - oldest.Tick > mostMilliseconds)
        {
            Drop();
        }
    }

    /// <summary>Forgets everything up to the revision.</summary>
    public void Restart(long floor)
    {
        _changes.Clear();
        _bytes = 0;
        Floor = floor;
    }

    /// <summary>The changes above a revision that is not below <see cref="Floor"/>, in order.</summary>
    public List<CacheChange> After(long revision) => _newest <= revision ? [] : [.. _changes.SkipWhile(change => change.Revision <= revision)];

    private void Drop()
    {
        var gone = _changes.Dequeue();
        _bytes -= gone.Size;
        Floor = gone.Revision;
    }
}
