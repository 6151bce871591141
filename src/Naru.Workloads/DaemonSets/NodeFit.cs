using Naru.Objects.Nodes;
using Naru.Objects.Values;

namespace Naru.Workloads.DaemonSets;

/// <summary>Whether a daemon's pod belongs on a node: name, selector, required affinity, taints. Resources do not count. Pure.</summary>
internal static class NodeFit
{
    private static readonly (string Key, string Effect)[] Tolerated =
    [
        ("node.kubernetes.io/not-ready", "NoExecute"), ("node.kubernetes.io/unreachable", "NoExecute"), ("node.kubernetes.io/disk-pressure", "NoSchedule"),
        ("node.kubernetes.io/memory-pressure", "NoSchedule"), ("node.kubernetes.io/pid-pressure", "NoSchedule"), ("node.kubernetes.io/unschedulable", "NoSchedule"),
    ];

    /// <summary>Whether a pod is to run there, and whether one that runs there may stay.</summary>
    public static (bool ShouldRun, bool MayStay) Judge(MapValue template, MapValue node)
    {
        var spec = template.Map("spec") ?? [];
        var name = node.Text("metadata", "name") ?? "";
        if (spec.Text("nodeName") is { Length: > 0 } wished && wished != name)
        {
            return (false, false);
        }

        if (!NodeSelectors.Match(spec, node))
        {
            return (false, false);
        }

        var tolerations = Tolerations(spec);
        var refused = node.Maps("spec", "taints").Where(taint => taint.Text("effect") is "NoSchedule" or "NoExecute" && !Toleration.AnyCovers(tolerations, taint)).ToList();
        return (refused.Count == 0, refused.TrueForAll(static taint => taint.Text("effect") != "NoExecute"));
    }

    /// <summary>The template's tolerations and those that every daemon has.</summary>
    public static List<MapValue> Tolerations(MapValue spec)
    {
        var all = spec.Maps("tolerations").ToList();
        IEnumerable<(string Key, string Effect)> own = spec.Boolean("hostNetwork") == true ? [.. Tolerated, ("node.kubernetes.io/network-unavailable", "NoSchedule")] : Tolerated;
        foreach (var (key, effect) in own)
        {
            if (!all.Exists(one => one.Text("key") == key && one.Text("effect") == effect && one.Text("operator") == "Exists"))
            {
                all.Add(new MapValue(3) { ["key"] = key, ["operator"] = "Exists", ["effect"] = effect });
            }
        }

        return all;
    }
}
