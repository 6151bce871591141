using Microsoft.Extensions.Logging;
using Naru.Containers.Engine;
using Naru.Containers.Store;
using Naru.Core.Containers;
using Naru.Core.Errors;
using Naru.Core.Networks;
using Naru.Linux.Notify;
using Naru.Linux.Processes;

namespace Naru.Containers.Lifecycle;

/// <summary>
/// A container's way from start to end. Methods named …Inside need the cell's gate. Steps of a start: assemble, create under
/// a monitor, connect attached clients, execute, note it, tell. A failure at any step takes everything apart again.
/// </summary>
internal sealed partial class ContainerLifecycle(
    EnginePorts ports,
    ContainerStore store,
    ContainerAssembly assembly,
    MonitorLauncher launcher,
    RunLayout layout,
    ContainerEvents events,
    BackgroundWork background,
    DescriptorPoller poller,
    ContainersOptions options,
    ILogger<ContainerLifecycle> logger)
{
    /// <summary>Exit code of a container whose end nobody saw.</summary>
    private const int UnknownExit = 255;

    /// <summary>Called when a run has begun or was adopted, inside the gate; the token ends with the run.</summary>
    public event Action<ContainerCell, CancellationToken>? RunBegan;

    /// <summary>Removes an ended container that asked for it.</summary>
    public Func<ContainerCell, Task>? RemoveEnded { get; set; }

    /// <summary>Starts a container that does not live.</summary>
    public async Task StartInsideAsync(ContainerCell cell, CancellationToken cancellationToken)
    {
        var container = cell.Value;
        CheckStartable(container);
        CancelPendingRestart(cell);
        var program = container.Arguments[0];
        ChildProcess monitor;
        try
        {
            var begun = ports.Time.GetTimestamp();
            var (network, user) = await assembly.BuildAsync(container, cancellationToken);
            var assembled = ports.Time.GetElapsedTime(begun);
            (monitor, var pid) = await launcher.CreateAsync(container, program, cancellationToken);
            assembly.Made(container.Id);
            SetPriority(container, pid);
            var created = ports.Time.GetElapsedTime(begun);
            if (cell.Console.IsWanted)
            {
                await cell.Console.ConnectAsync(layout.BundleOf(cell.Id), container.Spec.Process, cancellationToken);
            }

            await launcher.StartAsync(container, program, cancellationToken);
            NoteRunning(cell, pid, network, user);
            LogStarted(cell.Id.Short, assembled, created, ports.Time.GetElapsedTime(begun));
        }
        catch (Exception failure)
        {
            await UndoStartInsideAsync(cell, failure);
            throw Explain(failure);
        }

        events.Publish(cell.Value, "start");
        BeginRun(cell);
        background.Run($"the watch of container {cell.Id.Short}", stop => WatchMonitorAsync(cell, monitor, stop));
    }

    // The runtime could not, having become somebody who may not.
    private static void SetPriority(Container container, int pid)
    {
        if (container.Spec.Isolation.Users is not null)
        {
            ProcessReference.SetOutOfMemoryScore(pid, container.Spec.Resources.OomScoreAdjustment);
        }
    }

    /// <summary>Gives back what a run used. What cannot be given back now is tried again by the next start or the removal.</summary>
    private async Task ReleaseAsync(Container container)
    {
        try
        {
            await assembly.ReleaseAsync(container, CancellationToken.None);
        }
        catch (Exception failure) when (failure is NaruException or IOException or UnauthorizedAccessException)
        {
            LogNotReleased(container.Id.Short, failure);
        }
    }

    /// <summary>Takes over a run that an earlier naru began.</summary>
    public void AdoptInside(ContainerCell cell, int pid, SandboxNetwork network, ProcessReference monitor)
    {
        if (cell.Value.Status.Phase is not (ContainerPhase.Running or ContainerPhase.Paused))
        {
            NoteRunning(cell, pid, network, cell.Value.Status.User);
        }
        else
        {
            cell.Set(cell.Value with { Status = cell.Value.Status with { Pid = pid, Network = network } });
        }

        BeginRun(cell);
        background.Run($"the watch of container {cell.Id.Short}", stop => WatchMonitorAsync(cell, monitor, stop));
    }

    /// <summary>Handles the end of a run: releases what it used, decides about a restart, tells.</summary>
    public async Task EndInsideAsync(ContainerCell cell)
    {
        EndRun(cell);
        var container = cell.Value;
        var (exitCode, error) = ReadExit(container);
        var oomKilled = layout.CgroupOf(container).OomKills > 0;
        await ReleaseAsync(container);
        var now = ports.Time.GetUtcNow();
        var lasted = now - (container.Status.StartedAt ?? now);
        var restart = RestartLaw.AfterExit(container.Spec.Restart, container.Status, exitCode) && !background.Stopping.IsCancellationRequested;
        var status = container.Status with
        {
            Phase = restart ? ContainerPhase.Restarting : ContainerPhase.Exited,
            Pid = 0,
            ExitCode = exitCode,
            Error = error,
            OomKilled = oomKilled,
            FinishedAt = now,
            Network = SandboxNetwork.None,
            RestartCount = restart ? container.Status.RestartCount + 1 : container.Status.RestartCount,
        };
        Save(cell, container with { Status = status });
        if (oomKilled && !container.Status.OomKilled)
        {
            events.Publish(cell.Value, "oom");
        }

        events.Died(cell.Value, exitCode, lasted);
        cell.Waits.ReleaseExit(new ContainerExit(exitCode, error));
        if (restart)
        {
            ScheduleRestart(cell, lasted);
        }
        else if (container.Spec.AutoRemove && RemoveEnded is { } remove)
        {
            background.Run($"the removal of container {cell.Id.Short}", _ => remove(cell));
        }
    }

    /// <summary>Writes and shows a new value. What was asked is shown only where it could be written; what is happens whether the disk is full or not,
    /// and the next start works it out again.</summary>
    public void Save(ContainerCell cell, Container next)
    {
        var before = cell.Value;
        cell.Set(next);
        try
        {
            store.Save(next);
        }
        catch (IOException failure) when (ReferenceEquals(before.Spec, next.Spec) && before.Name == next.Name)
        {
            LogNotStored(next.Id.Short, failure);
        }
        catch
        {
            cell.Set(before);
            throw;
        }
    }

    /// <summary>Stops waiting for an automatic start.</summary>
    public static void CancelPendingRestart(ContainerCell cell)
    {
        cell.PendingRestart?.Cancel();
        cell.PendingRestart = null;
    }

    /// <summary>Starts a container again after its wait.</summary>
    public void ScheduleRestart(ContainerCell cell, TimeSpan lasted)
    {
        cell.RestartDelay = RestartLaw.NextDelay(cell.RestartDelay, lasted, options);
        var pending = new CancellationTokenSource();
        cell.PendingRestart = pending;
        var delay = cell.RestartDelay;
        background.Run($"the restart of container {cell.Id.Short}", async stop =>
        {
            using var either = CancellationTokenSource.CreateLinkedTokenSource(stop, pending.Token);
            await Task.Delay(delay, ports.Time, either.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            using var turn = await cell.Gate.EnterAsync(stop);
            if (!pending.IsCancellationRequested && cell.Value.Status.Phase == ContainerPhase.Restarting)
            {
                await RestartInsideAsync(cell, stop);
            }
        });
    }

    private async Task RestartInsideAsync(ContainerCell cell, CancellationToken stop)
    {
        try
        {
            cell.PendingRestart = null;
            await StartInsideAsync(cell, stop);
        }
        catch (NaruException failure)
        {
            LogRestartFailed(cell.Id.Short, failure.Message);
            var status = cell.Value.Status;
            if (RestartLaw.AfterExit(cell.Value.Spec.Restart, status, status.ExitCode == 0 ? UnknownExit : status.ExitCode))
            {
                Save(cell, cell.Value with { Status = status with { Phase = ContainerPhase.Restarting, RestartCount = status.RestartCount + 1 } });
                ScheduleRestart(cell, TimeSpan.Zero);
            }
            else
            {
                cell.Waits.ReleaseExit(new ContainerExit(status.ExitCode, status.Error));
            }
        }
    }

    private void NoteRunning(ContainerCell cell, int pid, SandboxNetwork network, ProcessUser? user) => Save(cell, cell.Value with
    {
        Status = cell.Value.Status with
        {
            Phase = ContainerPhase.Running,
            Pid = pid,
            ExitCode = 0,
            Error = "",
            OomKilled = false,
            StartedAt = ports.Time.GetUtcNow(),
            StoppedByUser = false,
            Health = null,
            User = user,
            Network = network,
        },
    });

    private void BeginRun(ContainerCell cell)
    {
        var run = new CancellationTokenSource();
        cell.Run = run;
        RunBegan?.Invoke(cell, run.Token);
    }

    private static void EndRun(ContainerCell cell)
    {
        cell.Run?.Cancel();
        cell.Run?.Dispose();
        cell.Run = null;
    }

    private async Task WatchMonitorAsync(ContainerCell cell, ChildProcess monitor, CancellationToken stop)
    {
        using (monitor)
        {
            await AwaitMonitorAsync(cell, monitor.Exited, stop);
        }

        await AfterMonitorAsync(cell, stop);
    }

    private async Task WatchMonitorAsync(ContainerCell cell, ProcessReference monitor, CancellationToken stop)
    {
        using (monitor)
        {
            await AwaitMonitorAsync(cell, monitor.ExitedAsync(poller, stop), stop);
        }

        await AfterMonitorAsync(cell, stop);
    }

    /// <summary>
    /// Waits for the monitor's end. A client that takes no output keeps the monitor waiting, and must not keep the container's
    /// end from being seen: some time after the container's own end such clients are cut off.
    /// </summary>
    private async Task AwaitMonitorAsync(ContainerCell cell, Task monitorEnded, CancellationToken stop)
    {
        using (var process = ProcessReference.TryOpen(cell.Value.Status.Pid))
        {
            if (process is not null)
            {
                await Task.WhenAny(process.ExitedAsync(poller, stop), monitorEnded);
            }
        }

        while (!await EndsAsync(monitorEnded, options.StalledClientPatience, stop))
        {
            cell.Console.Abandon();
        }
    }

    private async Task<bool> EndsAsync(Task ended, TimeSpan patience, CancellationToken stop)
    {
        try
        {
            await ended.WaitAsync(patience, ports.Time, stop);
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
    }

    private async Task AfterMonitorAsync(ContainerCell cell, CancellationToken stop)
    {
        // Who waits for the end and then looks at what an attached client was given must find all of it.
        await EndsAsync(cell.Console.DeliveredAsync(), options.DeliveryPatience, stop);
        using var turn = await cell.Gate.EnterAsync(stop);
        if (cell.Value.IsLive)
        {
            await EndInsideAsync(cell);
        }
    }

    private (int ExitCode, string Error) ReadExit(Container container)
    {
        var file = layout.ExitFileOf(container.Id);
        if (File.Exists(file) && int.TryParse(File.ReadAllText(file), out var code))
        {
            return (code, "");
        }

        if (!Directory.Exists(layout.BundleOf(container.Id)))
        {
            return (UnknownExit, ""); // the machine was started anew meanwhile
        }

        // The monitor was killed, so output and input of the container lead nowhere: it cannot go on.
        LogMonitorLost(container.Id.Short);
        return (137, "the monitor of the container ended unexpectedly");
    }

    private async Task UndoStartInsideAsync(ContainerCell cell, Exception failure)
    {
        await ReleaseAsync(cell.Value);
        cell.Console.EndAll();
        var status = cell.Value.Status;
        var shown = Explain(failure);
        Save(cell, cell.Value with
        {
            Status = status with
            {
                Phase = status.Phase == ContainerPhase.Restarting ? ContainerPhase.Exited : status.Phase,
                ExitCode = shown.ExitCode ?? 128,
                Error = shown.Message,
                Pid = 0,
                Network = SandboxNetwork.None,
            },
        });
        if (cell.Value.Spec.AutoRemove && RemoveEnded is { } remove)
        {
            cell.Waits.ReleaseExit(new ContainerExit(shown.ExitCode ?? 128, shown.Message));
            background.Run($"the removal of container {cell.Id.Short}", _ => remove(cell));
        }
    }

    private static NaruException Explain(Exception failure) => failure switch
    {
        NaruException known => known,
        OperationCanceledException => new NaruException(ErrorKind.Unavailable, "the start was given up", failure),
        _ => new NaruException(ErrorKind.Internal, failure.Message, failure),
    };

    private static void CheckStartable(Container container)
    {
        switch (container.Status.Phase)
        {
            case ContainerPhase.Running:
                throw new NaruException(ErrorKind.NotModified, $"container {container.Id} is already running");
            case ContainerPhase.Paused:
                throw NaruException.Conflict("cannot start a paused container, try unpause instead");
            case ContainerPhase.Removing or ContainerPhase.Dead:
                throw NaruException.Conflict("container is marked for removal and cannot be started");
        }
    }

    [LoggerMessage(3020, LogLevel.Warning, "The monitor of container {Container} ended without an exit code; the container is ended too")]
    private partial void LogMonitorLost(string container);

    [LoggerMessage(3022, LogLevel.Debug, "Container {Container} started; assembled after {Assembled}, created after {Created}, executed after {Executed}")]
    private partial void LogStarted(string container, TimeSpan assembled, TimeSpan created, TimeSpan executed);

    [LoggerMessage(3023, LogLevel.Error, "Something that container {Container} used could not be given back")]
    private partial void LogNotReleased(string container, Exception failure);

    [LoggerMessage(3024, LogLevel.Warning, "The state of container {Container} could not be written")]
    private partial void LogNotStored(string container, Exception failure);

    [LoggerMessage(3021, LogLevel.Warning, "Container {Container} could not be started again: {Reason}")]
    private partial void LogRestartFailed(string container, string reason);
}
