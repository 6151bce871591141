using Naru.Agent.Nodes;
using Naru.Agent.Pods;
using Naru.Agent.Sandboxes;
using Naru.Agent.Volumes;
using Naru.Core.Containers;
using Naru.Core.Errors;
using Naru.Core.Hosts;
using Naru.Core.Lifetime;
using Naru.Objects.Values;

namespace Naru.Agent.Usage;

/// <summary>Reads what this node's pods use now, for whoever asks its agent.</summary>
internal sealed class NodeReadings(PodWorkers workers, PodTable table, IContainerUsage usage, PodGroups groups, UsageSampler sampler, PodDisk disk, VolumeStats volumes, IHostDisks disks, EngineDirectories directories, NodeIdentity identity, TimeProvider time)
{
    /// <summary>Everything that is counted, at one moment.</summary>
    public async Task<NodeReading> ReadAsync(CancellationToken cancellationToken)
    {
        var pods = new List<PodReading>();
        foreach (var worker in workers.All.OrderBy(static one => one.Tree.Text("metadata", "namespace"), StringComparer.Ordinal).ThenBy(static one => one.Tree.Text("metadata", "name"), StringComparer.Ordinal).ToList())
        {
            pods.Add(await ReadAsync(new PodView(worker.Tree), cancellationToken));
        }

        return new NodeReading(identity.Name, time.GetUtcNow(), sampler.NodeRate, groups.Read(groups.All), disks.RoomOf(directories.Data), pods);
    }

    private async Task<PodReading> ReadAsync(PodView pod, CancellationToken cancellationToken)
    {
        var live = table.Of(pod.Uid).Where(static one => one.IsLive).ToList();
        var containers = new List<ContainerReading>();
        var links = System.Collections.Immutable.ImmutableSortedDictionary<string, LinkCounters>.Empty;
        foreach (var container in live)
        {
            try
            {
                var sample = await usage.SampleAsync(container.Engine, cancellationToken);
                if (container.IsSandbox)
                {
                    links = sample.Links;
                }
                else
                {
                    containers.Add(new ContainerReading(container, sample, sampler.RateOf(container.Id), await disk.OfAsync(container, cancellationToken)));
                }
            }
            catch (Exception failure) when (failure is NaruException or IOException)
            {
                // It ended just now.
            }
        }

        return new PodReading(pod, live.Find(static one => one.IsSandbox), groups.Read(groups.Of(pod)), links, containers, disk.VolumesOf(pod)) { Claims = await volumes.OfAsync(pod, cancellationToken) };
    }
}

/// <summary>What a node uses at one moment.</summary>
internal sealed record NodeReading(string Name, DateTimeOffset At, long Rate, UsageSample Pods, DiskRoom Disk, IReadOnlyList<PodReading> Each);

/// <summary>What a pod uses.</summary>
internal sealed record PodReading(
    PodView Pod, PodContainer? Sandbox, UsageSample Sample, IReadOnlyDictionary<string, LinkCounters> Links, IReadOnlyList<ContainerReading> Containers, IReadOnlyDictionary<string, long> Volumes)
{
    /// <summary>Volumes by claims and in memory.</summary>
    public IReadOnlyList<VolumeReading> Claims { get; init; } = [];
}

/// <summary>What a container uses: its counters, billionths of a processor, bytes of its writable layer.</summary>
internal sealed record ContainerReading(PodContainer Container, UsageSample Sample, long Rate, long Writable);
