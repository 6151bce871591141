using System.Globalization;
using Naru.Agent.Pods;
using Naru.Objects.Nodes;
using Naru.Objects.Quantities;
using Naru.Objects.Quotas;
using Naru.Objects.Values;

namespace Naru.Agent.Admission;

/// <summary>Whether a pod fits on a node beside those that are on it. Pure.</summary>
internal static class NodeFit
{
    /// <summary>Why the pod does not fit; null: it does.</summary>
    /// <param name="pod">The pod.</param>
    /// <param name="node">The Node object.</param>
    /// <param name="others">Pods that are on it already and have not ended.</param>
    public static PodEnd? Check(PodView pod, MapValue node, IReadOnlyList<MapValue> others) =>
        System(pod, node)
        ?? Resources(pod, node, others)
        ?? (NodeSelectors.Match(pod.Spec, node) ? null : Predicate("NodeAffinity", "node(s) didn't match Pod's node affinity/selector"))
        ?? (PortsAreFree(pod, others) ? null : Predicate("NodePorts", "node(s) didn't have free ports for the requested pod ports"))
        ?? (Tolerates(pod, node) ? null : Predicate("TaintToleration", "node(s) had untolerated taint(s)"));

    private static PodEnd? System(PodView pod, MapValue node)
    {
        var own = node.Text("status", "nodeInfo", "operatingSystem") ?? "linux";
        return pod.Spec.Text("nodeSelector", "kubernetes.io/os") is { } wanted && wanted != (node.Text("metadata", "labels", "kubernetes.io/os") ?? own)
            ? new PodEnd("PodOSSelectorNodeLabelDoesNotMatch", "Failed to admit pod as the `kubernetes.io/os` label doesn't match node label")
            : pod.Spec.Text("os", "name") is { Length: > 0 } system && system != own
                ? new PodEnd("PodOSNotSupported", "Failed to admit pod as the OS field doesn't match node OS")
                : null;
    }

    private static PodEnd Predicate(string name, string message) => new(name, $"Predicate {name} failed: {message}");

    /// <summary>What of its requests there is too little of; null: nothing.</summary>
    public static PodEnd? Resources(PodView pod, MapValue node, IReadOnlyList<MapValue> others)
    {
        var room = PodResources.Read(node.Map("status", "allocatable"));
        if (room.TryGetValue("pods", out var most) && others.Count + 1 > most.Value)
        {
            return Lacks("pods", 1, others.Count, most.Value);
        }

        var used = others.Select(PodResources.Requests).ToList();
        foreach (var (name, asked) in PodResources.Requests(pod.Tree))
        {
            if (asked.Sign <= 0 || (!room.ContainsKey(name) && !IsExtended(name)))
            {
                continue;
            }

            var taken = used.Aggregate(Quantity.Zero, (sum, one) => sum + one.GetValueOrDefault(name));
            var all = room.GetValueOrDefault(name);
            if (taken + asked > all)
            {
                return name == "cpu" ? Lacks(name, asked.MilliValue, taken.MilliValue, all.MilliValue) : Lacks(name, asked.Value, taken.Value, all.Value);
            }
        }

        return null;
    }

    // Of what the node does not know at all it has none.
    private static bool IsExtended(string name) => name.Contains('/', StringComparison.Ordinal);

    private static PodEnd Lacks(string name, long asked, long used, long room) => new(
        "OutOf" + name, string.Create(CultureInfo.InvariantCulture, $"Node didn't have enough resource: {name}, requested: {asked}, used: {used}, capacity: {room}"));

    private static bool PortsAreFree(PodView pod, IReadOnlyList<MapValue> others)
    {
        var wanted = HostPorts(pod.Tree).ToList();
        return wanted.Count == 0 || !others.SelectMany(HostPorts).Any(taken => wanted.Exists(one =>
            one.Port == taken.Port && one.Protocol == taken.Protocol && (one.Address == taken.Address || IsAny(one.Address) || IsAny(taken.Address))));
    }

    private static bool IsAny(string address) => address is "" or "0.0.0.0" or "::";

    private static IEnumerable<(string Address, string Protocol, long Port)> HostPorts(MapValue pod) =>
        from container in PodResources.Containers(pod)
        from port in container.Maps("ports")
        where port.Integer("hostPort") is > 0
        select (port.Text("hostIP") ?? "", port.Text("protocol") ?? "TCP", port.Integer("hostPort")!.Value);

    private static bool Tolerates(PodView pod, MapValue node) => node.Maps("spec", "taints")
        .Where(static taint => taint.Text("effect") == "NoExecute")
        .All(taint => pod.IsStatic || Toleration.AnyCovers(pod.Spec.Maps("tolerations"), taint));
}
