using System.Collections.Concurrent;
using Naru.Scheduling.Facts;
using Naru.Scheduling.State;

namespace Naru.Scheduling.Filters;

/// <summary>Judges a node by itself and what is on it.</summary>
internal interface INodeFilter
{
    /// <summary>Null if the node may take the pod.</summary>
    Refusal? Judge(PodShape pod, NodeEntry node);
}

/// <summary>Cordoned nodes take only pods that tolerate it.</summary>
internal sealed class CordonFilter : INodeFilter
{
    private static readonly Refusal Cordoned = new(RefusedBy.Unschedulable, "node(s) were unschedulable", true);
    private static readonly Taint Cordon = new("node.kubernetes.io/unschedulable", "", "NoSchedule");

    public Refusal? Judge(PodShape pod, NodeEntry node) => node.Facts!.Unschedulable && !Toleration.AnyTolerates(pod.Tolerations, Cordon) ? Cordoned : null;
}

/// <summary>A pod that names its node goes nowhere else. Such pods are not decided on, but may be asked about.</summary>
internal static class NameFilter
{
    private static readonly Refusal Another = new(RefusedBy.NodeName, "node(s) didn't match the requested node name", true);

    public static Refusal? Judge(PodFacts pod, NodeEntry node) => pod.Node.Length > 0 && pod.Node != node.Facts!.Name ? Another : null;
}

/// <summary>Tainted nodes take only pods that tolerate all hard taints.</summary>
internal sealed class TaintFilter : INodeFilter
{
    private readonly ConcurrentDictionary<string, Refusal> _refusals = new(StringComparer.Ordinal);

    public Refusal? Judge(PodShape pod, NodeEntry node)
    {
        foreach (var taint in node.Facts!.Taints)
        {
            if (taint.IsHard && !Toleration.AnyTolerates(pod.Tolerations, taint))
            {
                return _refusals.GetOrAdd($"node(s) had untolerated taint {{{taint.Key}: {taint.Value}}}", static text => new(RefusedBy.Taints, text, true));
            }
        }

        return null;
    }
}

/// <summary>The pod's node selector and its required node affinity.</summary>
internal sealed class NodeAffinityFilter : INodeFilter
{
    public static readonly Refusal Mismatch = new(RefusedBy.NodeAffinity, "node(s) didn't match Pod's node affinity/selector", true);

    public static bool Matches(PodShape pod, NodeFacts node) =>
        pod.NodeSelector.Match(node.Labels) && (pod.RequiredNodes is null || NodeTerm.AnyMatches(pod.RequiredNodes, node));

    public Refusal? Judge(PodShape pod, NodeEntry node) => Matches(pod, node.Facts!) ? null : Mismatch;
}

/// <summary>Ports of the host that are taken.</summary>
internal sealed class PortFilter : INodeFilter
{
    private static readonly Refusal Taken = new(RefusedBy.Ports, "node(s) didn't have free ports for the requested pod ports", false);

    public Refusal? Judge(PodShape pod, NodeEntry node)
    {
        foreach (var port in pod.Ports)
        {
            foreach (var taken in node.Ports)
            {
                if (port.Collides(taken))
                {
                    return Taken;
                }
            }
        }

        return null;
    }
}
