using System.Text.Json.Serialization;

namespace Naru.Images.Catalogue;

/// <summary>What is known of images beyond their configuration files (images.json).</summary>
internal sealed record CatalogueFile
{
    public int Version { get; init; } = 1;

    public SortedDictionary<string, CatalogueLine> Images { get; init; } = [];

    /// <summary>Whole names with tag or digest, and the image that each stands for.</summary>
    public SortedDictionary<string, string> Names { get; init; } = [];
}

internal sealed record CatalogueLine
{
    public string? Parent { get; init; }

    public DateTimeOffset? LastTagged { get; init; }

    public string? Manifest { get; init; }
}

[JsonSourceGenerationOptions(DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(CatalogueFile))]
internal sealed partial class CatalogueJson : JsonSerializerContext;
