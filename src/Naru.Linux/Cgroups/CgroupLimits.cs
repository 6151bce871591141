namespace Naru.Linux.Cgroups;

/// <summary>Limits to write to a live group; null leaves one as it is. -1 takes a limit off.</summary>
public sealed record CgroupLimits
{
    /// <summary>Bytes.</summary>
    public long? Memory { get; init; }

    /// <summary>Bytes of memory and swap together.</summary>
    public long? MemoryAndSwap { get; init; }

    /// <summary>Bytes.</summary>
    public long? MemoryReservation { get; init; }

    /// <summary>Version 1 weight, 2 to 262144; translated for version 2.</summary>
    public long? CpuShares { get; init; }

    /// <summary>Microseconds in each period; -1: no limit.</summary>
    public long? CpuQuotaMicroseconds { get; init; }

    /// <summary>Microseconds.</summary>
    public long? CpuPeriodMicroseconds { get; init; }

    public string? CpusetCpus { get; init; }

    public string? CpusetMems { get; init; }

    public long? Pids { get; init; }

    /// <summary>10 to 1000.</summary>
    public long? BlockWeight { get; init; }
}
