using System.Text.Json.Serialization;

namespace Naru.Builds.Caching;

/// <summary>A cache record as it lies on disk. Frozen: fields are added, never renamed.</summary>
internal sealed record CacheRecordFile
{
    public const int CurrentVersion = 1;

    public int Version { get; init; } = CurrentVersion;

    /// <summary>Digest of all that the result depends on, 64 hexadecimal digits.</summary>
    public required string Key { get; init; }

    public string Type { get; init; } = "regular";

    public string Description { get; init; } = "";

    /// <summary>Diff ids of the result, lowest first; null: see <see cref="Image"/>.</summary>
    public string[]? Layers { get; init; }

    /// <summary>The image that is the result (classic builder).</summary>
    public string? Image { get; init; }

    public string[] Parents { get; init; } = [];

    public long Size { get; init; }

    public DateTimeOffset Created { get; init; }

    public DateTimeOffset LastUsed { get; init; }

    public int UsageCount { get; init; }

    /// <summary>The step changed no file.</summary>
    public bool Empty { get; init; }
}

[JsonSerializable(typeof(CacheRecordFile))]
[JsonSourceGenerationOptions(DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault)]
internal sealed partial class CacheJsonContext : JsonSerializerContext;
