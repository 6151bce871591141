namespace Naru.Scheduling.State;

/// <summary>A counter summed over places (all nodes with the same value of a label). Catches up with what changed when it is asked, so that its cost does not
/// depend on how many pods and nodes there are.</summary>
internal sealed class DomainCounts(ClusterState cluster, NodeCounter counter, TopologyKey key, Func<NodeEntry, bool>? eligible)
{
    private int[] _counts = [], _nodes = [], _seenCount = [], _seenDomain = [];
    private long _cursor = -1;
    private bool _stale = true;
    private int _least, _domains;

    public TopologyKey Key => key;

    public NodeCounter Counter => counter;

    /// <summary>Sum over all places.</summary>
    public long Total { get; private set; }

    /// <summary>Places with at least one node that counts.</summary>
    public int Domains => Least() >= 0 ? _domains : 0;

    public int Of(int domain) => domain >= 0 && domain < _counts.Length ? _counts[domain] : 0;

    /// <summary>The smallest count of any place.</summary>
    public int Least()
    {
        if (_stale)
        {
            (_least, _domains, _stale) = (int.MaxValue, 0, false);
            for (var domain = 0; domain < _counts.Length; domain++)
            {
                if (_nodes[domain] > 0)
                {
                    _domains++;
                    _least = Math.Min(_least, _counts[domain]);
                }
            }

            _least = _domains == 0 ? 0 : _least;
        }

        return _least;
    }

    public void CatchUp()
    {
        var head = cluster.Changes.Head;
        if (_cursor < 0 || cluster.Changes.IsLost(_cursor))
        {
            for (var place = 0; place < cluster.Nodes.Count; place++)
            {
                See(place);
            }
        }
        else
        {
            for (var at = _cursor; at < head; at++)
            {
                See(cluster.Changes[at]);
            }
        }

        _cursor = head;
    }

    private void See(int place)
    {
        Grow(place);
        var node = cluster.Nodes[place];
        var domain = node.Facts is not null && (eligible is null || eligible(node)) ? key[place] : TopologyKey.None;
        var count = domain == TopologyKey.None ? 0 : counter[place];
        var (oldDomain, oldCount) = (_seenDomain[place] - 1, _seenCount[place]);
        if (domain == oldDomain && count == oldCount)
        {
            return;
        }

        _stale = true;
        Move(oldDomain, -1, -oldCount);
        Move(domain, 1, count);
        (_seenDomain[place], _seenCount[place]) = (domain + 1, count);
    }

    private void Move(int domain, int nodes, int count)
    {
        if (domain < 0)
        {
            return;
        }

        _nodes[domain] += nodes;
        _counts[domain] += count;
        Total += count;
    }

    private void Grow(int place)
    {
        if (place >= _seenCount.Length)
        {
            var size = Math.Max(cluster.Nodes.Count, place + 1);
            Array.Resize(ref _seenCount, size);
            Array.Resize(ref _seenDomain, size);
        }

        if (key.Domains > _counts.Length)
        {
            var size = Math.Max(key.Domains, _counts.Length * 2);
            Array.Resize(ref _counts, size);
            Array.Resize(ref _nodes, size);
        }
    }
}
