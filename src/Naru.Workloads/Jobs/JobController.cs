using Naru.Controllers.Runtime;
using Naru.Core.Errors;
using Naru.Objects.Api;
using Naru.Objects.Values;
using Naru.Workloads.Objects;
using Naru.Workloads.Pods;

namespace Naru.Workloads.Jobs;

/// <summary>Runs the pods of Jobs to their end.</summary>
public sealed class JobController(ControllerObjects objects, PodControl pods, EventRecorder events, TimeProvider time) : IController
{
    private static readonly WorkloadKind Kind = WorkloadKind.Job;

    /// <inheritdoc/>
    public string Name => "job";

    /// <inheritdoc/>
    public int Workers => 4;

    /// <inheritdoc/>
    public IEnumerable<WatchRule> Watches => [WatchRule.Self(Kind.Resource), PodWatches.Of(Kind, objects, static tree => PodSelector.Read(tree.Map("spec", "selector")))];

    /// <inheritdoc/>
    public async Task<Requeue> ReconcileAsync(ObjectKey key, CancellationToken cancellationToken)
    {
        if (objects.Get(Kind.Resource, key.Namespace, key.Name) is not { } job || job.IsEnding)
        {
            await LetGoOfAllAsync(key, cancellationToken);
            return Requeue.No;
        }

        if (job.Tree.Text("spec", "managedBy") is { } manager && manager != "kubernetes.io/job-controller")
        {
            return Requeue.No;
        }

        var spec = JobSpec.Read(job.Tree);
        var selector = job.Tree.Map("spec", "selector") is { } body ? PodSelector.Read(body) : PodSelector.ReadLabels([]);
        var claimed = selector.IsEmpty ? [.. pods.OwnedBy(job)] : await pods.ClaimAsync(job, Kind, selector, null, cancellationToken);
        if (Conditions.IsTrue(job.Tree.Map("status"), "Complete") || Conditions.IsTrue(job.Tree.Map("status"), "Failed"))
        {
            await LetGoAsync(claimed.Where(JobPods.IsTracked), cancellationToken);
            return Requeue.No;
        }

        return await RunAsync(job, spec, claimed, cancellationToken);
    }

    private async Task<Requeue> RunAsync(StoredObject job, JobSpec spec, List<PodFacts> claimed, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var status = job.CopyStatus();
        if (!spec.IsSuspended && spec.Started is null)
        {
            status["startTime"] = KubernetesTime.Format(now);
            spec = spec with { Started = now };
        }

        // 1. What ended is noted, then let go, then counted.
        var counts = new JobCounts(spec, status, claimed);
        var noted = job;
        if (counts.Counted.Count > 0)
        {
            noted = await objects.WriteStatusAsync(Kind, job, status.CloneMap(), cancellationToken);
            await LetGoAsync(counts.Counted, cancellationToken);
        }

        counts.Settle(pods.OwnedBy(job).Where(JobPods.IsTracked).Select(static pod => pod.Uid).ToHashSet());

        // 2. It has ended, or it gets the pods that it needs.
        var verdict = Target(status) ?? JobDecider.Judge(spec, counts, now);
        var again = Requeue.No;
        var (active, terminating) = (counts.Active.Count, counts.Terminating);
        if (verdict is not null)
        {
            await RemoveAsync(job, counts.Active, cancellationToken);
            var left = pods.OwnedBy(job).Count(static pod => !pod.IsFinished);
            (active, terminating) = (0, left);
            Finish(job, status, verdict, left == 0, now);
        }
        else
        {
            (active, again) = await SizeAsync(job, spec, counts, now, cancellationToken);
            NoteSuspension(job, status, spec, now);
            again = again.Or(spec.Deadline is { } deadline && spec.Started is { } started && !spec.IsSuspended ? started + deadline - now : null);
        }

        status.SetCount("active", active);
        status["ready"] = verdict is null ? counts.Active.Count(static pod => pod.IsReady) : 0;
        status["terminating"] = terminating;
        await objects.WriteStatusAsync(Kind, noted, status, cancellationToken);
        return again;
    }

    private async Task<(int Active, Requeue Again)> SizeAsync(StoredObject job, JobSpec spec, JobCounts counts, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var wanted = JobDecider.Wanted(spec, counts);
        var active = counts.Active.Count;
        if (active > wanted)
        {
            await RemoveAsync(job, ReplicaSets.DeletionRanking.First(counts.Active, active - wanted, now).ToList(), cancellationToken);
            return (wanted, Requeue.No);
        }

        var missing = wanted - active - (spec.ReplacesFailedOnly ? counts.Terminating : 0);
        if (missing <= 0)
        {
            return (active, Requeue.No);
        }

        var pause = spec.BackoffLimitPerIndex is null ? JobDecider.BackOff(counts, now) : TimeSpan.Zero;
        if (pause > TimeSpan.Zero)
        {
            return (active, Requeue.In(pause));
        }

        var bodies = Bodies(job, spec, counts, Math.Min(missing, 500));
        var (made, failure) = await pods.CreateManyAsync(job, Kind, bodies, cancellationToken);
        return failure is null ? (active + made, missing > made && made > 0 ? Requeue.In(TimeSpan.Zero) : Requeue.No) : throw failure;
    }

    // Of the pods as they were counted: one that ended since then would be missed in both, and its index run again.
    private static List<MapValue> Bodies(StoredObject job, JobSpec spec, JobCounts counts, int count)
    {
        if (!spec.IsIndexed)
        {
            return [.. Enumerable.Range(0, count).Select(_ => JobPods.ToPod(job, spec, null, 0))];
        }

        var taken = (spec.ReplacesFailedOnly ? counts.Unfinished : counts.Active).Select(JobPods.IndexOf).OfType<int>().ToHashSet();
        return [.. JobDecider.MissingIndexes(spec, counts, taken).Take(count).Select(index => JobPods.ToPod(job, spec, index, counts.FailuresOf.GetValueOrDefault(index)))];
    }

    private static JobVerdict? Target(MapValue status) =>
        Conditions.Find(status, "FailureTarget") is { } failure && failure.Text("status") == "True" ? new(false, failure.Text("reason") ?? "", failure.Text("message") ?? "")
        : Conditions.Find(status, "SuccessCriteriaMet") is { } success && success.Text("status") == "True" ? new(true, success.Text("reason") ?? "", success.Text("message") ?? "")
        : null;

    private void Finish(StoredObject job, MapValue status, JobVerdict verdict, bool isOver, DateTimeOffset now)
    {
        Conditions.Set(status, new(verdict.IsSuccess ? "SuccessCriteriaMet" : "FailureTarget", "True", verdict.Reason, verdict.Message), now, "lastProbeTime");
        if (!isOver || status.List("uncountedTerminatedPods", "succeeded") is { Count: > 0 } || status.List("uncountedTerminatedPods", "failed") is { Count: > 0 })
        {
            return;
        }

        Conditions.Set(status, new(verdict.IsSuccess ? "Complete" : "Failed", "True", verdict.Reason, verdict.Message), now, "lastProbeTime");
        if (verdict.IsSuccess)
        {
            status["completionTime"] = KubernetesTime.Format(now);
            events.Record(job, false, "Completed", "Job completed", Kind.Component);
        }
        else
        {
            events.Record(job, true, verdict.Reason, verdict.Message, Kind.Component);
        }
    }

    private void NoteSuspension(StoredObject job, MapValue status, JobSpec spec, DateTimeOffset now)
    {
        var isNoted = Conditions.IsTrue(status, "Suspended");
        if (spec.IsSuspended && !isNoted)
        {
            Conditions.Set(status, new("Suspended", "True", "JobSuspended", "Job suspended"), now, "lastProbeTime");
            status.Remove("startTime");
            events.Record(job, false, "Suspended", "Job suspended", Kind.Component);
        }
        else if (!spec.IsSuspended && isNoted)
        {
            Conditions.Set(status, new("Suspended", "False", "JobResumed", "Job resumed"), now, "lastProbeTime");
            status["startTime"] = KubernetesTime.Format(now);
            events.Record(job, false, "Resumed", "Job resumed", Kind.Component);
        }
    }

    /// <summary>Ends pods that are not wanted any longer; they count neither as failed nor as succeeded.</summary>
    private async Task RemoveAsync(StoredObject job, IReadOnlyList<PodFacts> unwanted, CancellationToken cancellationToken)
    {
        await LetGoAsync(unwanted.Where(JobPods.IsTracked), cancellationToken);
        await pods.DeleteManyAsync(job, Kind, unwanted, cancellationToken);
    }

    private Task LetGoAsync(IEnumerable<PodFacts> tracked, CancellationToken cancellationToken) => Task.WhenAll(tracked.Select(pod => LetGoAsync(pod, cancellationToken)));

    private async Task LetGoAsync(PodFacts pod, CancellationToken cancellationToken)
    {
        try
        {
            await objects.ChangeAsync(WorkloadKind.Pods, pod.Stored.Namespace, pod.Name, tree => tree.Text("metadata", "uid") == pod.Uid && Untrack(tree), Kind.Write, cancellationToken);
        }
        catch (NaruException failure) when (failure.Kind == ErrorKind.NotFound)
        {
            // Gone with its finalizer.
        }
    }

    private static bool Untrack(MapValue tree)
    {
        var finalizers = tree.List("metadata", "finalizers");
        if (finalizers is null || finalizers.RemoveAll(static one => one is TextValue { Text: JobPods.Finalizer }) == 0)
        {
            return false;
        }

        if (finalizers.Count == 0)
        {
            tree.Map("metadata")!.Remove("finalizers");
        }

        return true;
    }

    private Task LetGoOfAllAsync(ObjectKey key, CancellationToken cancellationToken) => LetGoAsync(
        objects.List(WorkloadKind.Pods, key.Namespace).Select(static one => new PodFacts(one))
            .Where(pod => JobPods.IsTracked(pod) && Owners.ControllerOf(pod.Tree) is { Kind: "Job" } owner && owner.Name == key.Name).ToList(),
        cancellationToken);
}
