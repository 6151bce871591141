using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Naru.Core.Errors;
using Naru.Objects.Api;
using Naru.Objects.Resources;
using Naru.Scheduling.Queueing;

namespace Naru.Scheduling.Running;

/// <summary>Runs the scheduler: everything that touches its state passes one queue and one task; writes go on beside it.</summary>
internal sealed partial class SchedulerLoop(
    IObjects objects,
    SchedulingOptions options,
    PodWriter writer,
    EventWriter events,
    VolumeBinder volumes,
    SchedulerMetrics metrics,
    TimeProvider time,
    ILogger<SchedulerLoop> logger) : IDisposable
{
    private const int BindsInFlight = 4;
    private const int TellersInFlight = 16;

    private readonly Channel<Action> _inbox = Channel.CreateBounded<Action>(new BoundedChannelOptions(16384) { SingleReader = true });
    private SchedulingCore _core = new(options, time, new DefaultSpread(objects).Of);
    private readonly HashSet<Task> _writes = [];
    private readonly SemaphoreSlim _tellers = new(TellersInFlight);
    private readonly HashSet<GroupResource> _snapshots = [];
    private readonly UntoldPods _untold = new(time);
    private int _binds;

    public SchedulingCore Core => _core;

    /// <summary>Runs until it is told to end; then waits for its writes. May be run again, and then begins with what stands.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        Restart();
        List<Task> children = [events.RunAsync(cancellationToken), TickAsync(cancellationToken)];
        children.AddRange(Kinds.Watched.Select(resource => new WatchFeed(objects, resource, change => TellAsync(resource, change, cancellationToken), time, logger).RunAsync(cancellationToken)));
        try
        {
            await using var alarm = time.CreateTimer(_ => _inbox.Writer.TryWrite(static () => { }), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            while (await _inbox.Reader.WaitToReadAsync(cancellationToken))
            {
                TurnOver(alarm, cancellationToken);
            }
        }
        finally
        {
            await Task.WhenAll(children.Concat(_writes)).ContinueWith(static _ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
        }
    }

    public void Dispose() => _tellers.Dispose();

    /// <summary>Runs something where the scheduler's state may be touched.</summary>
    public async Task<T> AskAsync<T>(Func<SchedulingCore, T> ask, CancellationToken cancellationToken)
    {
        var answer = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        await _inbox.Writer.WriteAsync(
            () =>
            {
                try
                {
                    answer.SetResult(ask(_core));
                }
                catch (Exception failure)
                {
                    // The asker's own failure, not the scheduler's.
                    answer.SetException(failure);
                }
            },
            cancellationToken);
        return await answer.Task.WaitAsync(cancellationToken);
    }

    // What an earlier run left behind is of no use: the watches tell everything anew.
    private void Restart()
    {
        if (_snapshots.Count == 0)
        {
            return;
        }

        while (_inbox.Reader.TryRead(out var step))
        {
            Do(step);
        }

        _core = new SchedulingCore(options, time, new DefaultSpread(objects).Of);
        _snapshots.Clear();
        _writes.Clear();
        _untold.Take(static _ => false);
        _binds = 0;
    }

    private void TurnOver(ITimer alarm, CancellationToken cancellationToken)
    {
        bool more;
        do
        {
            for (var count = 0; count < 4096 && _inbox.Reader.TryRead(out var step); count++)
            {
                Do(step);
            }

            _core.Wake();
            more = _snapshots.Count == Kinds.Watched.Length && _binds < BindsInFlight && Schedule(cancellationToken);
            _writes.RemoveWhere(static task => task.IsCompleted);
        }
        while (more);

        if (!_untold.IsEmpty && (_binds == 0 || _untold.IsOverdue))
        {
            _untold.Take(queued => _core.Queue.Find(queued.Facts.Key) == queued && queued.State is WaitingFor.Change or WaitingFor.Backoff).ForEach(decision => Tell(decision, cancellationToken));
        }

        if (_core.Queue.NextBackoff is { } next)
        {
            var wait = next - time.GetUtcNow();
            alarm.Change(wait > TimeSpan.FromMilliseconds(1) ? wait : TimeSpan.FromMilliseconds(1), Timeout.InfiniteTimeSpan);
        }
    }

    private void Do(Action step)
    {
        try
        {
            step();
        }
        catch (Exception failure)
        {
            // One object that cannot be read must not keep all others from being placed.
            LogStepFailed(failure);
        }
    }

    // True if the batch was full: there may be more.
    private bool Schedule(CancellationToken cancellationToken)
    {
        List<Decision> bound = [];
        var count = 0;
        for (; count < options.BatchSize; count++)
        {
            var start = time.GetTimestamp();
            if (_core.Next() is not { } decision)
            {
                break;
            }

            var pod = decision.Pod.Facts;
            metrics.Tried(decision.Node is null ? "unschedulable" : "scheduled", pod.Scheduler, time.GetElapsedTime(start));
            if (decision.Node is null)
            {
                Refuse(decision, cancellationToken);
            }
            else if (decision.Volumes.Count > 0)
            {
                _writes.Add(BindWithVolumesAsync(decision, cancellationToken));
            }
            else
            {
                bound.Add(decision);
            }
        }

        if (bound.Count > 0)
        {
            _binds++;
            _writes.Add(Task.Run(() => BindAsync(bound, true, cancellationToken), cancellationToken));
        }

        return count == options.BatchSize;
    }

    private void Refuse(Decision decision, CancellationToken cancellationToken)
    {
        if (decision.Victims.Count > 0)
        {
            Tell(decision, cancellationToken);
        }
        else
        {
            _untold.Set(decision);
        }
    }

    private void Tell(Decision decision, CancellationToken cancellationToken)
    {
        var queued = decision.Pod;
        queued.Told = decision.Message;
        events.Add(queued.Facts, "Warning", "FailedScheduling", "Scheduling", decision.Message);
        if (decision.Victims.Count > 0)
        {
            metrics.Preempted(decision.Victims.Count);
        }

        _writes.Add(RefuseAsync(decision, cancellationToken));
    }

    private async Task RefuseAsync(Decision decision, CancellationToken cancellationToken)
    {
        await _tellers.WaitAsync(cancellationToken);
        try
        {
            await writer.TellAsync(decision.Pod.Facts, "Unschedulable", decision.Message, decision.Nominated, cancellationToken);
            await writer.EvictAsync(decision.Pod.Facts, decision.Victims, decision.Nominated, cancellationToken);
        }
        finally
        {
            _tellers.Release();
        }
    }

    private async Task BindWithVolumesAsync(Decision decision, CancellationToken cancellationToken)
    {
        try
        {
            await volumes.BindAsync(decision, cancellationToken);
        }
        catch (NaruException failure)
        {
            events.Add(decision.Pod.Facts, "Warning", "FailedScheduling", "Scheduling", failure.Message);
            await _inbox.Writer.WriteAsync(() => _core.Rollback(decision.Pod, false), cancellationToken);
            return;
        }

        await BindAsync([decision], false, cancellationToken);
    }

    private async Task BindAsync(List<Decision> decisions, bool counted, CancellationToken cancellationToken)
    {
        IReadOnlyList<NaruException?> answers;
        try
        {
            answers = await objects.BindAsync([.. decisions.Select(static one => new PodBinding(one.Pod.Facts.Namespace, one.Pod.Facts.Name, one.Pod.Facts.Uid, one.Node!))], cancellationToken);
        }
        catch (NaruException failure)
        {
            answers = [.. decisions.Select(_ => failure)];
        }

        await _inbox.Writer.WriteAsync(() => Settle(decisions, answers, counted), cancellationToken);
    }

    private void Settle(List<Decision> decisions, IReadOnlyList<NaruException?> answers, bool counted)
    {
        _binds -= counted ? 1 : 0;
        for (var at = 0; at < decisions.Count; at++)
        {
            var (queued, failure) = (decisions[at].Pod, answers[at]);
            if (failure is null)
            {
                metrics.Bound(time.GetUtcNow() - queued.Arrived);
                events.Add(queued.Facts, "Normal", "Scheduled", "Binding", $"Successfully assigned {queued.Facts.Namespace}/{queued.Facts.Name} to {decisions[at].Node}");
            }
            else
            {
                LogNotBound(queued.Facts.Namespace, queued.Facts.Name, decisions[at].Node!, failure.Message);
                _core.Rollback(queued, failure.Kind == ErrorKind.NotFound);
            }
        }
    }

    private ValueTask TellAsync(GroupResource resource, ObjectChange change, CancellationToken cancellationToken) => change.Object is not null
        ? _inbox.Writer.WriteAsync(() => _core.Apply(resource, change), cancellationToken)
        : change.IsSnapshotEnd ? _inbox.Writer.WriteAsync(() => _snapshots.Add(resource), cancellationToken) : ValueTask.CompletedTask;

    private async Task TickAsync(CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(30), time);
        while (await timer.WaitForNextTickAsync(cancellationToken))
        {
            await _inbox.Writer.WriteAsync(Tick, cancellationToken);
        }
    }

    private void Tick()
    {
        _core.Queue.WakeOld();
        metrics.Pending = new Dictionary<string, long>
        {
            ["active"] = _core.Queue.Count(WaitingFor.Turn),
            ["backoff"] = _core.Queue.Count(WaitingFor.Backoff),
            ["unschedulable"] = _core.Queue.Count(WaitingFor.Change),
            ["gated"] = _core.Queue.Count(WaitingFor.Gates),
        };
    }

    [LoggerMessage(14030, LogLevel.Debug, "Pod {Namespace}/{Name} was not bound to {Node}: {Problem}")]
    private partial void LogNotBound(string @namespace, string name, string node, string problem);

    [LoggerMessage(14031, LogLevel.Error, "The scheduler could not take a change in")]
    private partial void LogStepFailed(Exception failure);
}
