using Naru.Scheduling.Facts;
using Naru.Scheduling.Filters;
using Naru.Scheduling.State;

namespace Naru.Scheduling.Placing;

/// <summary>Decides where a pod goes: asks the nodes in turn until enough would take it, then takes the best of these. Changes nothing.</summary>
internal sealed class Placer(ClusterState cluster, SchedulingOptions options, Func<PodClass, SpreadRule[]> defaults)
{
    private const int FewNodes = 100;
    private const int KeptPlans = 256;

    private readonly NodeFilters _filters = new(cluster.Resources);
    private readonly Dictionary<(PodShape, bool), ShapePlan> _shapes = [];
    private readonly Dictionary<(PodClass, bool), ClassPlan> _classes = [];
    private readonly Ranking _ranking = new();
    private int _next;
    private long _uses;
    private long _look;

    public Outcome Decide(PodFacts pod)
    {
        var volumes = pod.Claims.Length == 0 ? null : new VolumeFilter(pod, cluster.Volumes);
        if (cluster.LiveNodes == 0 || volumes?.Whole is not null)
        {
            return new(null, new() { Nodes = cluster.LiveNodes, Whole = volumes?.Whole });
        }

        var plan = PlanOf(pod);
        plan.CatchUp();
        if (pod.Nominated.Length > 0 && cluster.FindNode(pod.Nominated) is { Facts: not null } nominated && Judge(pod, plan, volumes, nominated) is null)
        {
            return new(nominated, null);
        }

        var alone = plan.IsAlone && volumes is null && pod.Node.Length == 0;
        if (alone && plan.Listed.IsOpen(_look) && plan.Listed.Take(node => Worth(pod, plan, node)) is { } listed)
        {
            return new(listed, null);
        }

        var found = Collect(pod, plan, volumes);
        if (found.Count == 0)
        {
            return new(null, Explain(pod, plan, volumes));
        }

        var best = _ranking.Best(plan, found);
        if (alone)
        {
            _ranking.List(plan.Listed, found, _look);
        }

        return new(best, null);
    }

    /// <summary>Something changed that no decision of this placer made: the next pod of each class looks at the nodes anew.</summary>
    public void LookAnew() => _look++;

    /// <summary>What each node says; as <see cref="Decide"/>, but all nodes are asked.</summary>
    public Failure Explain(PodFacts pod)
    {
        var volumes = pod.Claims.Length == 0 ? null : new VolumeFilter(pod, cluster.Volumes);
        var plan = PlanOf(pod);
        plan.CatchUp();
        return volumes?.Whole is null ? Explain(pod, plan, volumes) : new() { Nodes = cluster.LiveNodes, Whole = volumes.Whole };
    }

    /// <summary>What one node says as things stand.</summary>
    public Refusal? Judge(PodFacts pod, NodeEntry node)
    {
        var volumes = pod.Claims.Length == 0 ? null : new VolumeFilter(pod, cluster.Volumes);
        var plan = PlanOf(pod);
        plan.CatchUp();
        return volumes?.Whole ?? Judge(pod, plan, volumes, node);
    }

    /// <summary>What one node says by itself and the pods on it, whatever is elsewhere.</summary>
    public Refusal? JudgeAlone(PodFacts pod, NodeEntry node) => node.Facts is null ? NodeAffinityFilter.Mismatch : PlanOf(pod).Shape.Of(node).Refusal;

    /// <summary>Drops what was worked out: namespaces or services changed.</summary>
    public void Forget()
    {
        foreach (var plan in _classes.Values)
        {
            plan.Release();
        }

        _classes.Clear();
    }

    private Failure Explain(PodFacts pod, ClassPlan plan, VolumeFilter? volumes)
    {
        var failure = new Failure { Nodes = cluster.LiveNodes };
        foreach (var node in cluster.Nodes)
        {
            if (node.Facts is not null && Judge(pod, plan, volumes, node) is { } refusal)
            {
                failure.Add(refusal, node);
            }
        }

        return failure;
    }

    private List<NodeEntry> Collect(PodFacts pod, ClassPlan plan, VolumeFilter? volumes)
    {
        List<NodeEntry> found = _ranking.Empty();
        if (pod.Class.Shape.OnlyNodes is { } names)
        {
            found.AddRange(names.Select(cluster.FindNode).OfType<NodeEntry>().Where(node => node.Facts is not null && Judge(pod, plan, volumes, node) is null));
            return found;
        }

        var wanted = Sample(cluster.LiveNodes);
        var count = cluster.Nodes.Count;
        var asked = 0;
        for (; asked < count && found.Count < wanted; asked++)
        {
            var node = cluster.Nodes[(_next + asked) % count];
            if (node.Facts is not null && Judge(pod, plan, volumes, node) is null)
            {
                found.Add(node);
            }
        }

        _next = (_next + asked) % count;
        return found;
    }

    private Refusal? Judge(PodFacts pod, ClassPlan plan, VolumeFilter? volumes, NodeEntry node)
    {
        if ((NameFilter.Judge(pod, node) ?? plan.Shape.Of(node).Refusal ?? volumes?.Judge(node)) is { } refusal)
        {
            return refusal;
        }

        foreach (var filter in plan.Filters)
        {
            if (filter.Judge(node) is { } other)
            {
                return other;
            }
        }

        return node.Nominated.Count == 0 ? null : JudgeKept(pod, node);
    }

    private int Worth(PodFacts pod, ClassPlan plan, NodeEntry node) => node.Facts is null || Judge(pod, plan, null, node) is not null ? -1 : plan.Shape.Of(node).Score;

    private Refusal? JudgeKept(PodFacts pod, NodeEntry node)
    {
        var others = node.Nominated.Where(other => other.Priority >= pod.Priority && other.Key != pod.Key).ToList();
        return others.Count == 0 ? null : _filters.JudgeKept(pod.Class.Shape, node, others);
    }

    // As many nodes as Kubernetes looks for: all of a small cluster, a smaller part the larger it is.
    private int Sample(int nodes)
    {
        if (nodes < FewNodes || options.PercentageOfNodesToScore >= 100)
        {
            return nodes;
        }

        var percent = options.PercentageOfNodesToScore > 0 ? options.PercentageOfNodesToScore : Math.Max(5, 50 - (nodes / 125));
        return Math.Max(FewNodes, nodes * percent / 100);
    }

    private ClassPlan PlanOf(PodFacts pod)
    {
        var pack = options.ProfileOf(pod.Scheduler)?.Pack ?? false;
        var key = (pod.Class, pack);
        if (!_classes.TryGetValue(key, out var plan))
        {
            MakeRoom();
            if (!_shapes.TryGetValue((pod.Class.Shape, pack), out var shape))
            {
                _shapes[(pod.Class.Shape, pack)] = shape = new(pod.Class.Shape, _filters, pack);
            }

            _classes[key] = plan = new(cluster, pod.Class, shape, defaults(pod.Class));
        }

        plan.LastUse = ++_uses;
        return plan;
    }

    private void MakeRoom()
    {
        if (_classes.Count < KeptPlans)
        {
            return;
        }

        foreach (var (key, plan) in _classes.OrderBy(static one => one.Value.LastUse).Take(KeptPlans / 2).ToList())
        {
            plan.Release();
            _classes.Remove(key);
        }

        var used = _classes.Values.Select(static plan => plan.Shape).ToHashSet();
        foreach (var (key, _) in _shapes.Where(one => !used.Contains(one.Value)).ToList())
        {
            _shapes.Remove(key);
        }
    }
}
