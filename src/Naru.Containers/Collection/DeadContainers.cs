using System.Collections.Immutable;
using System.Globalization;
using Microsoft.Extensions.Logging;
using Naru.Core.Containers;
using Naru.Core.Errors;
using Naru.Core.Events;
using Naru.Core.Lifetime;
using Naru.Core.Units;

namespace Naru.Containers.Collection;

/// <summary>Gives back the room of containers that ended long ago, the longest ago first. Their volumes stay, running and never started ones too.</summary>
internal sealed partial class DeadContainers(
    CollectionOptions options, IContainers containers, IContainerUsage usage, IEvents events, TimeProvider time, ILogger<DeadContainers> logger) : IReclaimer
{
    public int Order => 200;

    public string Name => "dead containers";

    public async Task<ByteSize> ReclaimAsync(ByteSize wished, TimeSpan unusedFor, CancellationToken cancellationToken)
    {
        if (!options.DeadContainers)
        {
            return ByteSize.Zero;
        }

        var (freed, removed) = (0L, 0);
        var before = time.GetUtcNow() - (unusedFor > options.LeastAge ? unusedFor : options.LeastAge);
        foreach (var container in containers.List().Where(container => IsDeadSince(container, before)).OrderBy(container => container.Status.FinishedAt))
        {
            if (freed >= wished.Bytes)
            {
                break;
            }

            try
            {
                var size = (await usage.DiskAsync(container, cancellationToken)).Writable;
                await containers.RemoveAsync(container.Id.Value, new RemoveOptions(), cancellationToken);
                LogRemoved(container.Id.Short, container.Name);
                freed += size;
                removed++;
            }
            catch (NaruException failure) when (failure.Kind is ErrorKind.Conflict or ErrorKind.NotFound or ErrorKind.FailedPrecondition)
            {
                // Started or removed meanwhile.
            }
        }

        if (removed > 0)
        {
            events.Publish(new EngineEvent
            {
                Type = "container",
                Action = "prune",
                ActorId = "",
                Attributes = ImmutableSortedDictionary<string, string>.Empty.Add("reclaimed", freed.ToString(CultureInfo.InvariantCulture)),
            });
        }

        return new ByteSize(freed);
    }

    private static bool IsDeadSince(Container container, DateTimeOffset before) =>
        container.Status is { Phase: ContainerPhase.Exited or ContainerPhase.Dead, FinishedAt: { } finished } && finished < before;

    [LoggerMessage(3430, LogLevel.Information, "Container {ContainerId} ({Name}) ended long ago and was collected")]
    private partial void LogRemoved(string containerId, string name);
}
