using Naru.Controllers.Runtime;
using Naru.Objects.Nodes;
using Naru.Objects.Values;

namespace Naru.Controllers.Nodes;

/// <summary>How long a pod bears the taints of its node that drive pods away. Pure.</summary>
internal static class Tolerance
{
    /// <summary>The taints of a node that drive pods away.</summary>
    public static List<MapValue> DrivingTaints(MapValue node) => [.. node.Maps("spec", "taints").Where(static one => one.Text("effect") == "NoExecute")];

    /// <summary>When the pod has to go; null if it may stay for ever.</summary>
    /// <param name="pod">The pod.</param>
    /// <param name="taints">The taints that drive away; not empty.</param>
    /// <param name="seen">When the pod was first seen beside them, for taints that do not say since when they stand.</param>
    public static DateTimeOffset? End(MapValue pod, List<MapValue> taints, DateTimeOffset seen)
    {
        DateTimeOffset? end = null;
        var placed = pod.Condition("PodScheduled")?.Time("lastTransitionTime") ?? pod.Time("metadata", "creationTimestamp") ?? seen;
        foreach (var taint in taints)
        {
            var tolerations = pod.Maps("spec", "tolerations").Where(one => Toleration.Covers(one, taint)).ToList();
            if (tolerations.Count == 0)
            {
                return DateTimeOffset.MinValue;
            }

            // Of several that bear the same taint the least patient counts.
            if (tolerations.Select(static one => one.Integer("tolerationSeconds")).Min() is { } seconds)
            {
                var since = taint.Time("timeAdded") is { } added ? (added > placed ? added : placed) : seen;
                var until = since.AddSeconds(Math.Clamp(seconds, 0, 315_360_000));
                end = end is { } sooner && sooner < until ? sooner : until;
            }
        }

        return end;
    }
}
