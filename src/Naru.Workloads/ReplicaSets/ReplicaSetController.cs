using Naru.Controllers.Runtime;
using Naru.Core.Errors;
using Naru.Objects.Api;
using Naru.Objects.Values;
using Naru.Workloads.Objects;
using Naru.Workloads.Pods;

namespace Naru.Workloads.ReplicaSets;

/// <summary>Keeps as many pods as a ReplicaSet or ReplicationController wishes.</summary>
public sealed class ReplicaSetController(WorkloadKind kind, ControllerObjects objects, PodControl pods, TimeProvider time) : IController
{
    private const int Burst = 500;

    /// <inheritdoc/>
    public string Name => kind == WorkloadKind.ReplicaSet ? "replicaset" : "replicationmanager";

    /// <inheritdoc/>
    public int Workers => 4;

    /// <inheritdoc/>
    public IEnumerable<WatchRule> Watches => [WatchRule.Self(kind.Resource), PodWatches.Of(kind, objects, ReplicaSetSpec.SelectorOf)];

    /// <inheritdoc/>
    public async Task<Requeue> ReconcileAsync(ObjectKey key, CancellationToken cancellationToken)
    {
        if (objects.Get(kind.Resource, key.Namespace, key.Name) is not { } set)
        {
            return Requeue.No;
        }

        var spec = ReplicaSetSpec.Read(set.Tree);
        var claimed = await pods.ClaimAsync(set, kind, spec.Selector, null, cancellationToken);
        var active = claimed.FindAll(static pod => pod.IsActive);
        var missing = spec.Replicas - active.Count;
        NaruException? failure = null;
        if (missing != 0 && !set.IsEnding)
        {
            failure = await ManageAsync(set, spec, active, missing, cancellationToken);
            claimed = [.. pods.OwnedBy(set).Where(pod => spec.Selector.Matches(pod.Labels))];
        }

        var now = time.GetUtcNow();
        var status = ReplicaSetStatus.Decide(set.CopyStatus(), set.Tree, spec, claimed, failure, missing, now);
        await objects.WriteStatusAsync(kind, set, status, cancellationToken);
        if (failure is not null)
        {
            throw failure;
        }

        var soonest = claimed.Where(static pod => pod.IsActive).Aggregate((TimeSpan?)null, (first, pod) => Counts.Soonest(first, pod.AvailableIn(spec.MinReadySeconds, now)));
        return Math.Abs(missing) > Burst ? Requeue.In(TimeSpan.Zero) : Requeue.No.Or(soonest);
    }

    private async Task<NaruException?> ManageAsync(StoredObject set, ReplicaSetSpec spec, List<PodFacts> active, int missing, CancellationToken cancellationToken)
    {
        if (missing < 0)
        {
            try
            {
                await pods.DeleteManyAsync(set, kind, DeletionRanking.First(active, Math.Min(-missing, Burst), time.GetUtcNow()).ToList(), cancellationToken);
                return null;
            }
            catch (NaruException failed)
            {
                return failed;
            }
        }

        var wished = new MapValue[Math.Min(missing, Burst)];
        for (var index = 0; index < wished.Length; index++)
        {
            wished[index] = PodTemplates.ToPod(spec.Template, set, kind);
            wished[index].MakeMap("metadata")["generateName"] = set.Name + "-";
        }

        var (_, failure) = await pods.CreateManyAsync(set, kind, wished, cancellationToken);
        return failure;
    }
}
