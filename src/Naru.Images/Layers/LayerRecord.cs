using System.Text.Json.Serialization;

namespace Naru.Images.Layers;

/// <summary>What is kept beside an unpacked layer (layer.json).</summary>
internal sealed record LayerRecord
{
    public int Version { get; init; } = 1;

    public required string ChainId { get; init; }

    public required string DiffId { get; init; }

    /// <summary>Chain below; null for the lowest.</summary>
    public string? Parent { get; init; }

    /// <summary>Content of its files in bytes.</summary>
    public long Size { get; init; }

    /// <summary>Length of its tar in bytes.</summary>
    public long TarSize { get; init; }

    /// <summary>Some content that the recipe names lies under "replaced".</summary>
    public bool HasReplaced { get; init; }

    /// <summary>Packed forms of it that registries are known to hold.</summary>
    public PackedLayer[] Packed { get; init; } = [];
}

/// <summary>A packed form of a layer.</summary>
internal sealed record PackedLayer
{
    public required string Digest { get; init; }

    public required long Size { get; init; }

    public required string MediaType { get; init; }

    /// <summary>Repository that holds it, "registry/repository".</summary>
    public required string Source { get; init; }
}

[JsonSourceGenerationOptions(WriteIndented = false)]
[JsonSerializable(typeof(LayerRecord))]
internal sealed partial class LayerJson : JsonSerializerContext;
