using Naru.Objects.Values;
using Naru.Workloads.Objects;

namespace Naru.Workloads.ReplicaSets;

/// <summary>What a ReplicaSet or ReplicationController wishes.</summary>
internal sealed record ReplicaSetSpec(int Replicas, int MinReadySeconds, PodSelector Selector, MapValue Template)
{
    public static ReplicaSetSpec Read(MapValue tree)
    {
        var spec = tree.Map("spec") ?? [];
        return new(spec.Int(1, "replicas"), spec.Int(0, "minReadySeconds"), SelectorOf(tree), spec.Map("template") ?? []);
    }

    public static PodSelector SelectorOf(MapValue tree)
    {
        var selector = tree.Map("spec", "selector");
        return tree.Text("kind") == "ReplicationController" ? PodSelector.ReadLabels(selector ?? tree.Map("spec", "template", "metadata", "labels")) : PodSelector.Read(selector);
    }
}
