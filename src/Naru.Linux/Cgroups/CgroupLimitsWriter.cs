using System.Globalization;

namespace Naru.Linux.Cgroups;

/// <summary>Changes the limits of a live group.</summary>
public static class CgroupLimitsWriter
{
    private const long DefaultPeriod = 100_000;

    /// <summary>Writes the limits.</summary>
    /// <exception cref="IOException">The kernel refuses a value, for instance a memory limit below what is in use.</exception>
    public static void Write(ControlGroup group, CgroupLimits limits)
    {
        if (group.Version == CgroupVersion.V2)
        {
            WriteV2(group, limits);
        }
        else
        {
            WriteV1(group, limits);
        }
    }

    private static void WriteV1(ControlGroup group, CgroupLimits limits)
    {
        WriteMemoryV1(group, limits);
        Set(group, "memory", "memory.soft_limit_in_bytes", limits.MemoryReservation);
        Set(group, "cpu", "cpu.shares", limits.CpuShares);
        Set(group, "cpu", "cpu.cfs_period_us", limits.CpuPeriodMicroseconds);
        Set(group, "cpu", "cpu.cfs_quota_us", limits.CpuQuotaMicroseconds);
        Set(group, "cpuset", "cpuset.cpus", limits.CpusetCpus);
        Set(group, "cpuset", "cpuset.mems", limits.CpusetMems);
        Set(group, "pids", "pids.max", Max(limits.Pids));
        Set(group, "blkio", File.Exists(group.FileOf("blkio", "blkio.bfq.weight")) ? "blkio.bfq.weight" : "blkio.weight", limits.BlockWeight);
    }

    // The kernel keeps memory at most memory and swap, so whichever grows must grow in the right order.
    private static void WriteMemoryV1(ControlGroup group, CgroupLimits limits)
    {
        const string Memory = "memory.limit_in_bytes";
        const string Both = "memory.memsw.limit_in_bytes";
        var hasSwap = File.Exists(group.FileOf("memory", Both));
        var both = hasSwap ? limits.MemoryAndSwap : null;
        var presentBoth = CgroupFile.TryReadNumber(group.FileOf("memory", Both)) ?? ulong.MaxValue;
        if (both is { } wanted && (wanted < 0 || (ulong)wanted > presentBoth))
        {
            Set(group, "memory", Both, both);
            Set(group, "memory", Memory, limits.Memory);
        }
        else
        {
            Set(group, "memory", Memory, limits.Memory);
            Set(group, "memory", Both, both);
        }
    }

    private static void WriteV2(ControlGroup group, CgroupLimits limits)
    {
        Set(group, "memory", "memory.max", Max(limits.Memory));
        if (limits.MemoryAndSwap is { } both)
        {
            var memory = limits.Memory ?? (long?)CgroupFile.TryReadNumber(group.FileOf("memory", "memory.max"));
            Set(group, "memory", "memory.swap.max", both < 0 || memory is null ? "max" : Text(Math.Max(0, both - memory.Value)));
        }

        Set(group, "memory", "memory.low", limits.MemoryReservation);
        if (limits.CpuShares is { } shares)
        {
            Set(group, "cpu", "cpu.weight", Math.Clamp(1 + ((shares - 2) * 9999 / 262142), 1, 10000));
        }

        if (limits.CpuQuotaMicroseconds is not null || limits.CpuPeriodMicroseconds is not null)
        {
            var present = (CgroupFile.TryRead(group.FileOf("cpu", "cpu.max")) ?? "max 100000").Split(' ');
            var quota = limits.CpuQuotaMicroseconds is { } asked ? asked < 0 ? "max" : Text(asked) : present[0];
            var period = limits.CpuPeriodMicroseconds is { } length ? Text(length) : present.Length > 1 ? present[1] : Text(DefaultPeriod);
            Set(group, "cpu", "cpu.max", $"{quota} {period}");
        }

        Set(group, "cpuset", "cpuset.cpus", limits.CpusetCpus);
        Set(group, "cpuset", "cpuset.mems", limits.CpusetMems);
        Set(group, "pids", "pids.max", Max(limits.Pids));
        Set(group, "io", "io.weight", limits.BlockWeight is { } weight ? "default " + Text(weight) : null);
    }

    private static void Set(ControlGroup group, string controller, string file, long? value) =>
        Set(group, controller, file, value is { } number ? Text(number) : null);

    private static void Set(ControlGroup group, string controller, string file, string? value)
    {
        if (value is not null)
        {
            CgroupFile.Write(group.FileOf(controller, file), value);
        }
    }

    private static string? Max(long? value) => value is { } number ? number < 0 ? "max" : Text(number) : null;

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
