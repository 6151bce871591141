using Naru.Controllers.Runtime;
using Naru.Objects.Api;
using Naru.Objects.Values;
using Naru.Workloads.Objects;

namespace Naru.Workloads.Collection;

/// <summary>Deletes Jobs a while after they ended (spec.ttlSecondsAfterFinished).</summary>
public sealed class FinishedJobController(ControllerObjects objects, TimeProvider time) : IController
{
    /// <inheritdoc/>
    public string Name => "ttl_jobs_to_delete";

    /// <inheritdoc/>
    public int Workers => 1;

    /// <inheritdoc/>
    public IEnumerable<WatchRule> Watches => [WatchRule.Self(WorkloadKind.Job.Resource)];

    /// <inheritdoc/>
    public async Task<Requeue> ReconcileAsync(ObjectKey key, CancellationToken cancellationToken)
    {
        var job = objects.Get(WorkloadKind.Job.Resource, key.Namespace, key.Name);
        if (job?.Tree.Integer("spec", "ttlSecondsAfterFinished") is not { } seconds || job.IsEnding)
        {
            return Requeue.No;
        }

        var end = (Conditions.Find(job.Tree.Map("status"), "Complete") ?? Conditions.Find(job.Tree.Map("status"), "Failed")) is { } condition && condition.Text("status") == "True"
            ? condition.Time("lastTransitionTime")
            : null;
        if (end is not { } ended)
        {
            return Requeue.No;
        }

        var left = ended + TimeSpan.FromSeconds(seconds) - time.GetUtcNow();
        if (left > TimeSpan.Zero)
        {
            return Requeue.In(left);
        }

        await objects.DeleteAsync(WorkloadKind.Job.Resource, key.Namespace, key.Name, new DeleteOptions { Uid = job.Uid, Propagation = DeletePropagation.Foreground }, cancellationToken);
        return Requeue.No;
    }
}
