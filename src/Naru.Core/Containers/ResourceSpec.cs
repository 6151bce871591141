using System.Collections.Immutable;
using Naru.Core.Units;

namespace Naru.Core.Containers;

/// <summary>Limits and devices of a container. Zero and null mean "no limit asked".</summary>
public sealed record ResourceSpec
{
    /// <summary>Memory limit.</summary>
    public ByteSize Memory { get; init; }

    /// <summary>The limit may be below what most programs need to start: the kernel has the last word.</summary>
    public bool AnyMemory { get; init; }

    /// <summary>Memory that the kernel takes back first under pressure.</summary>
    public ByteSize MemoryReservation { get; init; }

    /// <summary>Memory and swap together; -1 byte: swap without limit; zero: twice the memory.</summary>
    public ByteSize MemorySwap { get; init; }

    /// <summary>0 to 100; null or -1: the kernel's.</summary>
    public long? MemorySwappiness { get; init; }

    /// <summary>Kernel memory (cgroup v1 alone).</summary>
    public ByteSize KernelMemory { get; init; }

    /// <summary>TCP buffer memory (cgroup v1 alone).</summary>
    public ByteSize KernelMemoryTcp { get; init; }

    /// <summary>Processors, in thousand-millionths of one.</summary>
    public long NanoCpus { get; init; }

    /// <summary>Relative weight among siblings; 1024 is usual.</summary>
    public long CpuShares { get; init; }

    /// <summary>Length of a quota's period, microseconds.</summary>
    public long CpuPeriodMicroseconds { get; init; }

    /// <summary>Processor time in each period, microseconds; -1: no limit.</summary>
    public long CpuQuotaMicroseconds { get; init; }

    /// <summary>Real-time period, microseconds.</summary>
    public long CpuRealtimePeriodMicroseconds { get; init; }

    /// <summary>Real-time share of it, microseconds.</summary>
    public long CpuRealtimeRuntimeMicroseconds { get; init; }

    /// <summary>Processors it may run on, <c>0-3,5</c>.</summary>
    public string CpusetCpus { get; init; } = "";

    /// <summary>Memory nodes it may use.</summary>
    public string CpusetMems { get; init; } = "";

    /// <summary>Number of processes; null or 0: not set; -1: unlimited.</summary>
    public long? PidsLimit { get; init; }

    /// <summary>Relative block I/O weight, 10 to 1000.</summary>
    public int BlockWeight { get; init; }

    /// <summary>The same for single devices.</summary>
    public ImmutableArray<DeviceWeight> BlockWeightDevices { get; init; } = [];

    /// <summary>Bytes read per second.</summary>
    public ImmutableArray<DeviceRate> BlockReadBytes { get; init; } = [];

    /// <summary>Bytes written per second.</summary>
    public ImmutableArray<DeviceRate> BlockWriteBytes { get; init; } = [];

    /// <summary>Reads per second.</summary>
    public ImmutableArray<DeviceRate> BlockReadOperations { get; init; } = [];

    /// <summary>Writes per second.</summary>
    public ImmutableArray<DeviceRate> BlockWriteOperations { get; init; } = [];

    /// <summary>Resource limits of processes.</summary>
    public ImmutableArray<UserLimit> UserLimits { get; init; } = [];

    /// <summary>Host devices handed in.</summary>
    public ImmutableArray<DeviceMapping> Devices { get; init; } = [];

    /// <summary>Further device rules, <c>c 1:3 rwm</c>.</summary>
    public ImmutableArray<string> DeviceRules { get; init; } = [];

    /// <summary>Devices asked from drivers (GPUs and the like).</summary>
    public ImmutableArray<DeviceRequest> DeviceRequests { get; init; } = [];

    /// <summary>-1000 to 1000; who is killed first when memory runs out.</summary>
    public int OomScoreAdjustment { get; init; }

    /// <summary>Pause instead of kill when memory runs out (cgroup v1 alone).</summary>
    public bool? OomKillDisabled { get; init; }

    /// <summary>Size of /dev/shm; zero: 64 MiB.</summary>
    public ByteSize SharedMemory { get; init; }

    /// <summary>Parent control group; empty: the engine's.</summary>
    public string CgroupParent { get; init; } = "";
}

/// <summary>Weight of one block device.</summary>
/// <param name="Path">Device node on the host.</param>
/// <param name="Weight">10 to 1000.</param>
public sealed record DeviceWeight(string Path, int Weight);

/// <summary>Rate limit of one block device.</summary>
/// <param name="Path">Device node on the host.</param>
/// <param name="PerSecond">Bytes or operations each second.</param>
public sealed record DeviceRate(string Path, ulong PerSecond);

/// <summary>One resource limit.</summary>
/// <param name="Name">Lower case without RLIMIT_, <c>nofile</c>.</param>
/// <param name="Soft">Soft value; -1: unlimited.</param>
/// <param name="Hard">Hard value; -1: unlimited.</param>
public sealed record UserLimit(string Name, long Soft, long Hard);

/// <summary>A host device handed in.</summary>
/// <param name="HostPath">Node or directory of nodes on the host.</param>
/// <param name="ContainerPath">Where it appears inside.</param>
/// <param name="Permissions">Of <c>r</c>, <c>w</c>, <c>m</c>.</param>
public sealed record DeviceMapping(string HostPath, string ContainerPath, string Permissions);

/// <summary>Devices asked from a driver.</summary>
public sealed record DeviceRequest
{
    /// <summary>Driver, <c>nvidia</c>, <c>cdi</c>; empty: any that fits.</summary>
    public string Driver { get; init; } = "";

    /// <summary>How many; -1: all.</summary>
    public int Count { get; init; }

    /// <summary>Ids known to the driver.</summary>
    public ImmutableArray<string> Ids { get; init; } = [];

    /// <summary>Alternatives of capability lists.</summary>
    public ImmutableArray<ImmutableArray<string>> Capabilities { get; init; } = [];

    /// <summary>Options of the driver.</summary>
    public ImmutableSortedDictionary<string, string> Options { get; init; } = ImmutableSortedDictionary<string, string>.Empty;
}
