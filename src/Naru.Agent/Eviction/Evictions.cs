using Microsoft.Extensions.Logging;
using Naru.Agent.Admission;
using Naru.Agent.Events;
using Naru.Agent.Nodes;
using Naru.Agent.Pods;
using Naru.Agent.Sandboxes;
using Naru.Agent.Usage;
using Naru.Core.Errors;
using Naru.Core.Hosts;
using Naru.Core.Lifetime;
using Naru.Core.Units;
using Naru.Objects.Quotas;
using Naru.Objects.Values;

namespace Naru.Agent.Eviction;

/// <summary>Watches over memory and disk of this node. When one runs short it says so, gives back what nobody needs, and then ends pods one by one; pods that break their own limits of storage end too.</summary>
internal sealed partial class Evictions(
    PodWorkers workers, PodTable table, PodGroups groups, PodDisk disk, IHostDisks disks, IEnumerable<IReclaimer> reclaimers, NodePressures pressures, EngineDirectories directories, PodEvents events, AgentOptions options, TimeProvider time, ILogger<Evictions> logger)
{
    private DateTimeOffset _memoryShort = DateTimeOffset.MinValue;
    private DateTimeOffset _diskShort = DateTimeOffset.MinValue;

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(options.EvictionInterval, time);
        do
        {
            await LookAsync(HostReadings.MemoryAvailable(), cancellationToken);
        }
        while (await timer.WaitForNextTickAsync(cancellationToken));
    }

    /// <summary>Looks once.</summary>
    /// <param name="memory">Bytes of memory that processes could still get.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task LookAsync(long memory, CancellationToken cancellationToken)
    {
        var (room, now) = (disks.RoomOf(directories.Data), time.GetUtcNow());
        var leastDisk = room.Size / 100 * options.EvictionDiskPercent;
        var lacksDisk = room.Size > 0 && (room.Free < leastDisk || (room.Files > 0 && room.FreeFiles < room.Files / 20));
        var lacksMemory = memory < options.EvictionMemory;
        _memoryShort = lacksMemory ? now : _memoryShort;
        _diskShort = lacksDisk ? now : _diskShort;
        var (memoryBefore, diskBefore) = (pressures.Memory, pressures.Disk);
        pressures.Memory = now - _memoryShort < options.PressureTransition;
        pressures.Disk = now - _diskShort < options.PressureTransition;
        Tell("Memory", memoryBefore, pressures.Memory);
        Tell("Disk", diskBefore, pressures.Disk);
        if (lacksMemory)
        {
            events.Node(true, "EvictionThresholdMet", "Attempting to reclaim memory");
            Evict(EvictionOrder.Choose(Pods().Select(MemoryOf)), "memory", options.EvictionMemory, memory);
        }
        else if (lacksDisk)
        {
            events.Node(true, "EvictionThresholdMet", "Attempting to reclaim ephemeral-storage");
            await FreeDiskAsync(leastDisk, room.Free, cancellationToken);
        }

        await CheckLimitsAsync(cancellationToken);
        disk.Sweep();
    }

    private IEnumerable<PodWorker> Pods() => workers.All.Where(static one => new PodView(one.Tree) is { IsTerminal: false, IsDeleted: false });

    private async Task FreeDiskAsync(long least, long free, CancellationToken cancellationToken)
    {
        var freed = 0L;
        foreach (var reclaimer in reclaimers.OrderBy(static one => one.Order))
        {
            if (free + freed >= least)
            {
                return;
            }

            try
            {
                freed += (await reclaimer.ReclaimAsync(new ByteSize(least - free - freed), TimeSpan.Zero, cancellationToken)).Bytes;
            }
            catch (NaruException failure)
            {
                LogNotFreed(reclaimer.Name, failure.Message);
            }
        }

        if (disks.RoomOf(directories.Data).Free < least)
        {
            var pods = new List<PodPressure>();
            foreach (var worker in Pods())
            {
                pods.Add(await DiskOfAsync(new PodView(worker.Tree), cancellationToken));
            }

            Evict(EvictionOrder.Choose(pods), "ephemeral-storage", least, free + freed);
        }
    }

    private void Evict(PodPressure? chosen, string resource, long least, long available)
    {
        if (chosen is null)
        {
            LogNobody(resource);
            return;
        }

        if (workers.All.Any(worker => worker.IsEvicted && table.Of(worker.Tree.Text("metadata", "uid") ?? "").Any(static one => !one.IsSandbox)))
        {
            // What the last one held is not given back yet: it may be enough.
            return;
        }

        End(chosen.Pod, EvictionOrder.EndOf(chosen, resource, least, available));
    }

    private void End(PodView pod, PodEnd end)
    {
        if (workers.Of(pod.Uid) is { } worker && worker.End(end))
        {
            LogEvicted(pod.Namespace, pod.Name, end.Message);
            events.Pod(pod, true, "Evicted", end.Message);
        }
    }

    private async Task CheckLimitsAsync(CancellationToken cancellationToken)
    {
        foreach (var pod in Pods().Select(static one => new PodView(one.Tree)).Where(StorageLimits.Has).ToList())
        {
            var writable = new Dictionary<string, long>(StringComparer.Ordinal);
            foreach (var container in table.Of(pod.Uid).Where(static one => !one.IsSandbox))
            {
                writable[container.Name] = writable.GetValueOrDefault(container.Name) + await disk.OfAsync(container, cancellationToken);
            }

            if (StorageLimits.Check(pod, disk.VolumesOf(pod), writable) is { } end)
            {
                End(pod, end);
            }
        }
    }

    private PodPressure MemoryOf(PodWorker worker)
    {
        var pod = new PodView(worker.Tree);
        var containers = table.Of(pod.Uid).Where(static one => one is { IsLive: true, IsSandbox: false })
            .Select(one => (one.Name, UsageSampler.WorkingSet(groups.Read($"{one.Engine.Spec.Resources.CgroupParent}/{one.Id.Value}")), Asked(pod, one.Name, "memory"))).ToList();
        return new PodPressure(pod, containers.Sum(static one => one.Item2), PodResources.Requests(pod.Tree).GetValueOrDefault("memory").Value, containers);
    }

    private async Task<PodPressure> DiskOfAsync(PodView pod, CancellationToken cancellationToken)
    {
        var containers = new List<(string, long, string)>();
        foreach (var container in table.Of(pod.Uid).Where(static one => one is { IsLive: true, IsSandbox: false }))
        {
            containers.Add((container.Name, await disk.OfAsync(container, cancellationToken), Asked(pod, container.Name, "ephemeral-storage")));
        }

        return new PodPressure(pod, containers.Sum(static one => one.Item2) + disk.VolumesOf(pod).Values.Sum(), PodResources.Requests(pod.Tree).GetValueOrDefault("ephemeral-storage").Value, containers);
    }

    private static string Asked(PodView pod, string container, string resource) => pod.Member(container)?.Spec.At("resources", "requests", resource)?.ToString() ?? "0";

    private void Tell(string what, bool before, bool now)
    {
        if (before != now)
        {
            var reason = (what, now) switch
            {
                ("Memory", true) => "NodeHasInsufficientMemory",
                ("Memory", false) => "NodeHasSufficientMemory",
                (_, true) => "NodeHasDiskPressure",
                _ => "NodeHasNoDiskPressure",
            };
            events.Node(false, reason, $"Node status is now: {reason}");
        }
    }

    [LoggerMessage(17902, LogLevel.Warning, "Pod {Namespace}/{Pod} is evicted: {Why}")]
    private partial void LogEvicted(string @namespace, string pod, string why);

    [LoggerMessage(17903, LogLevel.Warning, "This node is short of {Resource}, and no pod may be ended for it")]
    private partial void LogNobody(string resource);

    [LoggerMessage(17904, LogLevel.Warning, "No room could be made from {Source}: {Problem}")]
    private partial void LogNotFreed(string source, string problem);
}
