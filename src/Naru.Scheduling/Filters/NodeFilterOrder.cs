using Naru.Scheduling.Facts;
using Naru.Scheduling.State;

namespace Naru.Scheduling.Filters;

/// <summary>The filters that look at one node, in Kubernetes' order: the first that refuses is the reason.</summary>
internal sealed class NodeFilters(Resources resources)
{
    private readonly INodeFilter[] _facts = [new CordonFilter(), new TaintFilter(), new NodeAffinityFilter()];
    private readonly PortFilter _ports = new();
    private readonly ResourceFilter _room = new(resources);

    /// <summary>By the node object alone.</summary>
    public Refusal? JudgeFacts(PodShape pod, NodeEntry node)
    {
        foreach (var filter in _facts)
        {
            if (filter.Judge(pod, node) is { } refusal)
            {
                return refusal;
            }
        }

        return null;
    }

    /// <summary>By the pods on the node.</summary>
    public Refusal? JudgeUse(PodShape pod, NodeEntry node) => _ports.Judge(pod, node) ?? _room.Judge(pod, node);

    /// <summary>With room kept for pods that the node is being cleared for.</summary>
    public Refusal? JudgeKept(PodShape pod, NodeEntry node, IReadOnlyList<PodFacts> others)
    {
        foreach (var port in pod.Ports)
        {
            if (others.Any(other => other.Class.Shape.Ports.Any(taken => port.Collides(taken))))
            {
                return new(RefusedBy.Ports, "node(s) didn't have free ports for the requested pod ports", false);
            }
        }

        return _room.Judge(pod, node, others);
    }
}
