using Naru.Core.Containers;
using Naru.Core.Errors;
using Naru.Core.Events;
using Naru.Dialects.Docker.Http;
using Naru.Dialects.Docker.Wire;

namespace Naru.Dialects.Docker.Containers;

/// <summary>Removes the containers that do not run. One prune at a time.</summary>
internal sealed class ContainerPruning(IContainers containers, ContainerScope scope, IEvents events, TimeProvider time)
{
    private int _running;

    public async Task HandleAsync(DockerCall call)
    {
        var filters = call.Filters().Allow("label", "label!", "until");
        var until = PruneMoment.Until(filters, time);
        if (Interlocked.Exchange(ref _running, 1) == 1)
        {
            throw DockerException.Conflict("a prune operation is already running");
        }
        try
        {
            await call.JsonAsync(await PruneAsync(call, filters, until));
        }
        finally
        {
            Volatile.Write(ref _running, 0);
        }
    }

    private async Task<ContainersPruneReport> PruneAsync(DockerCall call, Filters filters, DateTimeOffset? until)
    {
        var deleted = new List<string>();
        long reclaimed = 0;
        foreach (var container in scope.List(call))
        {
            if (container.Status.Phase is not (ContainerPhase.Created or ContainerPhase.Exited or ContainerPhase.Dead) ||
                (until is { } limit && container.Created >= limit) || !filters.MatchesLabels(container.Spec.Labels))
            {
                continue;
            }
            try
            {
                var use = await scope.DiskAsync(container, call.Aborted);
                await containers.RemoveAsync(container.Id.Value, new RemoveOptions(), call.Aborted);
                deleted.Add(container.Id.Value);
                reclaimed += use.Writable;
            }
            catch (NaruException failure) when (failure.Kind is ErrorKind.NotFound or ErrorKind.Conflict)
            {
                // Started or removed by somebody else meanwhile: not ours any more.
            }
        }
        events.Publish(PruneMoment.Event("container", reclaimed));
        return new ContainersPruneReport { ContainersDeleted = deleted.Count == 0 ? null : [.. deleted], SpaceReclaimed = reclaimed };
    }
}
