using Naru.Scheduling.State;

namespace Naru.Scheduling.Placing;

/// <summary>The nodes that were compared for a pod, kept for the pods of its class that follow at once: as long as nothing changes but what these take themselves, one look at the nodes serves many
/// (as Kubernetes' opportunistic batching, KEP-5598). A node is judged again when it is the best of the list, for it may be a pod fuller than when it was listed.</summary>
internal sealed class ShortList
{
    // The list serves this part of its length, so that pods are drawn to all nodes in turn as if each had looked.
    private const int Share = 8;

    private NodeEntry[] _nodes = [];
    private long[] _keys = [];
    private int _count;
    private int _left;
    private long _look;

    /// <summary>Whether it may serve a pod yet.</summary>
    /// <param name="look">Number of the last change from outside.</param>
    public bool IsOpen(long look) => _left > 0 && _look == look;

    /// <summary>Takes over the nodes of a decision, with what they are worth.</summary>
    public void Open(List<NodeEntry> nodes, ReadOnlySpan<long> scores, Func<uint> draw, long look)
    {
        if (_nodes.Length < nodes.Count)
        {
            (_nodes, _keys) = (new NodeEntry[nodes.Count], new long[nodes.Count]);
        }

        (_count, _left, _look) = (nodes.Count, nodes.Count / Share, look);
        nodes.CopyTo(_nodes);
        for (var at = 0; at < _count && _left > 0; at++)
        {
            _keys[at] = KeyOf(scores[at], draw());
        }
    }

    /// <summary>The best that takes the pod; null if none does.</summary>
    /// <param name="judge">What a node is worth now; negative if it does not take the pod.</param>
    public NodeEntry? Take(Func<NodeEntry, int> judge)
    {
        _left--;
        while (Highest() is var at && _keys[at] >= 0)
        {
            var worth = judge(_nodes[at]);
            var key = worth < 0 ? -1 : KeyOf(worth, (uint)_keys[at]);
            if (key == _keys[at])
            {
                return _nodes[at];
            }

            _keys[at] = key;
        }

        _left = 0;
        return null;
    }

    // Among equals the lot decides, drawn once for each node.
    private static long KeyOf(long score, uint lot) => (score << 32) | lot;

    private int Highest()
    {
        var best = 0;
        for (var at = 1; at < _count; at++)
        {
            best = _keys[at] > _keys[best] ? at : best;
        }

        return best;
    }
}
