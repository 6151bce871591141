using System.Text.Json;
using System.Text.Json.Serialization;

namespace Naru.Dialects.Docker.Wire;

internal sealed record VolumeResource
{
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? CreatedAt { get; set; }
    public string Driver { get; set; } = "local";
    public SortedDictionary<string, string>? Labels { get; set; }
    public string Mountpoint { get; set; } = "";
    public string Name { get; set; } = "";
    public SortedDictionary<string, string>? Options { get; set; }
    public string Scope { get; set; } = "local";
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public VolumeUsage? UsageData { get; set; }
}

internal sealed record VolumeUsage
{
    public long RefCount { get; set; } = -1;
    public long Size { get; set; } = -1;
}

internal sealed record VolumeList
{
    public VolumeResource[] Volumes { get; set; } = [];
    public string[]? Warnings { get; set; }
}

/// <summary>Body of <c>POST /volumes/create</c>.</summary>
internal sealed record VolumeCreateRequest
{
    public string? Name { get; set; }
    public string? Driver { get; set; }
    public SortedDictionary<string, string>? DriverOpts { get; set; }
    public SortedDictionary<string, string>? Labels { get; set; }
    public JsonElement? ClusterVolumeSpec { get; set; }
}

internal sealed record VolumesPruneReport
{
    public string[]? VolumesDeleted { get; set; }
    public long SpaceReclaimed { get; set; }
}
