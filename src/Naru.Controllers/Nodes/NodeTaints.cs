using Naru.Controllers.Runtime;
using Naru.Objects.Values;

namespace Naru.Controllers.Nodes;

/// <summary>The taints that follow from what a node says of itself. Pure.</summary>
internal static class NodeTaints
{
    private static readonly (string Condition, string Key)[] Pressures =
    [
        ("MemoryPressure", "node.kubernetes.io/memory-pressure"), ("DiskPressure", "node.kubernetes.io/disk-pressure"), ("PIDPressure", "node.kubernetes.io/pid-pressure"),
        ("NetworkUnavailable", "node.kubernetes.io/network-unavailable"),
    ];

    /// <summary>Keys that keep pods away and that this controller owns.</summary>
    private static readonly HashSet<string> Owned = [NodeWords.NotReady, NodeWords.Unreachable, "node.kubernetes.io/unschedulable", .. Pressures.Select(static one => one.Key)];

    /// <summary>Keys that are to keep new pods away.</summary>
    public static List<string> KeepingAway(MapValue node)
    {
        var keys = new List<string>();
        switch (node.Condition("Ready")?.Text("status"))
        {
            case "Unknown":
                keys.Add(NodeWords.Unreachable);
                break;
            case "True":
                break;
            default:
                // It has said nothing yet, or that it is not ready.
                keys.Add(NodeWords.NotReady);
                break;
        }

        keys.AddRange(Pressures.Where(one => node.Condition(one.Condition)?.Text("status") == "True").Select(static one => one.Key));
        if (node.Boolean("spec", "unschedulable") == true)
        {
            keys.Add("node.kubernetes.io/unschedulable");
        }

        return keys;
    }

    /// <summary>The key that is to drive pods away; null if they may stay.</summary>
    public static string? DrivingAway(MapValue node) => node.Condition("Ready")?.Text("status") switch
    {
        "Unknown" => NodeWords.Unreachable,
        "False" => NodeWords.NotReady,
        _ => null,
    };

    /// <summary>Whether some taint drives pods away already.</summary>
    public static bool Drives(MapValue node) => node.Maps("spec", "taints").Any(static one => IsDriving(one));

    /// <summary>Makes the owned taints of a node as wished. False if they are so.</summary>
    public static bool Apply(MapValue node, List<string> keepingAway, string? drivingAway, DateTimeOffset now)
    {
        var spec = node.MakeMap("spec");
        var before = spec.Maps("taints").ToList();
        var after = before.Where(one => !IsKeeping(one) || keepingAway.Contains(one.Text("key")!)).Where(one => !IsDriving(one) || one.Text("key") == drivingAway).ToList();
        var missing = keepingAway.Where(key => !after.Exists(one => IsKeeping(one) && one.Text("key") == key)).Select(key => Taint(key, "NoSchedule", now)).ToList();
        if (drivingAway is not null && !after.Exists(static one => IsDriving(one)))
        {
            missing.Add(Taint(drivingAway, "NoExecute", now));
        }

        if (missing.Count == 0 && after.Count == before.Count)
        {
            return false;
        }

        after.AddRange(missing);
        spec["taints"] = after.Count == 0 ? null : new ListValue(after);
        return true;
    }

    private static bool IsKeeping(MapValue taint) => taint.Text("effect") == "NoSchedule" && Owned.Contains(taint.Text("key") ?? "");

    private static bool IsDriving(MapValue taint) => taint.Text("effect") == "NoExecute" && taint.Text("key") is NodeWords.NotReady or NodeWords.Unreachable;

    private static MapValue Taint(string key, string effect, DateTimeOffset now) => new(3) { ["key"] = key, ["effect"] = effect, ["timeAdded"] = KubernetesTime.Format(now) };
}
