using System.Globalization;
using Naru.Containers.Bundles;
using Naru.Core.Containers;
using Naru.Core.Errors;
using Naru.Core.Units;

namespace Naru.Containers.Creation;

/// <summary>Which limits make sense; the words are Docker's.</summary>
internal static class ResourceRules
{
    private static readonly ByteSize SmallestMemory = ByteSize.FromMebibytes(6);

    public static void Check(ResourceSpec spec)
    {
        CheckMemory(spec);
        CheckProcessors(spec);
        CheckCpuset(spec.CpusetCpus, "cpus", "/sys/devices/system/cpu/online", "CPUs");
        CheckCpuset(spec.CpusetMems, "mems", "/sys/devices/system/node/online", "memory nodes");
        CheckBlock(spec);
        foreach (var limit in spec.UserLimits)
        {
            Refuse(!HostLimits.IsKnown(limit.Name), $"invalid ulimit type: {limit.Name}");
            Refuse(
                limit.Hard >= 0 && (limit.Soft < 0 || limit.Soft > limit.Hard),
                $"ulimit soft limit must be less than or equal to hard limit: {limit.Soft} > {limit.Hard}");
        }

        foreach (var rule in spec.DeviceRules)
        {
            DeviceMappings.ParseRule(rule);
        }

        foreach (var device in spec.Devices)
        {
            Refuse(device.Permissions.AsSpan().ContainsAnyExcept("rwm"), $"invalid device mode: {device.Permissions}");
        }

        Refuse(spec.OomScoreAdjustment is < -1000 or > 1000, $"Invalid value {spec.OomScoreAdjustment}, range for oom score adj is [-1000, 1000]");
        Refuse(spec.SharedMemory.Bytes < 0, "SHM size can not be less than 0");
    }

    /// <summary>Fills in what follows from what was asked: swap is twice the memory unless said otherwise.</summary>
    public static ResourceSpec Complete(ResourceSpec spec) => spec is { Memory.Bytes: > 0, MemorySwap.Bytes: 0 }
        ? spec with { MemorySwap = new ByteSize(spec.Memory.Bytes > long.MaxValue / 2 ? -1 : spec.Memory.Bytes * 2) }
        : spec;

    private static void CheckMemory(ResourceSpec spec)
    {
        var (memory, swap) = (spec.Memory.Bytes, spec.MemorySwap.Bytes);
        Refuse(memory != 0 && spec.Memory < SmallestMemory && !(spec.AnyMemory && memory > 0), "Minimum memory limit allowed is 6MB");
        Refuse(memory > 0 && swap > 0 && swap < memory, "Minimum memoryswap limit should be larger than memory limit, see usage");
        Refuse(memory == 0 && swap > 0, "You should always set the Memory limit when using Memoryswap limit, see usage");
        Refuse(
            spec.MemorySwappiness is < -1 or > 100,
            $"invalid value: {spec.MemorySwappiness}, valid memory swappiness range is 0-100");
        Refuse(spec.MemoryReservation.Bytes != 0 && spec.MemoryReservation < SmallestMemory, "Minimum memory reservation allowed is 6MB");
        Refuse(
            memory > 0 && spec.MemoryReservation.Bytes > memory,
            "Minimum memory limit can not be less than memory reservation limit, see usage");
        Refuse(spec.PidsLimit is < -1, $"invalid PIDs limit: {spec.PidsLimit}");
    }

    private static void CheckProcessors(ResourceSpec spec)
    {
        var count = Environment.ProcessorCount;
        var (period, quota) = (spec.CpuPeriodMicroseconds, spec.CpuQuotaMicroseconds);
        Refuse(spec.NanoCpus > 0 && period > 0, "conflicting options: Nano CPUs and CPU Period cannot both be set");
        Refuse(spec.NanoCpus > 0 && quota > 0, "conflicting options: Nano CPUs and CPU Quota cannot both be set");
        Refuse(
            spec.NanoCpus < 0 || spec.NanoCpus > count * 1_000_000_000L,
            $"range of CPUs is from 0.01 to {count}.00, as there are only {count} CPUs available");
        Refuse(spec.CpuShares < 0, $"invalid CPU shares ({spec.CpuShares}): value must be a positive integer");
        Refuse(period != 0 && period is < 1000 or > 1_000_000, "CPU cfs period can not be less than 1ms (i.e. 1000) or larger than 1s (i.e. 1000000)");
        Refuse(quota > 0 && quota < 1000, "CPU cfs quota can not be less than 1ms (i.e. 1000)");
        Refuse(
            spec.CpuRealtimeRuntimeMicroseconds != 0 && spec.CpuRealtimeRuntimeMicroseconds > spec.CpuRealtimePeriodMicroseconds && spec.CpuRealtimePeriodMicroseconds != 0,
            "cpu real-time runtime cannot be higher than cpu real-time period");
    }

    private static void CheckCpuset(string asked, string kind, string onlineFile, string noun)
    {
        if (asked.Length == 0)
        {
            return;
        }

        var wanted = ParseRanges(asked) ?? throw NaruException.Invalid($"Invalid value {asked} for cpuset {kind}");
        var online = File.Exists(onlineFile) ? File.ReadAllText(onlineFile).Trim() : "0";
        Refuse(
            !wanted.IsSubsetOf(ParseRanges(online) ?? []),
            $"Requested {noun} are not available - requested {asked}, available: {online}");
    }

    private static HashSet<int>? ParseRanges(string text)
    {
        var found = new HashSet<int>();
        foreach (var part in text.Split(','))
        {
            var ends = part.Split('-');
            if (ends.Length > 2 || !int.TryParse(ends[0], NumberStyles.None, CultureInfo.InvariantCulture, out var first)
                || !int.TryParse(ends[^1], NumberStyles.None, CultureInfo.InvariantCulture, out var last) || last < first || last > 8192)
            {
                return null;
            }

            found.UnionWith(Enumerable.Range(first, last - first + 1));
        }

        return found;
    }

    private static void CheckBlock(ResourceSpec spec)
    {
        Refuse(spec.BlockWeight != 0 && spec.BlockWeight is < 10 or > 1000, "Range of blkio weight is from 10 to 1000");
        foreach (var device in spec.BlockWeightDevices)
        {
            Refuse(device.Weight is < 10 or > 1000, "Range of blkio weight is from 10 to 1000");
        }
    }

    private static void Refuse(bool broken, string message)
    {
        if (broken)
        {
            throw NaruException.Invalid(message);
        }
    }
}
