using Naru.Cluster.Caching;

namespace Naru.Cluster.Watching;

/// <summary>The groups of watches of one resource. Those that name one value of a field (the pods of a node, the object of a name) are found through an index, so that five thousand
/// of them cost a change no more than one. Under the cache's lock.</summary>
internal sealed class WatchGroups
{
    private readonly Dictionary<string, WatchGroup> _all = new(StringComparer.Ordinal);
    private readonly List<WatchGroup> _plain = [];
    private readonly Dictionary<int, Dictionary<string, List<WatchGroup>>> _indexed = [];
    private readonly List<WatchGroup> _dirty = [];

    /// <summary>How many watches there are.</summary>
    public int Watches => _all.Values.Sum(static group => group.Count);

    /// <summary>The group of a filter, or null.</summary>
    public WatchGroup? Find(ObjectFilter filter) => _all.GetValueOrDefault(filter.Key);

    /// <summary>Adds a group.</summary>
    public WatchGroup Add(WatchGroup group)
    {
        _all.Add(group.Filter.Key, group);
        ListOf(group).Add(group);
        return group;
    }

    /// <summary>Takes a group out if it has no watches.</summary>
    public void Remove(WatchGroup group)
    {
        if (group.Count > 0 || !_all.Remove(group.Filter.Key))
        {
            return;
        }

        var list = ListOf(group);
        list.Remove(group);
        if (list.Count == 0 && group.Filter.Indexed is { } term)
        {
            _indexed[term.Place].Remove(term.Value);
            if (_indexed[term.Place].Count == 0)
            {
                _indexed.Remove(term.Place);
            }
        }

    }

    /// <summary>Shows a change to the groups that it may concern.</summary>
    public void Offer(CacheChange change)
    {
        Offer(_plain, change);
        foreach (var (place, groups) in _indexed)
        {
            var now = change.Current is null ? null : FieldTerm.Read(change.Current, place);
            var before = change.Previous is null ? null : FieldTerm.Read(change.Previous, place);
            if (now is not null && groups.TryGetValue(now, out var those))
            {
                Offer(those, change);
            }

            if (before is not null && before != now && groups.TryGetValue(before, out those))
            {
                Offer(those, change);
            }
        }
    }

    /// <summary>Wakes the groups that have something to see.</summary>
    public void Pulse()
    {
        foreach (var group in _dirty)
        {
            group.Pulse();
        }

        _dirty.Clear();
    }

    /// <summary>Cuts all watches off.</summary>
    public void CutAll()
    {
        foreach (var group in _all.Values)
        {
            group.CutAll();
        }
    }

    private void Offer(List<WatchGroup> groups, CacheChange change)
    {
        foreach (var group in groups)
        {
            if (group.Offer(change))
            {
                _dirty.Add(group);
            }
        }
    }

    private List<WatchGroup> ListOf(WatchGroup group)
    {
        if (group.Filter.Indexed is not { } term)
        {
            return _plain;
        }

        if (!_indexed.TryGetValue(term.Place, out var byValue))
        {
            _indexed[term.Place] = byValue = new(StringComparer.Ordinal);
        }

        if (!byValue.TryGetValue(term.Value, out var list))
        {
            byValue[term.Value] = list = [];
        }

        return list;
    }
}
