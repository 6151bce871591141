using System.Collections.Immutable;
using Naru.Containers.Lifecycle;
using Naru.Core.Containers;
using Naru.Core.Errors;
using Naru.Core.Images;
using Naru.Core.Networks;
using Naru.Linux.Cgroups;
using Naru.Linux.Hosts;

namespace Naru.Containers.Usage;

/// <summary>Reads a container's counters from its control group and its network's interfaces.</summary>
internal sealed class ContainerUsage(RunLayout layout, ISandboxes sandboxes, ISnapshots snapshots, IImages images, Lazy<IContainers> containers, TimeProvider time)
    : IContainerUsage
{
    private const string JoinedPrefix = "container:";

    public async Task<UsageSample> SampleAsync(Container container, CancellationToken cancellationToken)
    {
        var sample = new UsageSample { At = time.GetUtcNow() };
        if (!container.IsLive)
        {
            return sample;
        }

        sample = CgroupUsage.Read(
            layout.CgroupOf(container),
            sample with { HostCpu = ProcFiles.HostProcessorTime(), Processors = ProcFiles.OnlineProcessors() });
        return NetworkOwner(container) is { } owner
            ? sample with { Links = await LinksAsync(owner, cancellationToken) }
            : sample;
    }

    public async Task<DiskUse> DiskAsync(Container container, CancellationToken cancellationToken)
    {
        var writable = await snapshots.UsageAsync(container.SnapshotKey, cancellationToken);
        return new DiskUse(writable, writable + (images.Find(container.ImageId.Value)?.Size ?? 0));
    }

    /// <summary>Whose network it uses: its own, or that of the container it joined.</summary>
    private ContainerId? NetworkOwner(Container container)
    {
        var mode = container.Spec.Network.Mode;
        return mode == "host" || container.Spec.Network.Disabled ? null
            : !mode.StartsWith(JoinedPrefix, StringComparison.Ordinal) ? container.Id
            : containers.Value.Find(mode[JoinedPrefix.Length..])?.Id;
    }

    private async Task<ImmutableSortedDictionary<string, LinkCounters>> LinksAsync(ContainerId owner, CancellationToken cancellationToken)
    {
        try
        {
            return await sandboxes.CountersAsync(owner, cancellationToken);
        }
        catch (NaruException failure) when (failure.Kind == ErrorKind.NotFound)
        {
            return ImmutableSortedDictionary<string, LinkCounters>.Empty; // it ended just now
        }
    }
}
