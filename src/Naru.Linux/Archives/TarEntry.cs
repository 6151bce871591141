using System.Collections.Immutable;
using Naru.Linux.Files;

namespace Naru.Linux.Archives;

/// <summary>One member of a tar archive.</summary>
public sealed record TarEntry
{
    /// <summary>As the archive has it; never checked by the reader.</summary>
    public required string Name { get; init; }

    public required TarEntryKind Kind { get; init; }

    /// <summary>Permission bits with set-user, set-group and sticky.</summary>
    public uint Permissions { get; init; } = 0x1A4;

    public uint User { get; init; }

    public uint Group { get; init; }

    /// <summary>Bytes of content as a reader of the file sees them.</summary>
    public long Size { get; init; }

    public UnixTime Modified { get; init; }

    /// <summary>Target of a link; for a hard link a name within the archive.</summary>
    public string LinkName { get; init; } = "";

    public DeviceNumber Device { get; init; }

    /// <summary>Extended attributes (SCHILY.xattr records).</summary>
    public ImmutableSortedDictionary<string, byte[]> Attributes { get; init; } = ImmutableSortedDictionary<string, byte[]>.Empty;

    /// <summary>Where the stored pieces of a sparse file belong; null: one piece.</summary>
    internal ImmutableArray<(long Offset, long Length)>? Pieces { get; init; }
}

/// <summary>What a member is.</summary>
public enum TarEntryKind
{
    Regular,
    HardLink,
    Symlink,
    CharacterDevice,
    BlockDevice,
    Directory,
    Fifo,

    /// <summary>Anything else; readers skip it.</summary>
    Other,
}
