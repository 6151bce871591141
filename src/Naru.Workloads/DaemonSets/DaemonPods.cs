using Naru.Objects.Api;
using Naru.Objects.Values;
using Naru.Workloads.Objects;
using Naru.Workloads.Pods;

namespace Naru.Workloads.DaemonSets;

/// <summary>Bodies of a DaemonSet's pods: the scheduler places them, bound to their node by affinity. Pure.</summary>
internal static class DaemonPods
{
    public const string RevisionLabel = "controller-revision-hash";
    private const string GenerationLabel = "pod-template-generation";

    public static MapValue ToPod(StoredObject set, MapValue template, string hash, string node)
    {
        var pod = PodTemplates.ToPod(template, set, WorkloadKind.DaemonSet);
        var metadata = pod.Map("metadata")!;
        metadata["generateName"] = set.Name + "-";
        var labels = metadata.MakeMap("labels");
        labels[RevisionLabel] = hash;
        if (set.Tree.Map("metadata", "annotations")?.Text("deprecated.daemonset.template.generation") is { } generation)
        {
            labels[GenerationLabel] = generation;
        }

        var spec = pod.Map("spec")!;
        spec["tolerations"] = new ListValue(NodeFit.Tolerations(spec).Select(static one => one.Clone()));
        Pin(spec, node);
        return pod;
    }

    /// <summary>The node that a pod runs on or is meant for; empty if it is meant for none.</summary>
    public static string NodeOf(PodFacts pod)
    {
        if (pod.Node.Length > 0)
        {
            return pod.Node;
        }

        foreach (var term in pod.Tree.Map("spec", "affinity", "nodeAffinity", "requiredDuringSchedulingIgnoredDuringExecution")?.Maps("nodeSelectorTerms") ?? [])
        {
            foreach (var field in term.Maps("matchFields"))
            {
                if (field.Text("key") == "metadata.name" && field.List("values")?.Texts().FirstOrDefault() is { } name)
                {
                    return name;
                }
            }
        }

        return "";
    }

    private static void Pin(MapValue spec, string node)
    {
        var required = spec.MakeMap("affinity").MakeMap("nodeAffinity").MakeMap("requiredDuringSchedulingIgnoredDuringExecution");
        var terms = required.MakeList("nodeSelectorTerms");
        if (terms.Count == 0)
        {
            terms.Add(new MapValue());
        }

        // Terms are alternatives: each of them must hold the node. What they ask for besides was judged already.
        foreach (var term in terms.Maps())
        {
            term["matchFields"] = new ListValue([new MapValue(3) { ["key"] = "metadata.name", ["operator"] = "In", ["values"] = new ListValue([node]) }]);
        }
    }
}
