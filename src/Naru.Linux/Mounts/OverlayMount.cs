using System.Collections.Immutable;

namespace Naru.Linux.Mounts;

/// <summary>An overlay file system to be mounted.</summary>
public sealed record OverlayMount
{
    /// <summary>The read-only directories, topmost first; at least one, at most 500 (the kernel's limit).</summary>
    public required ImmutableArray<string> Lower { get; init; }

    /// <summary>Where changes go; null mounts read-only.</summary>
    public string? Upper { get; init; }

    /// <summary>An empty directory on the upper one's file system; needed with it.</summary>
    public string? Work { get; init; }

    /// <summary>Leave out all syncs to disk: the upper directory is worthless after a crash of the machine.</summary>
    public bool Volatile { get; init; }
}
