using Naru.Controllers.Runtime;
using Naru.Objects.Api;
using Naru.Objects.Values;
using Naru.Workloads.Objects;
using Naru.Workloads.Pods;
using Naru.Workloads.Revisions;

namespace Naru.Workloads.DaemonSets;

/// <summary>Keeps one pod of each DaemonSet on every node that it is for.</summary>
public sealed class DaemonSetController(ControllerObjects objects, PodControl pods, RevisionHistory revisions, EventRecorder events, TimeProvider time) : IController
{
    private static readonly WorkloadKind Kind = WorkloadKind.DaemonSet;

    /// <inheritdoc/>
    public string Name => "daemonset";

    /// <inheritdoc/>
    public IEnumerable<WatchRule> Watches =>
    [
        WatchRule.Self(Kind.Resource),
        PodWatches.Of(Kind, objects, static tree => PodSelector.Read(tree.Map("spec", "selector"))),
        new(WorkloadKind.Nodes, WakeForNode),
    ];

    /// <inheritdoc/>
    public async Task<Requeue> ReconcileAsync(ObjectKey key, CancellationToken cancellationToken)
    {
        if (objects.Get(Kind.Resource, key.Namespace, key.Name) is not { } set || set.IsEnding)
        {
            return Requeue.No;
        }

        var selector = PodSelector.Read(set.Tree.Map("spec", "selector"));
        if (selector.IsEmpty)
        {
            events.Record(set, true, "SelectingAll", "This daemon set is selecting all pods. A non-empty selector is required.", Kind.Component);
            return Requeue.No;
        }

        var status = set.CopyStatus();
        var history = await revisions.ListAsync(set, Kind, selector, cancellationToken);
        var template = set.Tree.Map("spec", "template") ?? [];
        var revision = await revisions.EnsureAsync(set, Kind, template, set.Tree.Integer("status", "collisionCount"), DaemonPods.RevisionLabel, history, cancellationToken);
        if (revision is null)
        {
            status["collisionCount"] = (set.Tree.Integer("status", "collisionCount") ?? 0) + 1;
            await objects.WriteStatusAsync(Kind, set, status, cancellationToken);
            return Requeue.In(TimeSpan.Zero);
        }

        var hash = RevisionHistory.HashOf(revision);
        var nodes = await TakeAsync(set, template, selector, hash, cancellationToken);
        var spec = DaemonSetSpec.Read(set.Tree, nodes.Count(static node => node.ShouldRun));
        await ApplyAsync(set, template, hash, DaemonSetDecider.Decide(spec, nodes), cancellationToken);
        nodes = await TakeAsync(set, template, selector, hash, cancellationToken);
        SetStatus(status, set.Tree, nodes);
        await objects.WriteStatusAsync(Kind, set, status, cancellationToken);
        var used = nodes.SelectMany(static node => node.Pods).Select(static pod => pod.Facts.Label(DaemonPods.RevisionLabel) ?? "").Append(hash).ToHashSet();
        await revisions.TrimAsync(history, spec.HistoryLimit, used, cancellationToken);
        var now = time.GetUtcNow();
        return Requeue.No.Or(nodes.SelectMany(static node => node.Pods).Aggregate((TimeSpan?)null, (first, pod) => Counts.Soonest(first, pod.Facts.AvailableIn(spec.MinReadySeconds, now))));
    }

    private async Task<List<DaemonNode>> TakeAsync(StoredObject set, MapValue template, PodSelector selector, string hash, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var minReady = set.Tree.Int(0, "spec", "minReadySeconds");
        var claimed = await pods.ClaimAsync(set, Kind, selector, null, cancellationToken);
        var byNode = claimed.ToLookup(DaemonPods.NodeOf, pod => new DaemonPod(
            pod.Label(DaemonPods.RevisionLabel) == hash, pod.IsAvailable(minReady, now), pod.IsReady, pod.IsTerminating, pod.Phase is "Failed" or "Succeeded", pod));
        var nodes = new List<DaemonNode>();
        foreach (var node in objects.List(WorkloadKind.Nodes))
        {
            var (shouldRun, mayStay) = NodeFit.Judge(template, node.Tree);
            nodes.Add(new(node.Name, shouldRun, mayStay, [.. byNode[node.Name]]));
        }

        // Pods whose node is gone go too.
        var known = nodes.Select(static node => node.Name).ToHashSet();
        nodes.AddRange(byNode.Where(group => !known.Contains(group.Key)).Select(group => new DaemonNode(group.Key, false, false, [.. group])));
        return nodes;
    }

    private async Task ApplyAsync(StoredObject set, MapValue template, string hash, DaemonPlan plan, CancellationToken cancellationToken)
    {
        foreach (var pod in plan.Delete.Where(static pod => pod.IsFailed))
        {
            events.Record(set, true, "FailedDaemonPod", $"Found failed daemon pod {set.Namespace}/{pod.Facts.Name} on node {DaemonPods.NodeOf(pod.Facts)}, will try to kill it", Kind.Component);
        }

        await pods.DeleteManyAsync(set, Kind, plan.Delete.DistinctBy(static pod => pod.Facts.Uid).Select(static pod => pod.Facts), cancellationToken);
        var bodies = plan.Create.Select(node => DaemonPods.ToPod(set, template, hash, node)).ToList();
        var (_, failure) = await pods.CreateManyAsync(set, Kind, bodies, cancellationToken);
        if (failure is not null)
        {
            throw failure;
        }
    }

    private static void SetStatus(MapValue status, MapValue tree, List<DaemonNode> nodes)
    {
        var (desired, current, misplaced, ready, updated, available) = (0, 0, 0, 0, 0, 0);
        foreach (var node in nodes)
        {
            if (!node.ShouldRun)
            {
                misplaced += node.Pods.IsEmpty ? 0 : 1;
                continue;
            }

            desired++;
            var pods = node.Pods.Where(static pod => !pod.IsTerminating).ToList();
            current += pods.Count > 0 ? 1 : 0;
            ready += pods.Exists(static pod => pod.IsReady) ? 1 : 0;
            available += pods.Exists(static pod => pod.IsAvailable) ? 1 : 0;
            updated += pods.Exists(static pod => pod.IsNew) ? 1 : 0;
        }

        status["currentNumberScheduled"] = current;
        status["numberMisscheduled"] = misplaced;
        status["desiredNumberScheduled"] = desired;
        status["numberReady"] = ready;
        status["observedGeneration"] = tree.Integer("metadata", "generation") ?? 1;
        status.SetCount("updatedNumberScheduled", updated);
        status.SetCount("numberAvailable", available);
        status.SetCount("numberUnavailable", desired - available);
    }

    private void WakeForNode(StoredObject? old, StoredObject? now, IKeys keys)
    {
        if (old is not null && now is not null && Same(old, now, "metadata", "labels") && Same(old, now, "spec", "taints") && Same(old, now, "spec", "unschedulable"))
        {
            // A heartbeat.
            return;
        }

        foreach (var set in objects.List(Kind.Resource))
        {
            keys.Add(ObjectKey.Of(set));
        }
    }

    private static bool Same(StoredObject one, StoredObject other, string part, string field) =>
        one.Tree.At(part, field) is { } value ? value.DeepEquals(other.Tree.At(part, field)) : other.Tree.At(part, field) is null;
}
