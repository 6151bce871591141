using Naru.Scheduling.Facts;

namespace Naru.Scheduling.State;

/// <summary>The cluster as the scheduler sees it: nodes, the pods on them and all that is counted of them, kept up to date change by change. One thread.</summary>
internal sealed class ClusterState
{
    private readonly Dictionary<string, NodeEntry> _byName = new(StringComparer.Ordinal);
    private readonly Dictionary<(string, string), PodEntry> _pods = [];
    private readonly Dictionary<string, TopologyKey> _keys = new(StringComparer.Ordinal);
    private readonly SortedDictionary<int, int> _priorities = [];

    public ClusterState()
    {
        Classes = new(Resources);
        Counters = new(this);
        Terms = new(this);
    }

    public Resources Resources { get; } = new();

    public PodClasses Classes { get; }

    public List<NodeEntry> Nodes { get; } = [];

    public ChangeLog Changes { get; } = new();

    public CounterIndex Counters { get; }

    public TermIndex Terms { get; }

    public VolumeIndex Volumes { get; } = new();

    /// <summary>Labels of namespaces.</summary>
    public Dictionary<string, IReadOnlyDictionary<string, string>> Namespaces { get; } = new(StringComparer.Ordinal);

    /// <summary>Nodes that exist.</summary>
    public int LiveNodes { get; private set; }

    /// <summary>Raised with every change that a decision can depend on.</summary>
    public long Version { get; private set; }

    /// <summary>The lowest priority of any pod on a node.</summary>
    public int LowestPriority => _priorities.Count == 0 ? int.MaxValue : _priorities.First().Key;

    public IReadOnlyDictionary<(string, string), PodEntry> Pods => _pods;

    public NodeEntry? FindNode(string name) => _byName.GetValueOrDefault(name);

    public PodEntry? FindPod((string, string) key) => _pods.GetValueOrDefault(key);

    public TopologyKey Key(string label)
    {
        if (!_keys.TryGetValue(label, out var key))
        {
            _keys[label] = key = new(label);
            Nodes.ForEach(key.Set);
        }

        return key;
    }

    /// <summary>Raises <see cref="Version"/> for a change elsewhere (volumes, namespaces, services).</summary>
    public void Touch() => Version++;

    /// <summary>Takes a node in; false if nothing that matters changed.</summary>
    public bool SetNode(NodeFacts facts)
    {
        var node = Entry(facts.Name);
        if (facts.Equals(node.Facts))
        {
            return false;
        }

        LiveNodes += node.Facts is null ? 1 : 0;
        node.Facts = facts;
        NodeChanged(node);
        return true;
    }

    public void RemoveNode(string name)
    {
        if (_byName.TryGetValue(name, out var node) && node.Facts is not null)
        {
            LiveNodes--;
            node.Facts = null;
            NodeChanged(node);
        }
    }

    /// <summary>Takes a pod in, wherever it was before.</summary>
    public PodEntry SetPod(PodFacts facts)
    {
        if (!_pods.TryGetValue(facts.Key, out var pod))
        {
            _pods[facts.Key] = pod = new(facts);
            facts.Class.Pods++;
        }
        else
        {
            var node = pod.Node;
            if (node is not null && node == (facts.Node.Length == 0 ? null : FindNode(facts.Node)) && ReferenceEquals(facts.Class, pod.Facts.Class)
                && facts.Deleting == pod.Facts.Deleting && facts.Priority == pod.Facts.Priority && facts.Claims.AsSpan().SequenceEqual(pod.Facts.Claims))
            {
                // As assumed: nothing to count anew.
                (pod.Facts, pod.Assumed) = (facts, false);
                return pod;
            }

            Unplace(pod);
            pod.Facts.Class.Pods--;
            facts.Class.Pods++;
            pod.Facts = facts;
        }

        if (facts.Node.Length > 0)
        {
            Place(pod, Entry(facts.Node));
        }

        return pod;
    }

    public void RemovePod((string, string) key)
    {
        if (_pods.Remove(key, out var pod))
        {
            Unplace(pod);
            pod.Facts.Class.Pods--;
        }
    }

    /// <summary>Counts a pod on a node, before the store knows.</summary>
    public void Assume(PodEntry pod, NodeEntry node)
    {
        Place(pod, node);
        pod.Assumed = true;
    }

    public void Place(PodEntry pod, NodeEntry node)
    {
        pod.Node = node;
        node.Add(pod);
        _priorities[pod.Facts.Priority] = _priorities.GetValueOrDefault(pod.Facts.Priority) + 1;
        Terms.Count(pod.Facts.Class, 1);
        Count(pod, node, 1);
    }

    /// <summary>Takes a pod off its node; nothing if it is on none.</summary>
    public void Unplace(PodEntry pod)
    {
        if (pod.Node is not { } node)
        {
            return;
        }

        (pod.Node, pod.Assumed) = (null, false);
        node.Remove(pod);
        if (--_priorities[pod.Facts.Priority] == 0)
        {
            _priorities.Remove(pod.Facts.Priority);
        }

        Terms.Count(pod.Facts.Class, -1);
        Count(pod, node, -1);
    }

    public void PodsChanged(NodeEntry node)
    {
        node.AsOf = ++Version;
        Changes.Add(node.Place);
    }

    private void Count(PodEntry pod, NodeEntry node, int sign)
    {
        var group = pod.Facts.Class;
        var ending = pod.Facts.Deleting;
        var count = group.Nodes.GetValueOrDefault(node.Place);
        count = new(count.All + sign, count.Ending + (ending ? sign : 0));
        if (count.All == 0)
        {
            group.Nodes.Remove(node.Place);
        }
        else
        {
            group.Nodes[node.Place] = count;
        }

        foreach (var (counter, weight) in Counters.Of(group))
        {
            counter.Add(node.Place, sign * weight, ending);
        }

        Volumes.Use(pod.Facts, sign);
        PodsChanged(node);
    }

    private NodeEntry Entry(string name)
    {
        if (!_byName.TryGetValue(name, out var node))
        {
            _byName[name] = node = new(Nodes.Count);
            Nodes.Add(node);
            foreach (var key in _keys.Values)
            {
                key.Set(node);
            }
        }

        return node;
    }

    private void NodeChanged(NodeEntry node)
    {
        foreach (var key in _keys.Values)
        {
            key.Set(node);
        }

        PodsChanged(node);
        node.FactsAsOf = node.AsOf;
    }
}
