using Naru.Controllers.Runtime;
using Naru.Core.Errors;
using Naru.Objects.Api;
using Naru.Objects.Resources;
using Naru.Objects.Values;
using Naru.Workloads.Objects;

namespace Naru.Workloads.CronJobs;

/// <summary>Starts the Jobs of CronJobs when they are due and clears old ones away.</summary>
public sealed class CronJobController(ControllerObjects objects, Informers informers, EventRecorder events, TimeProvider time) : IController
{
    private const string ScheduledAnnotation = "batch.kubernetes.io/cronjob-scheduled-timestamp";
    private static readonly WorkloadKind Kind = WorkloadKind.CronJob;
    private static readonly GroupResource Jobs = WorkloadKind.Job.Resource;
    private readonly OwnerIndex _jobs = informers.OwnedOf(Jobs);

    /// <inheritdoc/>
    public string Name => "cronjob";

    /// <inheritdoc/>
    public IEnumerable<WatchRule> Watches => [WatchRule.Self(Kind.Resource), WatchRule.Owner(Jobs, Kind.Kind.GroupKind)];

    /// <inheritdoc/>
    public async Task<Requeue> ReconcileAsync(ObjectKey key, CancellationToken cancellationToken)
    {
        if (objects.Get(Kind.Resource, key.Namespace, key.Name) is not { } cron)
        {
            return Requeue.No;
        }

        var status = cron.CopyStatus();
        var jobs = _jobs.Of(cron.Uid).OrderBy(static job => job.Tree.Time("metadata", "creationTimestamp")).ThenBy(static job => job.Name, StringComparer.Ordinal).ToList();
        NoteEnds(cron, status, jobs);
        await ClearAsync(cron, jobs, "Complete", cron.Tree.Int(3, "spec", "successfulJobsHistoryLimit"), cancellationToken);
        await ClearAsync(cron, jobs, "Failed", cron.Tree.Int(1, "spec", "failedJobsHistoryLimit"), cancellationToken);
        var again = cron.IsEnding || cron.Tree.Boolean("spec", "suspend") == true
            ? Requeue.No
            : await ScheduleAsync(cron, status, jobs, cancellationToken);
        SetActive(status, _jobs.Of(cron.Uid));
        await objects.WriteStatusAsync(Kind, cron, status, cancellationToken);
        return again;
    }

    private async Task<Requeue> ScheduleAsync(StoredObject cron, MapValue status, List<StoredObject> jobs, CancellationToken cancellationToken)
    {
        var text = cron.Tree.Text("spec", "schedule") ?? "";
        var zoneName = cron.Tree.Text("spec", "timeZone");
        if (zoneName is not null && !TimeZoneInfo.TryFindSystemTimeZoneById(zoneName, out _))
        {
            events.Record(cron, true, "UnknownTimeZone", $"invalid timeZone: \"{zoneName}\": unknown time zone {zoneName}", Kind.Component);
            return Requeue.No;
        }

        if (CronSchedule.Parse(text, out var reason) is not { } schedule)
        {
            events.Record(cron, true, "UnparseableSchedule", $"unparseable schedule: \"{text}\" : {reason}", Kind.Component);
            return Requeue.No;
        }

        var now = time.GetUtcNow();
        var zone = zoneName is null ? TimeZoneInfo.Utc : TimeZoneInfo.FindSystemTimeZoneById(zoneName);
        var deadline = cron.Tree.Integer("spec", "startingDeadlineSeconds") is { } seconds ? TimeSpan.FromSeconds(seconds) : (TimeSpan?)null;
        var served = status.Time("lastScheduleTime") ?? cron.Tree.Time("metadata", "creationTimestamp") ?? now;
        var due = CronDue.At(schedule, zone, served, deadline, now);
        var again = due.Next is { } next ? Requeue.In(next - now + TimeSpan.FromMilliseconds(100)) : Requeue.No;
        if (due.Due is not { } at)
        {
            return again;
        }

        if (due.Missed > 100)
        {
            events.Record(cron, true, "TooManyMissedTimes", "too many missed start times. Set or decrease .spec.startingDeadlineSeconds or check clock skew", Kind.Component);
        }

        if (deadline is { } limit && at + limit < now)
        {
            events.Record(cron, true, "MissSchedule", $"Missed scheduled time to start a job: {KubernetesTime.Format(at)}", Kind.Component);
            return again;
        }

        await StartAsync(cron, status, jobs, at, cancellationToken);
        return again;
    }

    private async Task StartAsync(StoredObject cron, MapValue status, List<StoredObject> jobs, DateTimeOffset at, CancellationToken cancellationToken)
    {
        var running = jobs.FindAll(static job => EndOf(job) is null);
        var policy = cron.Tree.Text("spec", "concurrencyPolicy");
        if (policy == "Forbid" && running.Count > 0)
        {
            events.Record(cron, false, "JobAlreadyActive", "Not starting job because prior execution is running and concurrency policy is Forbid", Kind.Component);
            return;
        }

        foreach (var job in policy == "Replace" ? running : [])
        {
            await DeleteAsync(cron, job, cancellationToken);
        }

        try
        {
            var made = await objects.CreateAsync(Jobs, ToBody(cron, at), Kind.Write, cancellationToken);
            events.Record(cron, false, "SuccessfulCreate", $"Created job {made.Name}", Kind.Component);
        }
        catch (NaruException failure) when (failure.Kind == ErrorKind.AlreadyExists)
        {
            // Started before, and the status was not written any more.
        }
        catch (NaruException failure)
        {
            events.Record(cron, true, "FailedCreate", $"Error creating job: {failure.Message}", Kind.Component);
            throw;
        }

        status["lastScheduleTime"] = KubernetesTime.Format(at);
    }

    private static MapValue ToBody(StoredObject cron, DateTimeOffset at)
    {
        var template = cron.Tree.Map("spec", "jobTemplate") ?? [];
        var metadata = new MapValue(6)
        {
            ["name"] = $"{cron.Name}-{(at.ToUnixTimeSeconds() / 60).Text()}",
            ["namespace"] = cron.Namespace,
            ["labels"] = template.At("metadata", "labels")?.Clone() ?? new MapValue(),
            ["annotations"] = template.At("metadata", "annotations")?.Clone() ?? new MapValue(),
            ["ownerReferences"] = new ListValue([Owners.Reference(cron, Kind.Kind)]),
        };
        metadata.MakeMap("annotations")[ScheduledAnnotation] = KubernetesTime.Format(at);
        return new MapValue(4) { ["apiVersion"] = "batch/v1", ["kind"] = "Job", ["metadata"] = metadata, ["spec"] = template.Map("spec")?.CloneMap() ?? [] };
    }

    private void NoteEnds(StoredObject cron, MapValue status, List<StoredObject> jobs)
    {
        var active = status.Maps("active").Select(static one => one.Text("uid")).ToHashSet();
        foreach (var job in jobs)
        {
            if (EndOf(job) is not { } end)
            {
                continue;
            }

            if (active.Contains(job.Uid))
            {
                events.Record(cron, false, "SawCompletedJob", $"Saw completed job: {job.Name}, condition: {end}", Kind.Component);
            }

            if (end == "Complete" && job.Tree.Time("status", "completionTime") is { } completed && (status.Time("lastSuccessfulTime") is not { } last || completed > last))
            {
                status["lastSuccessfulTime"] = KubernetesTime.Format(completed);
            }
        }
    }

    private async Task ClearAsync(StoredObject cron, List<StoredObject> jobs, string end, int limit, CancellationToken cancellationToken)
    {
        var ended = jobs.FindAll(job => EndOf(job) == end);
        foreach (var job in ended.Take(Math.Max(0, ended.Count - limit)))
        {
            await DeleteAsync(cron, job, cancellationToken);
        }
    }

    private async Task DeleteAsync(StoredObject cron, StoredObject job, CancellationToken cancellationToken)
    {
        try
        {
            await objects.DeleteAsync(Jobs, job.Namespace, job.Name, new DeleteOptions { Uid = job.Uid, Propagation = DeletePropagation.Background }, cancellationToken);
            events.Record(cron, false, "SuccessfulDelete", $"Deleted job {job.Name}", Kind.Component);
        }
        catch (NaruException failure) when (failure.Kind == ErrorKind.NotFound)
        {
            // Gone already.
        }
    }

    private static void SetActive(MapValue status, IReadOnlyList<StoredObject> jobs)
    {
        var active = new ListValue();
        foreach (var job in jobs.Where(static job => EndOf(job) is null && !job.IsEnding).OrderBy(static job => job.Name, StringComparer.Ordinal))
        {
            // The revision is left out: it would change, and the status with it, at every step of the job.
            active.Add(new MapValue(5) { ["apiVersion"] = "batch/v1", ["kind"] = "Job", ["name"] = job.Name, ["namespace"] = job.Namespace, ["uid"] = job.Uid });
        }

        status["active"] = active.Count > 0 ? active : null;
    }

    private static string? EndOf(StoredObject job) =>
        Conditions.IsTrue(job.Tree.Map("status"), "Complete") ? "Complete" : Conditions.IsTrue(job.Tree.Map("status"), "Failed") ? "Failed" : null;
}
