using Naru.Controllers.Runtime;
using Naru.Objects.Values;

namespace Naru.Controllers.Nodes;

/// <summary>What is said of a node that is no longer heard of. Pure.</summary>
internal static class NodeSilence
{
    private static readonly string[] Conditions = ["Ready", "MemoryPressure", "DiskPressure", "PIDPressure"];

    /// <summary>Makes the conditions that a node tells about itself unknown. False if they are.</summary>
    public static bool Declare(MapValue node, DateTimeOffset now)
    {
        var changed = false;
        var list = node.MakeMap("status").MakeList("conditions");
        foreach (var type in Conditions)
        {
            var condition = node.Condition(type);
            if (condition?.Text("status") == "Unknown")
            {
                continue;
            }

            changed = true;
            if (condition is null)
            {
                list.Add(new MapValue(6)
                {
                    ["type"] = type,
                    ["status"] = "Unknown",
                    ["lastHeartbeatTime"] = node.Text("metadata", "creationTimestamp") ?? KubernetesTime.Format(now),
                    ["lastTransitionTime"] = KubernetesTime.Format(now),
                    ["reason"] = "NodeStatusNeverUpdated",
                    ["message"] = "Kubelet never posted node status.",
                });
                continue;
            }

            condition["status"] = "Unknown";
            condition["lastTransitionTime"] = KubernetesTime.Format(now);
            condition["reason"] = "NodeStatusUnknown";
            condition["message"] = "Kubelet stopped posting node status.";
        }

        return changed;
    }
}
