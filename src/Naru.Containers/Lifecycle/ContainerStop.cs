using Naru.Containers.Engine;
using Naru.Core.Containers;
using Naru.Core.Errors;
using Naru.Linux.Processes;

namespace Naru.Containers.Lifecycle;

/// <summary>Signals, stops and freezes containers.</summary>
internal sealed class ContainerStop(EnginePorts ports, ContainerLifecycle lifecycle, RunLayout layout, ContainerEvents events, ContainersOptions options)
{
    /// <summary>
    /// Asks the container to end, kills it when the time is over, and returns when it has ended. What has begun goes on
    /// although the caller leaves.
    /// </summary>
    public async Task StopAsync(ContainerCell cell, StopOptions stop, CancellationToken cancellationToken)
    {
        var process = cell.Value.Spec.Process;
        var signal = Signals.Parse(stop.Signal is { Length: > 0 } asked ? asked : process.StopSignal is { Length: > 0 } own ? own : "SIGTERM");
        var timeout = stop.Timeout ?? process.StopTimeout ?? options.StopTimeout;
        Task<ContainerExit> ended;
        using (await cell.Gate.EnterAsync(cancellationToken))
        {
            if (EndRestartingInside(cell))
            {
                return;
            }

            if (!cell.Value.IsLive)
            {
                throw new NaruException(ErrorKind.NotModified, $"container {cell.Id} is already stopped");
            }

            ended = cell.Waits.NextExit;
            MarkStopped(cell);
            await SignalInsideAsync(cell, signal, CancellationToken.None);
        }

        if (!await EndsWithinAsync(ended, timeout, CancellationToken.None))
        {
            await await SignalLiveAsync(cell, Signals.Kill, CancellationToken.None);
        }

        events.Publish(cell.Value, "stop");
    }

    /// <summary>Kills the container and waits for its end; does nothing where it does not live.</summary>
    public async Task EndAsync(ContainerCell cell, CancellationToken cancellationToken)
    {
        Task<ContainerExit> ended;
        using (await cell.Gate.EnterAsync(cancellationToken))
        {
            if (EndRestartingInside(cell) || !cell.Value.IsLive)
            {
                return;
            }

            ended = cell.Waits.NextExit;
            MarkStopped(cell);
            await SignalInsideAsync(cell, Signals.Kill, CancellationToken.None);
        }

        await ended;
    }

    /// <summary>Ends an unhealthy container as a stop would, and starts it again unless its own policy does.</summary>
    public async Task RestartUnhealthyAsync(ContainerCell cell, CancellationToken cancellationToken)
    {
        var process = cell.Value.Spec.Process;
        var signal = process.StopSignal is { Length: > 0 } own ? Signals.Parse(own) : Signals.Terminate;
        var ended = await SignalLiveAsync(cell, signal, cancellationToken);
        if (!await EndsWithinAsync(ended, process.StopTimeout ?? options.StopTimeout, cancellationToken))
        {
            await (await SignalLiveAsync(cell, Signals.Kill, cancellationToken)).WaitAsync(cancellationToken);
        }

        using var turn = await cell.Gate.EnterAsync(cancellationToken);
        if (cell.Value.Status is { Phase: ContainerPhase.Exited, StoppedByUser: false } && !cell.Value.Spec.AutoRemove)
        {
            await lifecycle.StartInsideAsync(cell, cancellationToken);
        }
    }

    /// <summary>Sends a signal, inside the gate. A container that is killed does not start again by itself.</summary>
    public async Task KillInsideAsync(ContainerCell cell, int signal, CancellationToken cancellationToken)
    {
        var container = cell.Value;
        if (container.Status.Phase == ContainerPhase.Restarting && signal == Signals.Kill && EndRestartingInside(cell))
        {
            return;
        }

        if (!container.IsLive)
        {
            throw NaruException.Conflict($"cannot kill container: {container.Id}: container {container.Id} is not running");
        }

        var stopSignal = container.Spec.Process.StopSignal is { Length: > 0 } own ? Signals.Parse(own) : Signals.Terminate;
        if (signal == Signals.Kill || signal == stopSignal)
        {
            MarkStopped(cell);
        }

        await SignalInsideAsync(cell, signal, cancellationToken);
    }

    public async Task PauseInsideAsync(ContainerCell cell, CancellationToken cancellationToken)
    {
        switch (cell.Value.Status.Phase)
        {
            case ContainerPhase.Paused:
                throw NaruException.Conflict($"container {cell.Id} is already paused");
            case ContainerPhase.Restarting:
                throw NaruException.Conflict($"container {cell.Id} is restarting, wait until the container is running");
            case not ContainerPhase.Running:
                throw NaruException.Conflict($"container {cell.Id} is not running");
        }

        await layout.CgroupOf(cell.Value).FreezeAsync(ports.Time, cancellationToken);
        lifecycle.Save(cell, cell.Value with { Status = cell.Value.Status with { Phase = ContainerPhase.Paused } });
        events.Publish(cell.Value, "pause");
    }

    public async Task UnpauseInsideAsync(ContainerCell cell, CancellationToken cancellationToken)
    {
        if (cell.Value.Status.Phase != ContainerPhase.Paused)
        {
            throw NaruException.Conflict($"container {cell.Id} is not paused");
        }

        await layout.CgroupOf(cell.Value).ThawAsync(ports.Time, cancellationToken);
        lifecycle.Save(cell, cell.Value with { Status = cell.Value.Status with { Phase = ContainerPhase.Running } });
        events.Publish(cell.Value, "unpause");
    }

    /// <summary>Signals a container that lives; the result ends with it.</summary>
    private async Task<Task> SignalLiveAsync(ContainerCell cell, int signal, CancellationToken cancellationToken)
    {
        using var turn = await cell.Gate.EnterAsync(cancellationToken);
        if (!cell.Value.IsLive)
        {
            return Task.CompletedTask;
        }

        var ended = cell.Waits.NextExit;
        await SignalInsideAsync(cell, signal, cancellationToken);
        return ended;
    }

    private async Task SignalInsideAsync(ContainerCell cell, int signal, CancellationToken cancellationToken)
    {
        var container = cell.Value;
        using (var process = ProcessReference.TryOpen(container.Status.Pid))
        {
            process?.Signal(signal);
        }

        events.Killed(container, signal);
        if (container.Status.Phase == ContainerPhase.Paused && signal == Signals.Kill)
        {
            // A frozen process cannot even die.
            await layout.CgroupOf(container).ThawAsync(ports.Time, cancellationToken);
        }
    }

    private void MarkStopped(ContainerCell cell) =>
        lifecycle.Save(cell, cell.Value with { Status = cell.Value.Status with { StoppedByUser = true } });

    private bool EndRestartingInside(ContainerCell cell)
    {
        var status = cell.Value.Status;
        if (status.Phase != ContainerPhase.Restarting)
        {
            return false;
        }

        ContainerLifecycle.CancelPendingRestart(cell);
        lifecycle.Save(cell, cell.Value with { Status = status with { Phase = ContainerPhase.Exited, StoppedByUser = true } });
        cell.Waits.ReleaseExit(new ContainerExit(status.ExitCode));
        events.Publish(cell.Value, "stop");
        return true;
    }

    private async Task<bool> EndsWithinAsync(Task ended, TimeSpan timeout, CancellationToken cancellationToken)
    {
        try
        {
            await ended.WaitAsync(timeout < TimeSpan.Zero ? Timeout.InfiniteTimeSpan : timeout, ports.Time, cancellationToken);
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
    }
}
