using Naru.Objects.Json;
using Naru.Objects.Scheduling;
using Naru.Objects.Values;
using Naru.Scheduling.State;

namespace Naru.Scheduling.Running;

/// <summary>Answers what-if questions between two decisions.</summary>
internal sealed class Placements(SchedulerLoop loop) : IPlacements
{
    public Task<PlacementAnswer> ExplainAsync(MapValue pod, CancellationToken cancellationToken)
    {
        var json = JsonText.ToBytes(pod);
        return loop.AskAsync(core => Explain(core, json, pod), cancellationToken);
    }

    public Task<IReadOnlyList<NodeRoom>> ListRoomAsync(CancellationToken cancellationToken) =>
        loop.AskAsync<IReadOnlyList<NodeRoom>>(static core => [.. core.Cluster.Nodes.Where(static node => node.Facts is not null).Select(node => Room(core.Cluster, node))], cancellationToken);

    internal static PlacementAnswer Explain(SchedulingCore core, byte[] json, MapValue pod)
    {
        var facts = core.Read(json, () => pod);
        var failure = core.Placer.Explain(facts);
        var node = core.Placer.Decide(facts).Node?.Facts?.Name;
        return new(node, node is null ? failure.Message : "", failure.Refusals
            .SelectMany(static one => one.Value.Select(node => (node.Facts!.Name, one.Key.Reasons)))
            .ToDictionary(static one => one.Name, static one => (IReadOnlyList<string>)one.Reasons));
    }

    private static NodeRoom Room(ClusterState cluster, NodeEntry node)
    {
        Dictionary<string, long> all = [], free = [];
        for (var resource = 0; resource < node.Facts!.Allocatable.Length; resource++)
        {
            if (node.Allocatable(resource) is > 0 and var amount && cluster.Resources.NameOf(resource) is var name && name != "pods")
            {
                all[name] = amount;
                free[name] = Math.Max(0, amount - node.Requested(resource));
            }
        }

        return new(node.Facts.Name, !node.Facts.Unschedulable && !node.Facts.Taints.Any(static taint => taint.IsHard), all, free, Math.Max(0, node.Facts.Pods - node.Pods.Count));
    }
}
