using System.Text.Json.Serialization;

namespace Naru.Dialects.Docker.Wire;

/// <summary>Answer of <c>GET /system/df</c>: the old lists up to API 1.52, the summaries from 1.52.</summary>
internal sealed record DiskUsage
{
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public long? LayersSize { get; set; }
    public ImageSummary[]? Images { get; set; }
    public ContainerSummary[]? Containers { get; set; }
    public VolumeResource[]? Volumes { get; set; }
    public BuildCacheRecord[]? BuildCache { get; set; }
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public long? BuilderSize { get; set; }
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public UsageOf<ImageSummary>? ImageUsage { get; set; }
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public UsageOf<ContainerSummary>? ContainerUsage { get; set; }
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public UsageOf<VolumeResource>? VolumeUsage { get; set; }
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public UsageOf<BuildCacheRecord>? BuildCacheUsage { get; set; }
}

/// <summary>Space of one kind of object, in bytes; <see cref="Items"/> only where asked for.</summary>
internal sealed record UsageOf<T>
{
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public long ActiveCount { get; set; }
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public T[]? Items { get; set; }
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public long Reclaimable { get; set; }
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public long TotalCount { get; set; }
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public long TotalSize { get; set; }
}

internal sealed record BuildCacheRecord
{
    public string ID { get; set; } = "";
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Parent { get; set; }
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string[]? Parents { get; set; }
    public string Type { get; set; } = "regular";
    public string Description { get; set; } = "";
    public bool InUse { get; set; }
    public bool Shared { get; set; }
    public long Size { get; set; }
    public string CreatedAt { get; set; } = "";
    public string? LastUsedAt { get; set; }
    public int UsageCount { get; set; }
}
