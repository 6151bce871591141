using Naru.Core.Builds;
using Naru.Dialects.BuildKit.Transport;

namespace Naru.Dialects.BuildKit.Control;

/// <summary>The builds that go on now. Calls that refer to one may come a moment before it, and who asks for its news also a moment after its end.</summary>
internal sealed class SolveJobs(TimeProvider time)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private readonly Lock _lock = new();
    private readonly Dictionary<string, EndedBuild> _ended = new(StringComparer.Ordinal);
    private readonly Dictionary<string, TaskCompletionSource<SolveJob>> _jobs = new(StringComparer.Ordinal);

    public void Add(SolveJob job)
    {
        lock (_lock)
        {
            Forget(job.Reference);
            var entry = Entry(job.Reference);
            if (!entry.TrySetResult(job))
            {
                throw new GrpcException(GrpcCode.AlreadyExists, $"job ID {job.Reference} exists");
            }
        }
    }

    /// <summary>The build has ended; its news can be had for a while.</summary>
    public void Remove(SolveJob job)
    {
        lock (_lock)
        {
            var (reference, board) = (job.Reference, job.Board);
            _jobs.Remove(reference);
            Forget(reference);
            _ended[reference] = new EndedBuild(board, time.CreateTimer(_ => Expire(reference, board), null, Patience, Timeout.InfiniteTimeSpan));
        }
    }

    /// <summary>The news of a build that goes on, comes, or has just ended: callers ask for them beside their build, which may be over first.</summary>
    /// <exception cref="GrpcException">There is none.</exception>
    public async Task<StatusBoard> GetBoardAsync(string reference, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            if (_ended.TryGetValue(reference, out var ended))
            {
                return ended.Board;
            }
        }

        return (await GetAsync(reference, cancellationToken)).Board;
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

    private void Expire(string reference, StatusBoard board)
    {
        lock (_lock)
        {
            if (_ended.TryGetValue(reference, out var ended) && ended.Board == board)
            {
                Forget(reference);
            }
        }
    }

    private void Forget(string reference)
    {
        if (_ended.Remove(reference, out var ended))
        {
            ended.Forgetting.Dispose();
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

    private sealed record EndedBuild(StatusBoard Board, ITimer Forgetting);
}
