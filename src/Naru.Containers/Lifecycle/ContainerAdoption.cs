using System.Globalization;
using Microsoft.Extensions.Logging;
using Naru.Containers.Engine;
using Naru.Containers.Health;
using Naru.Containers.Store;
using Naru.Core.Containers;
using Naru.Core.Lifetime;
using Naru.Core.Networks;
using Naru.Linux.Cgroups;
using Naru.Linux.Processes;

namespace Naru.Containers.Lifecycle;

/// <summary>
/// Takes over after a start of naru: live containers go on under their monitors, ends that happened meanwhile are handled,
/// what an earlier naru left half-made is undone, and what the restart policies ask for is started.
/// </summary>
internal sealed partial class ContainerAdoption(
    EnginePorts ports,
    ImageMounts images,
    ContainerTable table,
    ContainerStore store,
    ContainerAssembly assembly,
    ContainerLifecycle lifecycle,
    ContainerRemoval removal,
    RunLayout layout,
    CgroupLayout cgroups,
    BackgroundWork background,
    ContainerHoldings holdings,
    HealthMonitor health,
    OutOfMemoryWatch outOfMemory,
    ILogger<ContainerAdoption> logger) : IEngineStage
{
    /// <summary>How many containers are settled side by side.</summary>
    private const int AtOnce = 16;

    public int Order => 500;

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        layout.CreateDirectories();
        health.Attach();
        outOfMemory.Attach();
        lifecycle.RemoveEnded = cell => removal.RemoveAsync(cell, new RemoveOptions(Volumes: true), CancellationToken.None);
        CgroupMending.DelegateControllers(cgroups, layout.CgroupRoot);
        var (whole, drafts) = store.LoadAll();
        foreach (var container in whole)
        {
            table.Add(new ContainerCell(container));
            if (!table.TryReserve(container.Name, container.Id, out var owner))
            {
                LogNameTwice(container.Name, container.Id.Short, owner.Short);
            }
        }

        ports.Images.AddUser(holdings);
        ports.Volumes.AddUser(holdings);
        var cells = table.Cells.ToList();
        var live = cells.Select(cell => (Cell: cell, Live: FindLive(cell.Value))).ToList();
        var networks = await ports.Sandboxes.AdoptAsync(
            [.. live.Where(static pair => pair.Live is not null).Select(pair => assembly.RequestOf(pair.Cell.Value))], cancellationToken);
        var many = new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellationToken };
        await Parallel.ForEachAsync(
            live, many, (pair, token) => GuardAsync(pair.Cell.Value, () => SettleAsync(pair.Cell, pair.Live, networks, token)));
        foreach (var cell in table.Cells.Where(static cell => cell.Value.Spec.Internal).ToList())
        {
            // The work it was part of ended with the naru that did it.
            await removal.RemoveAsync(cell, new RemoveOptions(Force: true, Volumes: true), cancellationToken);
        }

        await Parallel.ForEachAsync(drafts, many, (draft, _) => GuardAsync(draft, () => removal.ReleaseAsync(draft, volumes: true)));

        await ports.Snapshots.SweepAsync(table.Cells.SelectMany(static cell => ImageMounts.KeysOf(cell.Value).Append(cell.Value.SnapshotKey)).ToHashSet(), cancellationToken);
        SweepRunDirectory();
        StartWanted();
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await background.DisposeAsync();
        if (!table.Cells.Any(static cell => cell.Value.IsLive))
        {
            new ControlGroup(cgroups, layout.CgroupRoot).TryDelete();
        }
    }

    /// <summary>One container's trouble must not keep naru, and with it all others, down.</summary>
    private async ValueTask GuardAsync(Container container, Func<Task> work)
    {
        try
        {
            await work();
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            LogUnsettled(container.Id.Short, failure);
        }
    }

    private async Task SettleAsync(
        ContainerCell cell, LiveRun? live, IReadOnlyDictionary<ContainerId, SandboxNetwork> networks, CancellationToken cancellationToken)
    {
        using var turn = await cell.Gate.EnterAsync(cancellationToken);
        var container = cell.Value;
        if (live is not null)
        {
            await ports.Snapshots.AdoptAsync(container.SnapshotKey, cancellationToken);
            await images.AdoptAsync(container, cancellationToken);
            foreach (var mount in container.Mounts.Where(static mount => mount.Kind == MountKind.Volume))
            {
                await ports.Volumes.MountAsync(mount.VolumeName, container.Id.Value, cancellationToken);
            }

            lifecycle.AdoptInside(cell, live.Pid, networks.GetValueOrDefault(container.Id) ?? container.Status.Network, live.Monitor);
        }
        else if (container.IsLive || (File.Exists(layout.ExitFileOf(container.Id)) && container.Status.Phase is not (ContainerPhase.Removing or ContainerPhase.Dead)))
        {
            await SettleEndedAsync(cell);
        }
        else
        {
            await SettleStoppedAsync(cell, cancellationToken);
        }
    }

    // It ended while no naru watched: by its exit file, or with the machine.
    private async Task SettleEndedAsync(ContainerCell cell)
    {
        if (!cell.Value.IsLive)
        {
            // The start had been carried out but not yet been noted.
            lifecycle.Save(cell, cell.Value with { Status = cell.Value.Status with { Phase = ContainerPhase.Running, StartedAt = ports.Time.GetUtcNow() } });
        }

        await lifecycle.EndInsideAsync(cell);
    }

    private async Task SettleStoppedAsync(ContainerCell cell, CancellationToken cancellationToken)
    {
        var container = cell.Value;
        if (Directory.Exists(layout.BundleOf(container.Id)) || layout.CgroupOf(container).Exists)
        {
            await assembly.ReleaseAsync(container, cancellationToken);
        }

        if (container.Status.Phase is ContainerPhase.Removing or ContainerPhase.Dead)
        {
            await removal.RemoveInsideAsync(cell, container.Spec.AutoRemove);
        }
        else if (container.Status.Phase == ContainerPhase.Exited && container.Spec.AutoRemove)
        {
            await removal.RemoveInsideAsync(cell, volumes: true);
        }
        else if (container.Status.Phase == ContainerPhase.Restarting)
        {
            lifecycle.ScheduleRestart(cell, TimeSpan.Zero);
        }
    }

    private void StartWanted()
    {
        foreach (var cell in table.Cells.Where(static cell => cell.Value.Status.Phase == ContainerPhase.Exited && RestartLaw.AfterBoot(cell.Value.Spec.Restart, cell.Value.Status)))
        {
            background.Run($"the start of container {cell.Id.Short}", async stop =>
            {
                using var turn = await cell.Gate.EnterAsync(stop);
                if (cell.Value.Status.Phase == ContainerPhase.Exited)
                {
                    await lifecycle.StartInsideAsync(cell, stop);
                }
            });
        }
    }

    /// <summary>The monitor and first process of a container that is executed and lives, or has ended just now so that its monitor is yet to note how; null when any of it is missing.</summary>
    private LiveRun? FindLive(Container container)
    {
        if (!Directory.Exists(layout.BundleOf(container.Id)) || File.Exists(layout.ExitFileOf(container.Id)))
        {
            return null;
        }

        var created = container.Status.Phase is ContainerPhase.Running or ContainerPhase.Paused || IsExecuted(container);
        if (!created || ReadPid(layout.PidFileOf(container.Id)) is not { } first)
        {
            return null;
        }

        // The monitor is the first process's parent: it takes in the orphans of the runtime.
        var parent = layout.CgroupOf(container).Processes().Contains(first) ? ProcessReference.ParentOf(first) : null;
        var monitor = (parent ?? FindMonitor(container.Id)) is { } pid && IsMonitorOf(pid, container.Id) ? ProcessReference.TryOpen(pid) : null;
        return monitor is null ? null : new LiveRun(first, monitor);
    }

    private static int? FindMonitor(ContainerId id) => Directory.EnumerateDirectories("/proc")
        .Select(static path => int.TryParse(Path.GetFileName(path), NumberStyles.None, CultureInfo.InvariantCulture, out var pid) ? pid : 0)
        .Where(pid => pid > 0 && IsMonitorOf(pid, id))
        .Select(static pid => (int?)pid)
        .FirstOrDefault();

    // The runtime removes this pipe when it lets the created process go.
    private bool IsExecuted(Container container) =>
        Directory.Exists(Path.Combine(layout.RuntimeRoot, container.Id.Value)) && !File.Exists(layout.StartPipeOf(container.Id));

    private static bool IsMonitorOf(int pid, ContainerId id)
    {
        try
        {
            return File.ReadAllText($"/proc/{pid.ToString(CultureInfo.InvariantCulture)}/cmdline").Contains($"--cid\0{id.Value}\0", StringComparison.Ordinal);
        }
        catch (IOException)
        {
            return false;
        }
    }

    private static int? ReadPid(string path)
    {
        try
        {
            return int.TryParse(File.ReadAllText(path).Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var pid) ? pid : null;
        }
        catch (IOException)
        {
            return null;
        }
    }

    private void SweepRunDirectory()
    {
        foreach (var directory in Directory.EnumerateDirectories(layout.BundleRoot).Concat(Directory.EnumerateDirectories(layout.RuntimeRoot)))
        {
            if (table.Find(new ContainerId(Path.GetFileName(directory))) is null)
            {
                Linux.Mounts.Mounter.UnmountTree(directory);
                Directory.Delete(directory, recursive: true);
            }
        }
    }

    private sealed record LiveRun(int Pid, ProcessReference Monitor);

    [LoggerMessage(3031, LogLevel.Error, "Container {Container} could not be taken over")]
    private partial void LogUnsettled(string container, Exception failure);

    [LoggerMessage(3030, LogLevel.Warning, "The name {Name} of container {Container} belongs to container {Owner} already")]
    private partial void LogNameTwice(string name, string container, string owner);
}
