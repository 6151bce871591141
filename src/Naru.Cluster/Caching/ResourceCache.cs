using Naru.Cluster.Watching;
using Naru.Objects.Resources;

namespace Naru.Cluster.Caching;

/// <summary>The objects of one resource in memory, their latest changes, and the watches of them. Changes come from one thread; everything else from any.</summary>
internal sealed class ResourceCache(GroupResource resource, CacheSettings settings)
{
    private readonly Lock _gate = new();
    private readonly SortedObjects _objects = new();
    private readonly ChangeHistory _history = new(settings.HistoryCount, settings.HistoryBytes, (long)settings.HistoryAge.TotalMilliseconds);
    private readonly WatchGroups _groups = new();
    private Func<CachedObject, string, string?> _selectField = static (_, _) => null;

    /// <summary>What the objects are.</summary>
    public GroupResource Resource { get; } = resource;

    /// <summary>Texts shared by all objects.</summary>
    public TextPool Pool => settings.Pool;

    /// <summary>What keeps the trees.</summary>
    public TreeBudget Trees => settings.Trees;

    /// <summary>Fields that selectors may ask for; grows at its end only.</summary>
    public string[] SelectableFields { get; private set; } = [];

    /// <summary>How many objects there are.</summary>
    public int Count => _objects.Count;

    /// <summary>How many watches there are.</summary>
    public int Watches => _groups.Watches;

    /// <summary>Bytes of the objects' JSON.</summary>
    public long Bytes { get; private set; }

    /// <summary>Names the selectable fields and how they are read.</summary>
    public void SetFields(IEnumerable<string> fields, Func<CachedObject, string, string?> read)
    {
        lock (_gate)
        {
            SelectableFields = [.. SelectableFields.Union(fields, StringComparer.Ordinal)];
            _selectField = read;
        }
    }

    /// <summary>Reads a selectable field.</summary>
    public string? SelectField(CachedObject item, string field) => _selectField(item, field);

    /// <summary>The object, or null.</summary>
    public CachedObject? Get(string @namespace, string name)
    {
        lock (_gate)
        {
            return _objects.Find(@namespace, name);
        }
    }

    /// <summary>All objects now.</summary>
    public ObjectSnapshot Snapshot()
    {
        lock (_gate)
        {
            return _objects.Snapshot();
        }
    }

    /// <summary>All objects now, and the changes since a revision; null if they are no longer known.</summary>
    public (ObjectSnapshot Snapshot, List<CacheChange>? Since) SnapshotSince(long revision)
    {
        lock (_gate)
        {
            return (_objects.Snapshot(), revision < _history.Floor ? null : _history.After(revision));
        }
    }

    /// <summary>Joins a watch and says what it is to see first: all objects, or (<paramref name="after"/> not null) the changes above a revision; null changes if they are no longer known.</summary>
    public WatchStart Watch(ObjectFilter filter, long? after, bool isPaced)
    {
        lock (_gate)
        {
            if (after is { } revision && revision < _history.Floor)
            {
                return new WatchStart(null, null, null);
            }

            var group = _groups.Find(filter) ?? _groups.Add(new WatchGroup(this, filter, settings));
            return after is null ? new WatchStart(group.Join(isPaced), _objects.Snapshot(), null) : new WatchStart(group.Join(isPaced), null, _history.After(after.Value));
        }
    }

    /// <summary>Closes a group that has no watches any more.</summary>
    public void Close(WatchGroup group)
    {
        lock (_gate)
        {
            _groups.Remove(group);
        }
    }

    /// <summary>Fills the cache anew: nothing of before is known, watches list again.</summary>
    public void Load(IEnumerable<CachedObject> items, long revision)
    {
        lock (_gate)
        {
            foreach (var gone in _objects.Snapshot().In(null))
            {
                _objects.Remove(gone.Namespace, gone.Name);
                settings.Owners.Remove(gone);
            }

            Bytes = 0;
            foreach (var item in items)
            {
                _objects.Set(item);
                settings.Owners.Add(item);
                Bytes += item.Size;
            }

            _history.Restart(revision);
            _groups.CutAll();
        }
    }

    /// <summary>Applies a change; returns it, or null if it changes nothing. <see cref="Pulse"/> follows when the batch is through.</summary>
    public CacheChange? Apply(string @namespace, string name, CachedObject? current, long revision)
    {
        lock (_gate)
        {
            var previous = _objects.Find(@namespace, name);
            if (current is null && previous is null)
            {
                return null;
            }

            if (current is null)
            {
                _objects.Remove(@namespace, name);
            }
            else
            {
                _objects.Set(current);
            }

            Bytes += (current?.Size ?? 0) - (previous?.Size ?? 0);
            settings.Owners.Change(previous, current);
            var change = new CacheChange(current, previous, revision, settings.Tick);
            _history.Add(change);
            _groups.Offer(change);
            return change;
        }
    }

    /// <summary>Wakes the watches that have something to see.</summary>
    public void Pulse()
    {
        lock (_gate)
        {
            _groups.Pulse();
        }
    }

    /// <summary>Lets go of changes that are too old.</summary>
    public void Expire()
    {
        lock (_gate)
        {
            _history.Expire(settings.Tick);
        }
    }
}

/// <summary>How a watch begins.</summary>
internal readonly record struct WatchStart(WatchCursor? Cursor, ObjectSnapshot? Snapshot, List<CacheChange>? Changes);
