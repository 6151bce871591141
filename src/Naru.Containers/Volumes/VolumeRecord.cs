using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Naru.Core.Volumes;

namespace Naru.Containers.Volumes;

/// <summary>Whether an image's files are being copied into a volume.</summary>
internal enum Population
{
    /// <summary>No copy is under way.</summary>
    None,

    /// <summary>A copy was begun; after a crash it is done again.</summary>
    Copying,
}

/// <summary>A volume as volume.json holds it. Its form is frozen; new fields get defaults.</summary>
internal sealed record VolumeRecord
{
    public int Version { get; init; } = 1;

    public required string Name { get; init; }

    public string Driver { get; init; } = "local";

    public required DateTimeOffset Created { get; init; }

    public ImmutableSortedDictionary<string, string> Labels { get; init; } = ImmutableSortedDictionary<string, string>.Empty;

    public ImmutableSortedDictionary<string, string> Options { get; init; } = ImmutableSortedDictionary<string, string>.Empty;

    public bool Anonymous { get; init; }

    public Population Population { get; init; }

    internal Volume ToVolume(string path) => new()
    {
        Name = Name,
        Driver = Driver,
        Path = path,
        Created = Created,
        Labels = Labels,
        Options = Options,
        Anonymous = Anonymous,
    };
}

[JsonSerializable(typeof(VolumeRecord))]
[JsonSourceGenerationOptions(UseStringEnumConverter = true, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true)]
internal sealed partial class VolumeJsonContext : JsonSerializerContext;
