using System.Text.Json.Serialization;

namespace Naru.Dialects.Docker.Wire;

/// <summary>One sample of <c>GET /containers/{id}/stats</c>.</summary>
internal sealed record ContainerStats
{
    [JsonPropertyName("read")]
    public string Read { get; set; } = "0001-01-01T00:00:00Z";
    [JsonPropertyName("preread")]
    public string PreRead { get; set; } = "0001-01-01T00:00:00Z";
    [JsonPropertyName("pids_stats")]
    public PidsStats Pids { get; set; } = new();
    [JsonPropertyName("blkio_stats")]
    public BlkioStats Blkio { get; set; } = new();
    [JsonPropertyName("num_procs")]
    public uint NumProcs { get; set; }
    [JsonPropertyName("storage_stats")]
    public Empty Storage { get; set; } = Empty.Instance;
    [JsonPropertyName("cpu_stats")]
    public CpuStats Cpu { get; set; } = new();
    [JsonPropertyName("precpu_stats")]
    public CpuStats PreCpu { get; set; } = new();
    [JsonPropertyName("memory_stats")]
    public MemoryStats Memory { get; set; } = new();
    [JsonPropertyName("name")]
    public string Name { get; set; } = "";
    [JsonPropertyName("id")]
    public string Id { get; set; } = "";
    [JsonPropertyName("networks"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public SortedDictionary<string, NetworkStats>? Networks { get; set; }
    [JsonPropertyName("os_type"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? OsType { get; set; }
}

internal sealed record PidsStats
{
    [JsonPropertyName("current"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public ulong Current { get; set; }
    [JsonPropertyName("limit"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public ulong Limit { get; set; }
}

internal sealed record CpuStats
{
    [JsonPropertyName("cpu_usage")]
    public CpuUsage Usage { get; set; } = new();
    [JsonPropertyName("system_cpu_usage"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public ulong SystemUsage { get; set; }
    [JsonPropertyName("online_cpus"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public uint OnlineCpus { get; set; }
    [JsonPropertyName("throttling_data")]
    public ThrottlingData Throttling { get; set; } = new();
}

/// <summary>Processor time in nanoseconds.</summary>
internal sealed record CpuUsage
{
    [JsonPropertyName("total_usage")]
    public ulong Total { get; set; }
    [JsonPropertyName("percpu_usage"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ulong[]? PerCpu { get; set; }
    [JsonPropertyName("usage_in_kernelmode")]
    public ulong Kernel { get; set; }
    [JsonPropertyName("usage_in_usermode")]
    public ulong User { get; set; }
}

internal sealed record ThrottlingData
{
    [JsonPropertyName("periods")]
    public ulong Periods { get; set; }
    [JsonPropertyName("throttled_periods")]
    public ulong ThrottledPeriods { get; set; }
    [JsonPropertyName("throttled_time")]
    public ulong ThrottledTime { get; set; }
}

internal sealed record MemoryStats
{
    [JsonPropertyName("usage"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public ulong Usage { get; set; }
    [JsonPropertyName("max_usage"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public ulong MaxUsage { get; set; }
    [JsonPropertyName("stats"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public SortedDictionary<string, ulong>? Stats { get; set; }
    [JsonPropertyName("failcnt"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public ulong FailCount { get; set; }
    [JsonPropertyName("limit"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public ulong Limit { get; set; }
}

internal sealed record BlkioStats
{
    [JsonPropertyName("io_service_bytes_recursive")]
    public BlkioEntry[]? ServiceBytes { get; set; }
    [JsonPropertyName("io_serviced_recursive")]
    public BlkioEntry[]? Serviced { get; set; }
    [JsonPropertyName("io_queue_recursive")]
    public BlkioEntry[]? Queue { get; set; }
    [JsonPropertyName("io_service_time_recursive")]
    public BlkioEntry[]? ServiceTime { get; set; }
    [JsonPropertyName("io_wait_time_recursive")]
    public BlkioEntry[]? WaitTime { get; set; }
    [JsonPropertyName("io_merged_recursive")]
    public BlkioEntry[]? Merged { get; set; }
    [JsonPropertyName("io_time_recursive")]
    public BlkioEntry[]? Time { get; set; }
    [JsonPropertyName("sectors_recursive")]
    public BlkioEntry[]? Sectors { get; set; }
}

internal sealed record BlkioEntry
{
    [JsonPropertyName("major")]
    public ulong Major { get; set; }
    [JsonPropertyName("minor")]
    public ulong Minor { get; set; }
    [JsonPropertyName("op")]
    public string Op { get; set; } = "";
    [JsonPropertyName("value")]
    public ulong Value { get; set; }
}

internal sealed record NetworkStats
{
    [JsonPropertyName("rx_bytes")]
    public ulong RxBytes { get; set; }
    [JsonPropertyName("rx_packets")]
    public ulong RxPackets { get; set; }
    [JsonPropertyName("rx_errors")]
    public ulong RxErrors { get; set; }
    [JsonPropertyName("rx_dropped")]
    public ulong RxDropped { get; set; }
    [JsonPropertyName("tx_bytes")]
    public ulong TxBytes { get; set; }
    [JsonPropertyName("tx_packets")]
    public ulong TxPackets { get; set; }
    [JsonPropertyName("tx_errors")]
    public ulong TxErrors { get; set; }
    [JsonPropertyName("tx_dropped")]
    public ulong TxDropped { get; set; }
}
