using Naru.Linux.Files;

namespace Naru.Linux.Archives;

/// <summary>What a reader takes before it calls an archive hostile. Sizes are bytes.</summary>
public sealed record TarLimits
{
    /// <summary>Members.</summary>
    public long Entries { get; init; } = 8_000_000;

    /// <summary>Content of all members together.</summary>
    public long TotalBytes { get; init; } = 1L << 40;

    /// <summary>One extended header or long name.</summary>
    public int HeaderBytes { get; init; } = 1 << 20;

    /// <summary>One name.</summary>
    public int PathLength { get; init; } = 4095;

    /// <summary>Directories above one another.</summary>
    public int Depth { get; init; } = 1024;

    /// <summary>How often larger the content may be than its compressed form, judged beyond <see cref="RatioFrom"/> bytes.</summary>
    public int Ratio { get; init; } = 250;

    /// <summary>Content below this much is never judged by its ratio.</summary>
    public long RatioFrom { get; init; } = 2L << 30;

    /// <summary>Bytes that must stay free on the target's file system; null: 64 MiB, or a fiftieth of a smaller file system.</summary>
    public long? FreeSpace { get; init; }

    /// <summary><see cref="FreeSpace"/> on a file system of this size.</summary>
    internal long FreeSpaceOn(FileSystemSpace space) => FreeSpace ?? Math.Min(64L << 20, space.Total / 50);
}
