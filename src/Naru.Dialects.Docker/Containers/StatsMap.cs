using System.Collections.Immutable;
using Naru.Core.Containers;
using Naru.Dialects.Docker.Http;
using Naru.Dialects.Docker.Wire;

namespace Naru.Dialects.Docker.Containers;

internal static class StatsMap
{
    /// <param name="container">The container.</param>
    /// <param name="now">The sample; null while it does not run.</param>
    /// <param name="before">The sample before; null for the first.</param>
    public static ContainerStats Show(Container container, UsageSample? now, UsageSample? before)
    {
        var stats = new ContainerStats { Name = "/" + container.Name, Id = container.Id.Value, OsType = "linux" };
        if (now is null)
        {
            return stats;
        }
        stats.Read = GoTime.Format(now.At);
        stats.PreRead = GoTime.Format(before?.At);
        stats.Pids = new PidsStats { Current = now.Pids, Limit = now.PidsLimit ?? 0 };
        stats.Blkio = new BlkioStats
        {
            ServiceBytes = Blocks(now.BlockBytes),
            Serviced = Blocks(now.BlockOperations),
            Queue = [],
            ServiceTime = [],
            WaitTime = [],
            Merged = [],
            Time = [],
            Sectors = [],
        };
        stats.Cpu = Cpu(now);
        stats.PreCpu = before is null ? new CpuStats() : Cpu(before);
        stats.Memory = new MemoryStats
        {
            Usage = now.Memory,
            MaxUsage = now.MemoryPeak ?? 0,
            FailCount = now.MemoryFailures ?? 0,
            Limit = now.MemoryLimit,
            Stats = new SortedDictionary<string, ulong>(now.MemoryDetails.ToDictionary(), StringComparer.Ordinal),
        };
        stats.Networks = now.Links.IsEmpty ? null : Links(now);
        return stats;
    }

    private static CpuStats Cpu(UsageSample sample) => new()
    {
        Usage = new CpuUsage
        {
            Total = sample.CpuTotal,
            PerCpu = sample.CpuEach.IsEmpty ? null : [.. sample.CpuEach],
            Kernel = sample.CpuKernel,
            User = sample.CpuUser,
        },
        SystemUsage = sample.HostCpu,
        OnlineCpus = (uint)sample.Processors,
        Throttling = new ThrottlingData
        {
            Periods = sample.Throttling.Periods,
            ThrottledPeriods = sample.Throttling.Throttled,
            ThrottledTime = sample.Throttling.ThrottledTime,
        },
    };

    private static BlkioEntry[] Blocks(ImmutableArray<BlockCounter> counters) =>
    [
        .. counters.Select(counter => new BlkioEntry
        {
            Major = counter.Major,
            Minor = counter.Minor,
            Op = counter.Operation,
            Value = counter.Value,
        }),
    ];

    private static SortedDictionary<string, NetworkStats> Links(UsageSample sample)
    {
        var links = new SortedDictionary<string, NetworkStats>(StringComparer.Ordinal);
        foreach (var (name, counters) in sample.Links)
        {
            if (name == "lo")
            {
                continue;
            }
            links[name] = new NetworkStats
            {
                RxBytes = counters.ReceivedBytes,
                RxPackets = counters.ReceivedPackets,
                RxErrors = counters.ReceivedErrors,
                RxDropped = counters.ReceivedDropped,
                TxBytes = counters.SentBytes,
                TxPackets = counters.SentPackets,
                TxErrors = counters.SentErrors,
                TxDropped = counters.SentDropped,
            };
        }
        return links;
    }
}
