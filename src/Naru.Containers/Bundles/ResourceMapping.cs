using Naru.Core.Containers;
using Naru.Core.Errors;
using Naru.Linux.Files;

namespace Naru.Containers.Bundles;

/// <summary>Limits as the OCI runtime takes them. The runtime itself translates version 1 numbers for version 2 hosts.</summary>
internal static class ResourceMapping
{
    /// <summary>Docker's period of a processor quota, microseconds.</summary>
    private const long DefaultPeriod = 100_000;

    private const long NanosecondsPerSecond = 1_000_000_000;

    public static OciMemory? Memory(ResourceSpec spec, bool unified)
    {
        var memory = new OciMemory
        {
            Limit = Positive(spec.Memory.Bytes),
            Reservation = Positive(spec.MemoryReservation.Bytes),
            Swap = spec.MemorySwap.Bytes != 0 ? spec.MemorySwap.Bytes : null,
            Swappiness = !unified && spec.MemorySwappiness is >= 0 and var swappiness ? (ulong)swappiness : null,
            DisableOOMKiller = !unified && spec.OomKillDisabled == true ? true : null,
        };
        return memory == new OciMemory() ? null : memory;
    }

    public static OciCpu? Cpu(ResourceSpec spec)
    {
        var (quota, period) = Quota(spec);
        var cpu = new OciCpu
        {
            Shares = spec.CpuShares > 0 ? (ulong)spec.CpuShares : null,
            Quota = quota,
            Period = period,
            RealtimePeriod = spec.CpuRealtimePeriodMicroseconds > 0 ? (ulong)spec.CpuRealtimePeriodMicroseconds : null,
            RealtimeRuntime = Positive(spec.CpuRealtimeRuntimeMicroseconds),
            Cpus = NullIfEmpty(spec.CpusetCpus),
            Mems = NullIfEmpty(spec.CpusetMems),
        };
        return cpu == new OciCpu() ? null : cpu;
    }

    /// <summary>Quota and period in microseconds, from whichever form was asked.</summary>
    public static (long? Quota, ulong? Period) Quota(ResourceSpec spec)
    {
        if (spec.NanoCpus > 0)
        {
            return (spec.NanoCpus * DefaultPeriod / NanosecondsPerSecond, DefaultPeriod);
        }

        return (spec.CpuQuotaMicroseconds != 0 ? spec.CpuQuotaMicroseconds : null,
            spec.CpuPeriodMicroseconds > 0 ? (ulong)spec.CpuPeriodMicroseconds : null);
    }

    public static OciPids? Pids(ResourceSpec spec) => spec.PidsLimit is { } limit && limit != 0 ? new OciPids(limit) : null;

    public static OciBlockIo? BlockIo(ResourceSpec spec)
    {
        if (spec is { BlockWeight: 0, BlockWeightDevices.Length: 0, BlockReadBytes.Length: 0, BlockWriteBytes.Length: 0, BlockReadOperations.Length: 0, BlockWriteOperations.Length: 0 })
        {
            return null;
        }

        using var host = RootedDirectory.Open("/");
        return new OciBlockIo
        {
            Weight = spec.BlockWeight > 0 ? (ushort)spec.BlockWeight : null,
            WeightDevice = spec.BlockWeightDevices.IsEmpty ? null
                : [.. spec.BlockWeightDevices.Select(device => Weight(host, device))],
            ThrottleReadBpsDevice = Throttles(host, spec.BlockReadBytes),
            ThrottleWriteBpsDevice = Throttles(host, spec.BlockWriteBytes),
            ThrottleReadIopsDevice = Throttles(host, spec.BlockReadOperations),
            ThrottleWriteIopsDevice = Throttles(host, spec.BlockWriteOperations),
        };
    }

    /// <summary>Limits of processes, none above what this process may hand on when it cannot raise limits.</summary>
    public static IReadOnlyList<OciRlimit>? Rlimits(ResourceSpec spec, HostLimits host) => spec.UserLimits.IsEmpty
        ? null
        : [.. spec.UserLimits.Select(limit => host.Clamp(limit))];

    private static OciThrottleDevice[]? Throttles(RootedDirectory host, IReadOnlyList<DeviceRate> rates) => rates.Count == 0
        ? null
        : [.. rates.Select(rate => Throttle(host, rate))];

    private static OciThrottleDevice Throttle(RootedDirectory host, DeviceRate rate)
    {
        var number = NumberOf(host, rate.Path);
        return new OciThrottleDevice(number.Major, number.Minor, rate.PerSecond);
    }

    private static OciWeightDevice Weight(RootedDirectory host, DeviceWeight weight)
    {
        var number = NumberOf(host, weight.Path);
        return new OciWeightDevice(number.Major, number.Minor, (ushort)weight.Weight);
    }

    private static DeviceNumber NumberOf(RootedDirectory host, string path) =>
        host.TryStat(path) is { Kind: FileKind.BlockDevice or FileKind.CharacterDevice } status
            ? status.Device
            : throw NaruException.Invalid($"stat {path}: no such device");

    private static long? Positive(long value) => value > 0 ? value : null;

    private static string? NullIfEmpty(string text) => text.Length == 0 ? null : text;
}
