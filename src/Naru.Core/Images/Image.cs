using System.Collections.Immutable;

namespace Naru.Core.Images;

/// <summary>An image on this host as one reader sees it. Its id is the digest of its configuration.</summary>
public sealed record Image
{
    /// <summary>Digest of the configuration.</summary>
    public required Digest Id { get; init; }

    /// <summary>The configuration file's own bytes, as every registry would serve them.</summary>
    public required ReadOnlyMemory<byte> ConfigBytes { get; init; }

    /// <summary>How to run it.</summary>
    public required ImageConfig Config { get; init; }

    /// <summary>What it runs on.</summary>
    public required Platform Platform { get; init; }

    /// <summary>Its layers, lowest first.</summary>
    public required LayerChain Layers { get; init; }

    /// <summary>How it came about, oldest first.</summary>
    public ImmutableArray<HistoryEntry> History { get; init; } = [];

    /// <summary>When it was made; null: not said.</summary>
    public DateTimeOffset? Created { get; init; }

    /// <summary>When it last got a tag here.</summary>
    public DateTimeOffset? LastTagged { get; init; }

    /// <summary>Who made it.</summary>
    public string Author { get; init; } = "";

    /// <summary>Comment of a commit or import.</summary>
    public string Comment { get; init; } = "";

    /// <summary>Image it was built on here; null: pulled, loaded or a base.</summary>
    public Digest? Parent { get; init; }

    /// <summary>Names with a tag, familiar form, sorted.</summary>
    public ImmutableArray<string> Tags { get; init; } = [];

    /// <summary>Names with the manifest's digest, familiar form, sorted.</summary>
    public ImmutableArray<string> Digests { get; init; } = [];

    /// <summary>Manifest it came with, where known.</summary>
    public Digest? Manifest { get; init; }

    /// <summary>Bytes of all its layers, unpacked.</summary>
    public long Size { get; init; }

    /// <summary>Version of the engine that made it, echoed.</summary>
    public string MadeBy { get; init; } = "";
}

/// <summary>One step in an image's making (OCI image configuration, "history").</summary>
public sealed record HistoryEntry
{
    /// <summary>When.</summary>
    public DateTimeOffset? Created { get; init; }

    /// <summary>The command.</summary>
    public string CreatedBy { get; init; } = "";

    /// <summary>Who.</summary>
    public string Author { get; init; } = "";

    /// <summary>Comment.</summary>
    public string Comment { get; init; } = "";

    /// <summary>The step made no layer.</summary>
    public bool EmptyLayer { get; init; }
}
