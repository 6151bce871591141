using Naru.Controllers.Runtime;
using Naru.Objects.Api;

namespace Naru.Controllers.Nodes;

/// <summary>Which pods are on which node. Follows the informer of pods. Any thread.</summary>
public sealed class NodePods
{
    private readonly Lock _lock = new();
    private readonly Dictionary<ObjectKey, string> _nodes = [];
    private readonly Dictionary<string, HashSet<ObjectKey>> _pods = [];
    private readonly Informer _informer;

    /// <summary>An index over the informer of pods.</summary>
    public NodePods(Informers informers)
    {
        _informer = informers.For(UpkeepResources.Pods);
        _informer.Subscribe(Follow, first: true);
    }

    /// <summary>The pods on a node as they are now, in no order.</summary>
    public IReadOnlyList<StoredObject> On(string node) =>

        // The index may know pods of a time when this server led before.
        [.. KeysOn(node).Select(_informer.Get).OfType<StoredObject>().Where(pod => pod.Field("spec.nodeName") == node)];

    /// <summary>The keys of pods that are or were on a node. Asks no informer, so that handlers of other informers may ask.</summary>
    public IReadOnlyList<ObjectKey> KeysOn(string node)
    {
        lock (_lock)
        {
            return _pods.TryGetValue(node, out var there) ? [.. there] : [];
        }
    }

    private void Follow(StoredObject? old, StoredObject? now)
    {
        var key = ObjectKey.Of((now ?? old)!);
        var after = now?.Field("spec.nodeName") ?? "";
        lock (_lock)
        {
            var before = _nodes.GetValueOrDefault(key, "");
            if (before == after)
            {
                return;
            }

            if (before.Length > 0 && _pods.TryGetValue(before, out var left) && left.Remove(key) && left.Count == 0)
            {
                _pods.Remove(before);
            }

            if (after.Length == 0)
            {
                _nodes.Remove(key);
                return;
            }

            _nodes[key] = after;
            if (!_pods.TryGetValue(after, out var joined))
            {
                _pods[after] = joined = [];
            }

            joined.Add(key);
        }
    }
}
