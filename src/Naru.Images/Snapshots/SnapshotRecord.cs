using System.Text.Json.Serialization;
using Naru.Core.Containers;

namespace Naru.Images.Snapshots;

/// <summary>What is kept beside a writable root (snapshot.json).</summary>
internal sealed record SnapshotRecord
{
    public int Version { get; init; } = 1;

    /// <summary>Diff ids of the layers below, lowest first.</summary>
    public required string[] Layers { get; init; }

    /// <summary>Ids of the host that own its files; null: those of the layers.</summary>
    public UserMapping? Users { get; init; }
}

[JsonSerializable(typeof(SnapshotRecord))]
internal sealed partial class SnapshotJson : JsonSerializerContext;
