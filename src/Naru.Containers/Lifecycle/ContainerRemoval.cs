using Naru.Containers.Engine;
using Naru.Containers.Store;
using Naru.Core.Containers;
using Naru.Core.Errors;

namespace Naru.Containers.Lifecycle;

/// <summary>Removes containers. A removal that was cut short is finished after the next start.</summary>
internal sealed class ContainerRemoval(
    EnginePorts ports, ImageMounts images, ContainerTable table, ContainerStore store, ContainerLifecycle lifecycle, ContainerAssembly assembly, ContainerStop stop, ContainerEvents events)
{
    public async Task RemoveAsync(ContainerCell cell, RemoveOptions options, CancellationToken cancellationToken)
    {
        if (options.Force)
        {
            await stop.EndAsync(cell, cancellationToken);
        }

        using var turn = await cell.Gate.EnterAsync(cancellationToken);
        if (table.Find(cell.Id) != cell)
        {
            return; // somebody else (its auto-remove) was quicker
        }

        CheckRemovable(cell.Value, options);
        await RemoveInsideAsync(cell, options.Volumes || cell.Value.Spec.AutoRemove);
    }

    /// <summary>Removes a container that does not live, inside its gate.</summary>
    public async Task RemoveInsideAsync(ContainerCell cell, bool volumes)
    {
        ContainerLifecycle.CancelPendingRestart(cell);
        if (cell.Value.Status.Phase != ContainerPhase.Removing)
        {
            lifecycle.Save(cell, cell.Value with { Status = cell.Value.Status with { Phase = ContainerPhase.Removing } });
        }

        try
        {
            await ReleaseAsync(cell.Value, volumes);
        }
        catch (Exception failure)
        {
            var status = cell.Value.Status with { Phase = ContainerPhase.Dead, Error = failure.Message };
            lifecycle.Save(cell, cell.Value with { Status = status });
            throw;
        }

        table.Remove(cell.Id);
        cell.Console.EndAll();
        events.Publish(cell.Value, "destroy");
        cell.Waits.ReleaseRemoved(new ContainerExit(cell.Value.Status.ExitCode));
    }

    /// <summary>Gives back all that a container holds on disk.</summary>
    public async Task ReleaseAsync(Container container, bool volumes)
    {
        await assembly.ReleaseAsync(container, CancellationToken.None);
        await ports.Snapshots.RemoveAsync(container.SnapshotKey, CancellationToken.None);
        await images.RemoveAsync(container, CancellationToken.None);
        store.Delete(container.Id);
        if (volumes)
        {
            foreach (var mount in container.Mounts.Where(static mount => mount.Anonymous))
            {
                await RemoveVolumeAsync(mount.VolumeName);
            }
        }
    }

    private async Task RemoveVolumeAsync(string name)
    {
        try
        {
            await ports.Volumes.RemoveAsync(name, force: true, CancellationToken.None);
        }
        catch (NaruException failure) when (failure.Kind is ErrorKind.Conflict)
        {
            // Another container took it over (--volumes-from); it goes with that one.
        }
    }

    private static void CheckRemovable(Container container, RemoveOptions options)
    {
        var phase = container.Status.Phase;
        if (phase == ContainerPhase.Removing)
        {
            throw NaruException.Conflict($"removal of container {container.Id} is already in progress");
        }

        if (options.Force)
        {
            return;
        }

        if (phase == ContainerPhase.Paused)
        {
            throw NaruException.Conflict($"cannot remove container \"/{container.Name}\": container is paused and must be unpaused first");
        }

        if (phase is ContainerPhase.Running or ContainerPhase.Restarting)
        {
            throw NaruException.Conflict($"cannot remove container \"/{container.Name}\": container is {phase.ToString().ToLowerInvariant()}: stop the container before removing or force remove");
        }
    }
}
