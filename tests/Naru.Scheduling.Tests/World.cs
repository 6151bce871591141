using Naru.Objects.Api;
using Naru.Objects.Values;
using Naru.Scheduling.Facts;
using Naru.Scheduling.Placing;
using Naru.Scheduling.Running;
using Naru.Testing.Objects;
using Microsoft.Extensions.Time.Testing;

namespace Naru.Scheduling.Tests;

/// <summary>A cluster in memory with a scheduler's core on it, without threads.</summary>
internal sealed class World
{
    private long _revision;

    public World(SchedulingOptions? options = null) => Core = new(options ?? new(), Time, static _ => []);

    public FakeTimeProvider Time { get; } = new();

    public SchedulingCore Core { get; }

    public static MapValue NodeTree(string name, string cpu = "4", string memory = "8Gi", string pods = "110", string labels = "", string taints = "[]", bool unschedulable = false, string extra = "") =>
        TreeJson.Parse($$$"""
            {"apiVersion":"v1","kind":"Node","metadata":{"name":"{{{name}}}","labels":{"kubernetes.io/hostname":"{{{name}}}"{{{(labels.Length > 0 ? "," + labels : "")}}} } },
             "spec":{"unschedulable":{{{(unschedulable ? "true" : "false")}}},"taints":{{{taints}}} },
             "status":{"allocatable":{"cpu":"{{{cpu}}}","memory":"{{{memory}}}","pods":"{{{pods}}}"{{{extra}}} } } }
            """);

    public static MapValue PodTree(string name, string cpu = "1", string memory = "1Gi", string spec = "", string labels = "", int priority = 0, string node = "", string space = "default") =>
        TreeJson.Parse($$$"""
            {"apiVersion":"v1","kind":"Pod","metadata":{"name":"{{{name}}}","namespace":"{{{space}}}","uid":"{{{space}}}-{{{name}}}","labels":{ {{{labels}}} },"creationTimestamp":"2026-01-01T00:00:00Z"},
             "spec":{"schedulerName":"default-scheduler","priority":{{{priority}}}{{{(node.Length > 0 ? $",\"nodeName\":\"{node}\"" : "")}}}{{{(spec.Length > 0 ? "," + spec : "")}}},
              "containers":[{"name":"c","image":"nginx","resources":{"requests":{"cpu":"{{{cpu}}}","memory":"{{{memory}}}" } }}]}}
            """);

    public World Nodes(int count, string cpu = "4", string memory = "8Gi", string pods = "110")
    {
        for (var number = 0; number < count; number++)
        {
            Node(NodeTree($"n{number}", cpu, memory, pods));
        }

        return this;
    }

    public void Node(MapValue tree) => Apply(Kinds.Nodes, tree);

    public void Pod(MapValue tree) => Apply(Kinds.Pods, tree);

    public void Delete(MapValue pod) => Core.Apply(Kinds.Pods, new(ChangeKind.Deleted, new MemoryObject(Kinds.Pods, pod, ++_revision), null, _revision));

    public void Apply(Naru.Objects.Resources.GroupResource resource, MapValue tree) =>
        Core.Apply(resource, new(ChangeKind.Added, new MemoryObject(resource, tree, ++_revision), null, _revision));

    public PodFacts Facts(MapValue pod) => Core.Read(TreeJson.Write(pod), () => pod);

    /// <summary>What is said of a pod that waits alone.</summary>
    public Decision Place(MapValue pod)
    {
        Pod(pod);
        return Core.Next()!;
    }

    public Failure Explain(MapValue pod) => Core.Placer.Explain(Facts(pod));
}
