using Naru.Objects.Values;
using Naru.Workloads.Objects;

namespace Naru.Workloads.Jobs;

/// <summary>How a Job ends.</summary>
internal sealed record JobVerdict(bool IsSuccess, string Reason, string Message);

/// <summary>Whether a Job has ended, and how many pods it needs. Pure.</summary>
internal static class JobDecider
{
    private static readonly TimeSpan FirstBackOff = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan LongestBackOff = TimeSpan.FromMinutes(10);

    /// <summary>The end that a Job has come to; null if it goes on.</summary>
    public static JobVerdict? Judge(JobSpec spec, JobCounts counts, DateTimeOffset now)
    {
        if (counts.FatalFailure is { } fatal)
        {
            return new(false, "PodFailurePolicy", fatal);
        }

        if (spec.SuccessPolicy is { } policy && MatchSuccess(policy, counts.Completed) is { } rule)
        {
            return new(true, "SuccessPolicy", $"Matched rules at index {rule}");
        }

        if (counts.Failed > spec.BackoffLimit || (spec.RestartsContainers && counts.Active.Sum(static pod => pod.Restarts) is > 0 and var restarts && restarts >= Math.Max(1, spec.BackoffLimit)))
        {
            return new(false, "BackoffLimitExceeded", "Job has reached the specified backoff limit");
        }

        if (spec.Deadline is { } deadline && spec.Started is { } started && !spec.IsSuspended && now - started >= deadline)
        {
            return new(false, "DeadlineExceeded", "Job was active longer than specified deadline");
        }

        if (spec.MaxFailedIndexes is { } most && counts.FailedIndexes.Count > most)
        {
            return new(false, "MaxFailedIndexesExceeded", "Job has exceeded the specified maximal number of failed indexes");
        }

        if (spec.BackoffLimitPerIndex is not null && counts.FailedIndexes.Count > 0 && counts.FailedIndexes.Count + counts.Completed.Count >= spec.Completions)
        {
            return new(false, "FailedIndexes", "Job has failed indexes");
        }

        var isDone = spec.Completions is { } wished ? counts.Succeeded >= wished : counts.Succeeded > 0 && counts.Active.Count == 0;
        return isDone ? new(true, "CompletionsReached", "Reached expected number of succeeded pods") : null;
    }

    /// <summary>How many pods are to be active now.</summary>
    public static int Wanted(JobSpec spec, JobCounts counts) =>
        spec.IsSuspended ? 0
        : spec.Completions is { } completions ? Math.Max(0, Math.Min(spec.Parallelism, completions - counts.Succeeded - counts.FailedIndexes.Count))
        : counts.Succeeded > 0 ? Math.Min(counts.Active.Count, spec.Parallelism) : spec.Parallelism;

    /// <summary>How long to wait before further pods are made after failures.</summary>
    public static TimeSpan BackOff(JobCounts counts, DateTimeOffset now)
    {
        if (counts.Recent.Count == 0)
        {
            return TimeSpan.Zero;
        }

        var pause = FirstBackOff * Math.Pow(2, Math.Min(counts.Recent.Count - 1, 20));
        var left = counts.Recent.Last + (pause < LongestBackOff ? pause : LongestBackOff) - now;
        return left > TimeSpan.Zero ? left : TimeSpan.Zero;
    }

    /// <summary>The indexes that need a pod, lowest first.</summary>
    public static IEnumerable<int> MissingIndexes(JobSpec spec, JobCounts counts, IReadOnlySet<int> taken)
    {
        for (var index = 0; index < spec.Completions; index++)
        {
            if (!counts.Completed.Contains(index) && !counts.FailedIndexes.Contains(index) && !taken.Contains(index))
            {
                yield return index;
            }
        }
    }

    private static int? MatchSuccess(MapValue policy, SortedSet<int> completed)
    {
        var number = 0;
        foreach (var rule in policy.Maps("rules"))
        {
            var indexes = rule.Text("succeededIndexes") is { } text ? IndexSet.Parse(text, int.MaxValue) : null;
            var hits = indexes is null ? completed.Count : indexes.Count(completed.Contains);
            var needed = rule.Integer("succeededCount") ?? indexes?.Count ?? int.MaxValue;
            if (hits >= needed)
            {
                return number;
            }

            number++;
        }

        return null;
    }
}
