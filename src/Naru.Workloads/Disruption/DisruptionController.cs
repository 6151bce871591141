using Naru.Controllers.Runtime;
using Naru.Objects.Api;
using Naru.Objects.Resources;
using Naru.Objects.Values;
using Naru.Workloads.Objects;
using Naru.Workloads.Pods;

namespace Naru.Workloads.Disruption;

/// <summary>Says in the status of PodDisruptionBudgets how many pods may be evicted now.</summary>
public sealed class DisruptionController(ControllerObjects objects, EventRecorder events, TimeProvider time) : IController
{
    private static readonly WorkloadKind Kind = WorkloadKind.Budget;
    private static readonly TimeSpan EvictionTime = TimeSpan.FromMinutes(2);
    private static readonly Dictionary<string, GroupResource> Scalable = new()
    {
        ["ReplicaSet"] = WorkloadKind.ReplicaSet.Resource,
        ["StatefulSet"] = WorkloadKind.StatefulSet.Resource,
        ["Deployment"] = WorkloadKind.Deployment.Resource,
        ["ReplicationController"] = WorkloadKind.ReplicationController.Resource,
    };

    /// <inheritdoc/>
    public string Name => "disruption";

    /// <inheritdoc/>
    public IEnumerable<WatchRule> Watches => [WatchRule.Self(Kind.Resource), new(WorkloadKind.Pods, WakeForPod)];

    /// <inheritdoc/>
    public async Task<Requeue> ReconcileAsync(ObjectKey key, CancellationToken cancellationToken)
    {
        if (objects.Get(Kind.Resource, key.Namespace, key.Name) is not { } budget)
        {
            return Requeue.No;
        }

        var selector = PodSelector.Read(budget.Tree.Map("spec", "selector"));
        var pods = objects.List(WorkloadKind.Pods, key.Namespace).Select(static one => new PodFacts(one)).Where(pod => !pod.IsFinished && selector.Matches(pod.Labels)).ToList();
        var status = budget.CopyStatus();
        var now = time.GetUtcNow();
        var (disrupted, again) = Disrupted(status, pods, now);
        var (expected, failure) = Expected(budget.Tree, pods);
        if (failure is not null)
        {
            events.Record(budget, true, "CalculateExpectedPodCountFailed", $"Failed to calculate the number of expected pods: {failure}", Kind.Component);
        }

        Fill(status, budget.Tree, pods, disrupted, expected, failure, now);
        await objects.WriteStatusAsync(Kind, budget, status, cancellationToken);
        return Requeue.No.Or(again);
    }

    private static void Fill(MapValue status, MapValue tree, List<PodFacts> pods, MapValue disrupted, int expected, string? failure, DateTimeOffset now)
    {
        var spec = tree.Map("spec") ?? [];
        var healthy = pods.Count(pod => pod.IsReady && !pod.IsTerminating && !disrupted.Has(pod.Name));
        var desired = spec.Has("maxUnavailable") ? Math.Max(0, expected - spec.Share("maxUnavailable", expected, true, 0)) : spec.Share("minAvailable", expected, true, 1);
        var allowed = expected <= 0 || failure is not null ? 0 : Math.Max(0, healthy - desired);
        status["currentHealthy"] = healthy;
        status["desiredHealthy"] = desired;
        status["expectedPods"] = expected;
        status["disruptionsAllowed"] = allowed;
        status["disruptedPods"] = disrupted.Count > 0 ? disrupted : null;
        var generation = tree.Integer("metadata", "generation") ?? 1;
        status["observedGeneration"] = generation;
        var condition = failure is not null ? new Condition("DisruptionAllowed", "False", "SyncFailed", failure, generation)
            : allowed > 0 ? new Condition("DisruptionAllowed", "True", "SufficientPods", "", generation)
            : new Condition("DisruptionAllowed", "False", "InsufficientPods", "", generation);
        Conditions.Set(status, condition, now);
        if (Conditions.Find(status, "DisruptionAllowed") is { } there)
        {
            there.Default("message", "");
            there["observedGeneration"] = generation;
        }
    }

    /// <summary>Evictions that were allowed and have not taken their pod yet; after two minutes they are given up.</summary>
    private static (MapValue Disrupted, TimeSpan? Again) Disrupted(MapValue status, List<PodFacts> pods, DateTimeOffset now)
    {
        var kept = new MapValue();
        TimeSpan? again = null;
        foreach (var (name, value) in status.Map("disruptedPods") ?? [])
        {
            var left = (KubernetesTime.Parse(value.ToString()) ?? now) + EvictionTime - now;
            if (left > TimeSpan.Zero && pods.Exists(pod => pod.Name == name && !pod.IsTerminating))
            {
                kept[name] = value;
                again = Counts.Soonest(again, left);
            }
        }

        return (kept, again);
    }

    /// <summary>How many pods there are to be: what their controllers are asked for, or with a plain number of pods that must stay, what is there.</summary>
    private (int Expected, string? Failure) Expected(MapValue budget, List<PodFacts> pods)
    {
        var spec = budget.Map("spec") ?? [];
        if (!spec.Has("maxUnavailable") && spec["minAvailable"] is not TextValue)
        {
            return (pods.Count, null);
        }

        var sizes = new Dictionary<string, int>();
        foreach (var pod in pods)
        {
            if (Owners.ControllerOf(pod.Tree) is not { } owner)
            {
                // Pods that nobody controls stand for themselves alone.
                continue;
            }

            if (!sizes.ContainsKey(owner.Uid))
            {
                if (SizeOf(pod.Stored.Namespace, owner) is not { } size)
                {
                    return (0, $"{owner.Kind.ToLowerInvariant()}s \"{owner.Name}\" does not implement the scale subresource");
                }

                sizes[size.Uid] = size.Replicas;
                sizes.TryAdd(owner.Uid, size.Uid == owner.Uid ? size.Replicas : 0);
            }
        }

        return (sizes.Values.Sum(), null);
    }

    private (string Uid, int Replicas)? SizeOf(string @namespace, OwnerReference owner)
    {
        if (!Scalable.TryGetValue(owner.Kind, out var resource) || objects.Get(resource, @namespace, owner.Name) is not { } one)
        {
            return null;
        }

        // A set's pods are the deployment's: while it rolls, old and new sets are one.
        return owner.Kind == "ReplicaSet" && Owners.ControllerOf(one.Tree) is { Kind: "Deployment" } deployment && objects.Get(WorkloadKind.Deployment.Resource, @namespace, deployment.Name) is { } above
            ? (above.Uid, above.Tree.Int(1, "spec", "replicas"))
            : (one.Uid, one.Tree.Int(1, "spec", "replicas"));
    }

    private void WakeForPod(StoredObject? old, StoredObject? now, IKeys keys)
    {
        foreach (var budget in objects.List(Kind.Resource, (now ?? old)!.Namespace))
        {
            var selector = PodSelector.Read(budget.Tree.Map("spec", "selector"));
            if ((now is not null && selector.Matches(now.Labels)) || (old is not null && selector.Matches(old.Labels)))
            {
                keys.Add(ObjectKey.Of(budget));
            }
        }
    }
}
