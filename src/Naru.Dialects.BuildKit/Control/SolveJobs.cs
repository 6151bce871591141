using Naru.Core.Builds;
using Naru.Dialects.BuildKit.Transport;

namespace Naru.Dialects.BuildKit.Control;

/// <summary>The builds that go on now. Calls that refer to one may come a moment before it.</summary>
internal sealed class SolveJobs(TimeProvider time)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private readonly Lock _lock = new();
    private readonly Dictionary<string, TaskCompletionSource<SolveJob>> _jobs = new(StringComparer.Ordinal);

    public void Add(SolveJob job)
    {
        lock (_lock)
        {
            var entry = Entry(job.Reference);
            if (!entry.TrySetResult(job))
            {
                throw new GrpcException(GrpcCode.AlreadyExists, $"job ID {job.Reference} exists");
            }
        }
    }

    public void Remove(SolveJob job)
    {
        lock (_lock)
        {
            _jobs.Remove(job.Reference);
        }
    }

    public async Task<SolveJob> GetAsync(string reference, CancellationToken cancellationToken)
    {
        TaskCompletionSource<SolveJob> entry;
        lock (_lock)
        {
            entry = Entry(reference);
        }

        try
        {
            return await entry.Task.WaitAsync(Patience, time, cancellationToken);
        }
        catch (Exception gone) when (gone is TimeoutException or OperationCanceledException)
        {
            lock (_lock)
            {
                if (!entry.Task.IsCompleted && _jobs.GetValueOrDefault(reference) == entry)
                {
                    _jobs.Remove(reference);
                }
            }

            throw gone is OperationCanceledException ? gone : new GrpcException(GrpcCode.NotFound, $"no such job {reference}");
        }
    }

    /// <summary>A result of any build that goes on: one build may stand on another's.</summary>
    public ISolvedBuild? FindResult(string id)
    {
        lock (_lock)
        {
            return _jobs.Values.Where(j => j.Task.IsCompletedSuccessfully).Select(j => j.Task.Result.Find(id)).FirstOrDefault(r => r is not null);
        }
    }

    private TaskCompletionSource<SolveJob> Entry(string reference)
    {
        if (!_jobs.TryGetValue(reference, out var entry))
        {
            _jobs[reference] = entry = new(TaskCreationOptions.RunContinuationsAsynchronously);
        }

        return entry;
    }
}
