using Naru.Objects.Values;

namespace Naru.Scheduling.Tests;

/// <summary>The required rules, as plainly as can be: looks at every pod and node each time.</summary>
internal static class Oracle
{
    public static readonly string[] Specs =
    [
        "",
        "",
        "\"tolerations\":[{\"key\":\"k\",\"operator\":\"Exists\"}]",
        "\"nodeSelector\":{\"disk\":\"ssd\"}",
        "\"affinity\":{\"podAntiAffinity\":{\"requiredDuringSchedulingIgnoredDuringExecution\":[{\"topologyKey\":\"kubernetes.io/hostname\",\"labelSelector\":{\"matchLabels\":{\"app\":\"a\"}}}]}}",
        "\"affinity\":{\"podAffinity\":{\"requiredDuringSchedulingIgnoredDuringExecution\":[{\"topologyKey\":\"zone\",\"labelSelector\":{\"matchLabels\":{\"app\":\"b\"}}}]}}",
        "\"topologySpreadConstraints\":[{\"maxSkew\":1,\"topologyKey\":\"zone\",\"whenUnsatisfiable\":\"DoNotSchedule\",\"labelSelector\":{\"matchLabels\":{\"app\":\"a\"}}}]",
    ];

    public static bool Allows(MapValue pod, MapValue node, List<MapValue> nodes, List<(MapValue Pod, MapValue Node)> placed) =>
        Tolerates(pod, node) && Selects(pod, node) && HasRoom(pod, node, placed) && IsSpread(pod, node, nodes, placed) && IsNear(pod, node, placed) && IsAway(pod, node, placed);

    private static bool Tolerates(MapValue pod, MapValue node) =>
        node.Boolean("spec", "unschedulable") != true && (!node.Maps("spec", "taints").Any() || pod.Maps("spec", "tolerations").Any());

    private static bool Selects(MapValue pod, MapValue node) => pod.Map("spec", "nodeSelector") is null || Label(node, "disk") == "ssd";

    private static bool HasRoom(MapValue pod, MapValue node, List<(MapValue Pod, MapValue Node)> placed)
    {
        var there = placed.Where(one => one.Node == node).Select(one => one.Pod).Append(pod).ToList();
        return there.Count <= long.Parse(node.Text("status", "allocatable", "pods")!)
            && there.Sum(one => Number(one, "cpu", "m")) <= long.Parse(node.Text("status", "allocatable", "cpu")!) * 1000
            && there.Sum(one => Number(one, "memory", "Mi")) <= long.Parse(node.Text("status", "allocatable", "memory")![..^2]) * 1024;
    }

    private static bool IsSpread(MapValue pod, MapValue node, List<MapValue> nodes, List<(MapValue Pod, MapValue Node)> placed)
    {
        if (!pod.Maps("spec", "topologySpreadConstraints").Any())
        {
            return true;
        }

        if (Label(node, "zone") is not { } zone)
        {
            return false;
        }

        int Count(string where) => placed.Count(one => Label(one.Node, "zone") == where && App(one.Pod) == "a");
        var least = nodes.Select(one => Label(one, "zone")).OfType<string>().Distinct().Min(Count);
        return Count(zone) + (App(pod) == "a" ? 1 : 0) - least <= 1;
    }

    private static bool IsNear(MapValue pod, MapValue node, List<(MapValue Pod, MapValue Node)> placed)
    {
        if (pod.Map("spec", "affinity", "podAffinity") is null)
        {
            return true;
        }

        if (Label(node, "zone") is not { } zone)
        {
            return false;
        }

        var kin = placed.Where(one => App(one.Pod) == "b" && Label(one.Node, "zone") is not null).ToList();
        return kin.Exists(one => Label(one.Node, "zone") == zone) || (kin.Count == 0 && App(pod) == "b");
    }

    private static bool IsAway(MapValue pod, MapValue node, List<(MapValue Pod, MapValue Node)> placed)
    {
        var there = placed.Where(one => one.Node == node).Select(one => one.Pod).ToList();
        return !(pod.Map("spec", "affinity", "podAntiAffinity") is not null && there.Exists(one => App(one) == "a"))
            && !(App(pod) == "a" && there.Exists(one => one.Map("spec", "affinity", "podAntiAffinity") is not null));
    }

    private static string? Label(MapValue node, string name) => node.Text("metadata", "labels", name);

    private static string? App(MapValue pod) => pod.Text("metadata", "labels", "app");

    private static long Number(MapValue pod, string resource, string unit) =>
        long.Parse(pod.Maps("spec", "containers").First().Text("resources", "requests", resource)![..^unit.Length]);
}
