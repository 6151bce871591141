using System.Text.Json.Serialization;

namespace Naru.Dialects.Docker.Wire;

/// <summary>An entry of <c>GET /containers/json</c>.</summary>
internal sealed record ContainerSummary
{
    public string Id { get; set; } = "";
    public string[] Names { get; set; } = [];
    public string Image { get; set; } = "";
    public string ImageID { get; set; } = "";
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public OciDescriptor? ImageManifestDescriptor { get; set; }
    public string Command { get; set; } = "";
    public long Created { get; set; }
    public PortSummary[] Ports { get; set; } = [];
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public long? SizeRw { get; set; }
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public long? SizeRootFs { get; set; }
    public SortedDictionary<string, string> Labels { get; set; } = [];
    public string State { get; set; } = "";
    public string Status { get; set; } = "";
    public SummaryHostConfig HostConfig { get; set; } = new();
    public SummaryNetworks NetworkSettings { get; set; } = new();
    public MountPoint[] Mounts { get; set; } = [];
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public SummaryHealth? Health { get; set; }
}

internal sealed record SummaryHostConfig
{
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? NetworkMode { get; set; }
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public SortedDictionary<string, string>? Annotations { get; set; }
}

internal sealed record SummaryNetworks
{
    public SortedDictionary<string, EndpointSettings> Networks { get; set; } = [];
}

internal sealed record SummaryHealth
{
    public string Status { get; set; } = "";
    public int FailingStreak { get; set; }
}

internal sealed record PortSummary
{
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? IP { get; set; }
    public int PrivatePort { get; set; }
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public int PublicPort { get; set; }
    public string Type { get; set; } = "";
}

internal sealed record ContainerCreateResponse
{
    public string Id { get; set; } = "";
    public string[] Warnings { get; set; } = [];
}

internal sealed record WarningsResponse
{
    public string[]? Warnings { get; set; }
}

internal sealed record IdResponse
{
    public string Id { get; set; } = "";
}

internal sealed record WaitResponse
{
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public WaitError? Error { get; set; }
    public long StatusCode { get; set; }
}

internal sealed record WaitError
{
    public string Message { get; set; } = "";
}

internal sealed record TopResponse
{
    public string[] Titles { get; set; } = [];
    public string[][] Processes { get; set; } = [];
}

internal sealed record ChangeItem
{
    public string Path { get; set; } = "";
    public int Kind { get; set; }
}

internal sealed record ContainersPruneReport
{
    public string[]? ContainersDeleted { get; set; }
    public long SpaceReclaimed { get; set; }
}

/// <summary>The header <c>X-Docker-Container-Path-Stat</c>, base64 of this.</summary>
internal sealed record PathStat
{
    [JsonPropertyName("name")]
    public string Name { get; set; } = "";
    [JsonPropertyName("size")]
    public long Size { get; set; }
    [JsonPropertyName("mode")]
    public uint Mode { get; set; }
    [JsonPropertyName("mtime")]
    public string Mtime { get; set; } = "";
    [JsonPropertyName("linkTarget")]
    public string LinkTarget { get; set; } = "";
}

internal sealed record ErrorResponse
{
    [JsonPropertyName("message")]
    public string Message { get; set; } = "";
}
