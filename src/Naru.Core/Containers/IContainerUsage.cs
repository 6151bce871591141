using System.Collections.Immutable;

namespace Naru.Core.Containers;

/// <summary>What containers use.</summary>
public interface IContainerUsage
{
    /// <summary>Reads the counters now. Zeroes for a container that does not run.</summary>
    Task<UsageSample> SampleAsync(Container container, CancellationToken cancellationToken);

    /// <summary>Disk use of its writable layer and of that layer with the image below.</summary>
    Task<DiskUse> DiskAsync(Container container, CancellationToken cancellationToken);
}

/// <summary>Bytes on disk.</summary>
/// <param name="Writable">The writable layer.</param>
/// <param name="Whole">With the image's layers.</param>
public sealed record DiskUse(long Writable, long Whole);

/// <summary>Counters at one moment; times in nanoseconds, sizes in bytes. Null where the host's control groups do not count it.</summary>
public sealed record UsageSample
{
    /// <summary>When.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>Processor time, user and system.</summary>
    public ulong CpuTotal { get; init; }

    /// <summary>In user mode.</summary>
    public ulong CpuUser { get; init; }

    /// <summary>In the kernel.</summary>
    public ulong CpuKernel { get; init; }

    /// <summary>Per processor (cgroup v1 alone; else empty).</summary>
    public ImmutableArray<ulong> CpuEach { get; init; } = [];

    /// <summary>Processor time of the whole host since boot.</summary>
    public ulong HostCpu { get; init; }

    /// <summary>Processors online.</summary>
    public int Processors { get; init; }

    /// <summary>Periods, throttled periods, throttled time.</summary>
    public (ulong Periods, ulong Throttled, ulong ThrottledTime) Throttling { get; init; }

    /// <summary>Memory in use, page cache included.</summary>
    public ulong Memory { get; init; }

    /// <summary>Most memory ever used.</summary>
    public ulong? MemoryPeak { get; init; }

    /// <summary>Failed charges.</summary>
    public ulong? MemoryFailures { get; init; }

    /// <summary>Limit; the host's memory when none is set.</summary>
    public ulong MemoryLimit { get; init; }

    /// <summary>The kernel's own statistics by their names (memory.stat).</summary>
    public ImmutableSortedDictionary<string, ulong> MemoryDetails { get; init; } = ImmutableSortedDictionary<string, ulong>.Empty;

    /// <summary>Processes.</summary>
    public ulong Pids { get; init; }

    /// <summary>Most processes allowed; null: no limit.</summary>
    public ulong? PidsLimit { get; init; }

    /// <summary>Block I/O by device and operation, bytes.</summary>
    public ImmutableArray<BlockCounter> BlockBytes { get; init; } = [];

    /// <summary>Block I/O by device and operation, number of operations.</summary>
    public ImmutableArray<BlockCounter> BlockOperations { get; init; } = [];

    /// <summary>Traffic by interface name inside.</summary>
    public ImmutableSortedDictionary<string, LinkCounters> Links { get; init; } = ImmutableSortedDictionary<string, LinkCounters>.Empty;
}

/// <summary>A block counter.</summary>
/// <param name="Major">Device.</param>
/// <param name="Minor">Device.</param>
/// <param name="Operation"><c>read</c>, <c>write</c> and so on, lower case.</param>
/// <param name="Value">The count.</param>
public sealed record BlockCounter(uint Major, uint Minor, string Operation, ulong Value);

/// <summary>Counters of a network interface as the container sees them.</summary>
#pragma warning disable CS1573, CS1591 // the names say it all
public sealed record LinkCounters(
    ulong ReceivedBytes, ulong ReceivedPackets, ulong ReceivedErrors, ulong ReceivedDropped,
    ulong SentBytes, ulong SentPackets, ulong SentErrors, ulong SentDropped);
