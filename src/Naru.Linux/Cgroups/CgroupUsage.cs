using System.Collections.Immutable;
using System.Globalization;
using Naru.Core.Containers;
using Naru.Linux.Hosts;

namespace Naru.Linux.Cgroups;

/// <summary>Reads what a control group has used, under either version. A counter that the host does not keep reads as zero or null.</summary>
public static class CgroupUsage
{
    private const ulong NanosecondsPerTick = 10_000_000;

    /// <summary>Adds the group's counters to a sample.</summary>
    public static UsageSample Read(ControlGroup group, UsageSample sample) =>
        group.Version == CgroupVersion.V2 ? ReadUnified(group, sample) : ReadPerController(group, sample);

    private static UsageSample ReadPerController(ControlGroup group, UsageSample sample)
    {
        var times = CgroupFile.ReadPairs(group.FileOf("cpuacct", "cpuacct.stat"));
        var throttling = CgroupFile.ReadPairs(group.FileOf("cpu", "cpu.stat"));
        return sample with
        {
            CpuTotal = Number(group, "cpuacct", "cpuacct.usage") ?? 0,
            CpuUser = Number(group, "cpuacct", "cpuacct.usage_user") ?? times.GetValueOrDefault("user") * NanosecondsPerTick,
            CpuKernel = Number(group, "cpuacct", "cpuacct.usage_sys") ?? times.GetValueOrDefault("system") * NanosecondsPerTick,
            CpuEach = EachProcessor(CgroupFile.TryRead(group.FileOf("cpuacct", "cpuacct.usage_percpu")), sample.Processors),
            Throttling = (throttling.GetValueOrDefault("nr_periods"), throttling.GetValueOrDefault("nr_throttled"), throttling.GetValueOrDefault("throttled_time")),
            Memory = Number(group, "memory", "memory.usage_in_bytes") ?? 0,
            MemoryPeak = Number(group, "memory", "memory.max_usage_in_bytes"),
            MemoryFailures = Number(group, "memory", "memory.failcnt"),
            MemoryLimit = WithinHost(Number(group, "memory", "memory.limit_in_bytes")),
            MemoryDetails = Pairs(group, "memory", "memory.stat"),
            Pids = Number(group, "pids", "pids.current") ?? 0,
            PidsLimit = Number(group, "pids", "pids.max"),
            BlockBytes = Blocks(group, "blkio.throttle.io_service_bytes_recursive", "blkio.throttle.io_service_bytes"),
            BlockOperations = Blocks(group, "blkio.throttle.io_serviced_recursive", "blkio.throttle.io_serviced"),
        };
    }

    private static UsageSample ReadUnified(ControlGroup group, UsageSample sample)
    {
        var times = CgroupFile.ReadPairs(group.FileOf("cpu", "cpu.stat"));
        var blocks = CgroupFile.TryRead(group.FileOf("io", "io.stat")) ?? "";
        return sample with
        {
            CpuTotal = times.GetValueOrDefault("usage_usec") * 1000,
            CpuUser = times.GetValueOrDefault("user_usec") * 1000,
            CpuKernel = times.GetValueOrDefault("system_usec") * 1000,
            Throttling = (times.GetValueOrDefault("nr_periods"), times.GetValueOrDefault("nr_throttled"), times.GetValueOrDefault("throttled_usec") * 1000),
            Memory = Number(group, "memory", "memory.current") ?? 0,
            MemoryPeak = Number(group, "memory", "memory.peak"),
            MemoryFailures = CgroupFile.ReadPairs(group.FileOf("memory", "memory.events")).TryGetValue("oom", out var failures) ? failures : null,
            MemoryLimit = WithinHost(Number(group, "memory", "memory.max")),
            MemoryDetails = Pairs(group, "memory", "memory.stat"),
            Pids = Number(group, "pids", "pids.current") ?? 0,
            PidsLimit = Number(group, "pids", "pids.max"),
            BlockBytes = UnifiedBlocks(blocks, "rbytes", "wbytes", "dbytes"),
            BlockOperations = UnifiedBlocks(blocks, "rios", "wios", "dios"),
        };
    }

    private static ulong? Number(ControlGroup group, string controller, string file) => CgroupFile.TryReadNumber(group.FileOf(controller, file));

    private static ImmutableSortedDictionary<string, ulong> Pairs(ControlGroup group, string controller, string file) =>
        CgroupFile.ReadPairs(group.FileOf(controller, file)).ToImmutableSortedDictionary(StringComparer.Ordinal);

    /// <summary>No limit is a huge number under version 1 and a word under version 2: either way the host's memory is the limit.</summary>
    private static ulong WithinHost(ulong? limit)
    {
        var host = (ulong)ProcFiles.TotalMemory();
        return limit is { } asked && asked < host ? asked : host;
    }

    /// <summary>The kernel lists every processor that could ever be there; only those online count.</summary>
    private static ImmutableArray<ulong> EachProcessor(string? text, int processors) =>
    [
        .. (text ?? "").Split(' ', StringSplitOptions.RemoveEmptyEntries).Take(processors).Select(static field => ulong.Parse(field, CultureInfo.InvariantCulture)),
    ];

    /// <summary>Lines of <c>8:0 Read 123</c>; the closing <c>Total 123</c> over all devices is left out.</summary>
    private static ImmutableArray<BlockCounter> Blocks(ControlGroup group, string file, string fallback)
    {
        var text = CgroupFile.TryRead(group.FileOf("blkio", file)) ?? CgroupFile.TryRead(group.FileOf("blkio", fallback)) ?? "";
        var counters = ImmutableArray.CreateBuilder<BlockCounter>();
        foreach (var line in text.Split('\n'))
        {
            if (line.Split(' ') is [var device, var operation, var value] && TryParseDevice(device, out var major, out var minor))
            {
                counters.Add(new BlockCounter(major, minor, operation.ToLowerInvariant(), ulong.Parse(value, CultureInfo.InvariantCulture)));
            }
        }

        return counters.ToImmutable();
    }

    /// <summary>Lines of <c>8:0 rbytes=1 wbytes=2 rios=3 ...</c>.</summary>
    private static ImmutableArray<BlockCounter> UnifiedBlocks(string text, string read, string write, string discard)
    {
        var counters = ImmutableArray.CreateBuilder<BlockCounter>();
        foreach (var line in text.Split('\n'))
        {
            var fields = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (fields.Length < 2 || !TryParseDevice(fields[0], out var major, out var minor))
            {
                continue;
            }

            foreach (var (key, operation) in ((string, string)[])[(read, "read"), (write, "write"), (discard, "discard")])
            {
                var field = Array.Find(fields, field => field.StartsWith(key + "=", StringComparison.Ordinal));
                if (field is not null && ulong.TryParse(field.AsSpan(key.Length + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var value))
                {
                    counters.Add(new BlockCounter(major, minor, operation, value));
                }
            }
        }

        return counters.ToImmutable();
    }

    private static bool TryParseDevice(string text, out uint major, out uint minor)
    {
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        minor = 0;
        return uint.TryParse(text.AsSpan(0, Math.Max(colon, 0)), NumberStyles.None, CultureInfo.InvariantCulture, out major)
            && uint.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out minor);
    }
}
