using Naru.Objects.Values;
using Naru.Workloads.Objects;
using Naru.Workloads.Pods;

namespace Naru.Workloads.Jobs;

/// <summary>
/// How a Job stands: its pods that still run, and all that ever ended. A pod that ended is counted exactly once: its uid goes into status.uncountedTerminatedPods, then its finalizer goes,
/// then it moves from the list into the counts; whoever is interrupted in between goes on from there. Pure.
/// </summary>
internal sealed class JobCounts
{
    private readonly JobSpec _spec;

    public JobCounts(JobSpec spec, MapValue status, IReadOnlyList<PodFacts> pods)
    {
        _spec = spec;
        Status = status;
        Completed = IndexSet.Parse(status.Text("completedIndexes"), spec.Completions ?? 0);
        FailedIndexes = IndexSet.Parse(status.Text("failedIndexes"), spec.Completions ?? 0);
        Unfinished = [.. pods.Where(static pod => !pod.IsFinished)];
        Active = [.. Unfinished.Where(static pod => pod.IsActive)];
        Take(pods);
    }

    public MapValue Status { get; }

    public List<PodFacts> Active { get; }

    /// <summary>The active ones and those that are being deleted.</summary>
    public List<PodFacts> Unfinished { get; }

    public int Terminating => Unfinished.Count - Active.Count;

    public SortedSet<int> Completed { get; }

    public SortedSet<int> FailedIndexes { get; }

    /// <summary>How often each index failed.</summary>
    public Dictionary<int, int> FailuresOf { get; } = [];

    /// <summary>Pods whose finalizer is to go.</summary>
    public List<PodFacts> Counted { get; } = [];

    public int Succeeded => _spec.IsIndexed ? Completed.Count : Status.Int(0, "succeeded") + (Uncounted("succeeded")?.Count ?? 0);

    public int Failed => Status.Int(0, "failed") + (Uncounted("failed")?.Count ?? 0);

    /// <summary>A failed pod that the policy lets fail the whole job.</summary>
    public string? FatalFailure { get; private set; }

    /// <summary>Failures after the last success, and when the last one was.</summary>
    public (int Count, DateTimeOffset Last) Recent { get; private set; }

    /// <summary>Moves what the finalizers have left into the counts.</summary>
    public void Settle(IReadOnlySet<string> tracked)
    {
        Status.SetCount("succeeded", _spec.IsIndexed ? Completed.Count : Status.Int(0, "succeeded") + TakeOut("succeeded", tracked));
        if (_spec.IsIndexed)
        {
            TakeOut("succeeded", tracked);
        }

        Status.SetCount("failed", Status.Int(0, "failed") + TakeOut("failed", tracked));
        var lists = Status.MakeMap("uncountedTerminatedPods");
        foreach (var name in (string[])["succeeded", "failed"])
        {
            if (lists.List(name) is { Count: 0 })
            {
                lists.Remove(name);
            }
        }
    }

    private void Take(IReadOnlyList<PodFacts> pods)
    {
        var lastSuccess = DateTimeOffset.MinValue;
        foreach (var pod in pods.Where(static pod => pod.Phase == "Succeeded"))
        {
            var end = JobPods.EndOf(pod);
            lastSuccess = end > lastSuccess ? end : lastSuccess;
            if (JobPods.IsTracked(pod))
            {
                Note("succeeded", pod);
                if (JobPods.IndexOf(pod) is { } index && index < (_spec.Completions ?? 0))
                {
                    Completed.Add(index);
                }
            }
        }

        var (recent, last) = (0, DateTimeOffset.MinValue);
        foreach (var pod in pods.Where(HasFailed))
        {
            var end = JobPods.EndOf(pod);
            if (end > lastSuccess)
            {
                recent++;
                last = end > last ? end : last;
            }

            TakeFailure(pod);
        }

        Recent = (recent, last);
        if (_spec.IsIndexed)
        {
            Status["completedIndexes"] = Completed.Count > 0 ? (Value)IndexSet.Format(Completed) : null;
            Status["failedIndexes"] = _spec.BackoffLimitPerIndex is null ? null : (Value)IndexSet.Format(FailedIndexes);
        }
    }

    private void TakeFailure(PodFacts pod)
    {
        var (action, message) = FailurePolicy.Judge(_spec.FailurePolicy, pod);
        if (JobPods.IndexOf(pod) is { } index && _spec.BackoffLimitPerIndex is { } limit)
        {
            var failures = JobPods.FailuresBefore(pod) + (action == FailureAction.Ignore ? 0 : 1);
            FailuresOf[index] = Math.Max(FailuresOf.GetValueOrDefault(index), failures);
            if ((failures > limit || action == FailureAction.FailIndex) && !Completed.Contains(index))
            {
                FailedIndexes.Add(index);
            }
        }

        if (action == FailureAction.FailJob)
        {
            FatalFailure ??= message;
        }

        if (JobPods.IsTracked(pod))
        {
            if (action == FailureAction.Ignore)
            {
                Counted.Add(pod);
            }
            else
            {
                Note("failed", pod);
            }
        }
    }

    private bool HasFailed(PodFacts pod) => pod.Phase == "Failed" || (pod.IsTerminating && !_spec.ReplacesFailedOnly && pod.Phase != "Succeeded");

    private void Note(string list, PodFacts pod)
    {
        var uids = Status.MakeMap("uncountedTerminatedPods").MakeList(list);
        if (!uids.Texts().Contains(pod.Uid))
        {
            uids.Add(pod.Uid);
        }

        Counted.Add(pod);
    }

    private ListValue? Uncounted(string list) => Status.List("uncountedTerminatedPods", list);

    private int TakeOut(string list, IReadOnlySet<string> tracked) => Uncounted(list)?.RemoveAll(one => !tracked.Contains(one.ToString() ?? "")) ?? 0;
}
