using System.Text.Json.Serialization;
using Naru.Dialects.Docker.Http;

namespace Naru.Dialects.Docker.Wire;

/// <summary>How the host is to run a container.</summary>
internal sealed record HostConfig : Resources
{
    public string[]? Binds { get; set; }
    public string? ContainerIDFile { get; set; } = "";
    public LogConfig? LogConfig { get; set; } = new();
    public string? NetworkMode { get; set; } = "";
    public SortedDictionary<string, PortBinding[]?>? PortBindings { get; set; }
    public RestartPolicy? RestartPolicy { get; set; } = new();
    public bool AutoRemove { get; set; }
    public string? VolumeDriver { get; set; } = "";
    public string[]? VolumesFrom { get; set; }
    public long[]? ConsoleSize { get; set; } = [0, 0];
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public SortedDictionary<string, string>? Annotations { get; set; }
    [JsonConverter(typeof(StringOrArrayConverter))]
    public string[]? CapAdd { get; set; }
    [JsonConverter(typeof(StringOrArrayConverter))]
    public string[]? CapDrop { get; set; }
    public string? CgroupnsMode { get; set; } = "";
    public string[]? Dns { get; set; } = [];
    public string[]? DnsOptions { get; set; } = [];
    public string[]? DnsSearch { get; set; } = [];
    public string[]? ExtraHosts { get; set; }
    public string[]? GroupAdd { get; set; }
    public string? IpcMode { get; set; } = "";
    public string? Cgroup { get; set; } = "";
    public string[]? Links { get; set; }
    public int OomScoreAdj { get; set; }
    public string? PidMode { get; set; } = "";
    public bool Privileged { get; set; }
    public bool PublishAllPorts { get; set; }
    public bool ReadonlyRootfs { get; set; }
    public string[]? SecurityOpt { get; set; }
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public SortedDictionary<string, string>? StorageOpt { get; set; }
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public SortedDictionary<string, string>? Tmpfs { get; set; }
    public string? UTSMode { get; set; } = "";
    public string? UsernsMode { get; set; } = "";
    public long ShmSize { get; set; }
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public SortedDictionary<string, string>? Sysctls { get; set; }
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Runtime { get; set; }
    public string? Isolation { get; set; } = "";
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public Mount[]? Mounts { get; set; }
    public string[]? MaskedPaths { get; set; }
    public string[]? ReadonlyPaths { get; set; }
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public bool? Init { get; set; }
}

/// <summary>Resource limits: part of <see cref="HostConfig"/> and, with a restart policy, the body of an update.</summary>
internal record Resources
{
    public long CpuShares { get; set; }
    public long Memory { get; set; }
    public long NanoCpus { get; set; }
    public string? CgroupParent { get; set; } = "";
    public int BlkioWeight { get; set; }
    public WeightDevice[]? BlkioWeightDevice { get; set; } = [];
    public ThrottleDevice[]? BlkioDeviceReadBps { get; set; }
    public ThrottleDevice[]? BlkioDeviceWriteBps { get; set; }
    public ThrottleDevice[]? BlkioDeviceReadIOps { get; set; }
    public ThrottleDevice[]? BlkioDeviceWriteIOps { get; set; }
    public long CpuPeriod { get; set; }
    public long CpuQuota { get; set; }
    public long CpuRealtimePeriod { get; set; }
    public long CpuRealtimeRuntime { get; set; }
    public string? CpusetCpus { get; set; } = "";
    public string? CpusetMems { get; set; } = "";
    public DeviceMapping[]? Devices { get; set; } = [];
    public string[]? DeviceCgroupRules { get; set; }
    public DeviceRequest[]? DeviceRequests { get; set; }
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public long? KernelMemory { get; set; }
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public long? KernelMemoryTCP { get; set; }
    public long MemoryReservation { get; set; }
    public long MemorySwap { get; set; }
    public long? MemorySwappiness { get; set; }
    public bool? OomKillDisable { get; set; }
    public long? PidsLimit { get; set; }
    public Ulimit[]? Ulimits { get; set; }
    public long CpuCount { get; set; }
    public long CpuPercent { get; set; }
    public long IOMaximumIOps { get; set; }
    public long IOMaximumBandwidth { get; set; }
}

/// <summary>Body of <c>POST /containers/{id}/update</c>.</summary>
internal sealed record ContainerUpdateRequest : Resources
{
    public RestartPolicy? RestartPolicy { get; set; }
}

internal sealed record LogConfig
{
    public string? Type { get; set; } = "";
    public SortedDictionary<string, string>? Config { get; set; }
}

internal sealed record RestartPolicy
{
    public string? Name { get; set; } = "";
    public int MaximumRetryCount { get; set; }
}

internal sealed record PortBinding
{
    public string? HostIp { get; set; } = "";
    public string? HostPort { get; set; } = "";
}

internal sealed record WeightDevice
{
    public string? Path { get; set; } = "";
    public int Weight { get; set; }
}

internal sealed record ThrottleDevice
{
    public string? Path { get; set; } = "";
    public long Rate { get; set; }
}

internal sealed record DeviceMapping
{
    public string? PathOnHost { get; set; } = "";
    public string? PathInContainer { get; set; } = "";
    public string? CgroupPermissions { get; set; } = "";
}

internal sealed record DeviceRequest
{
    public string? Driver { get; set; } = "";
    public int Count { get; set; }
    public string[]? DeviceIDs { get; set; }
    public string[][]? Capabilities { get; set; }
    public SortedDictionary<string, string>? Options { get; set; }
}

internal sealed record Ulimit
{
    public string? Name { get; set; } = "";
    public long Hard { get; set; }
    public long Soft { get; set; }
}
