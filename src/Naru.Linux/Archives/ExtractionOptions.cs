using Naru.Core.Containers;

namespace Naru.Linux.Archives;

/// <summary>How an archive becomes a directory.</summary>
public sealed record ExtractionOptions
{
    public WhiteoutForm Whiteouts { get; init; }

    public DevicePolicy Devices { get; init; } = DevicePolicy.Harmless;

    /// <summary>Owner of everything; null: as the archive says.</summary>
    public (uint User, uint Group)? Owner { get; init; }

    /// <summary>Whose files they become: ids of the archive (and of <see cref="Owner"/>) are theirs inside. Null: the host's.</summary>
    public UserMapping? Users { get; init; }

    /// <summary>Refuse to put a file in a directory's place or a directory in a file's.</summary>
    public bool KeepKinds { get; init; }

    /// <summary>Leave the mode, owner and time of the target itself alone though the archive has an entry for it.</summary>
    public bool KeepTop { get; init; }

    /// <summary>
    /// Where below the root the members go: an existing directory, its path free of links. Names cannot climb above it, but links on their way are
    /// followed as far as the root. Empty: the root itself.
    /// </summary>
    public string Below { get; init; } = "";

    public TarLimits Limits { get; init; } = new();

    /// <summary>Which members are wanted, by their cleaned path; null: all.</summary>
    public Func<string, bool>? Include { get; init; }

    /// <summary>Tells how many packed bytes were read so far, for <see cref="TarLimits.Ratio"/>; null: not judged.</summary>
    public Func<long>? PackedBytes { get; init; }

    /// <summary>Have the kernel begin to write larger files to disk at once and not at the sync that is to follow, which is the shorter for it.</summary>
    public bool WriteEarly { get; init; }

    /// <summary>Hears the archive's bytes; see <see cref="TarReader"/>.</summary>
    public ITarTap? Tap { get; init; }

    /// <summary>
    /// Where a regular file or directory goes that a later member of the same archive replaces, told its path: the path it is to be moved to, on
    /// the same file system. Null: it is removed.
    /// </summary>
    public Func<string, string>? Displace { get; init; }
}

/// <summary>What was extracted.</summary>
/// <param name="Entries">Members.</param>
/// <param name="Bytes">Content in bytes.</param>
/// <param name="ImpliedDirectories">Directories that were made for members in them but are no members themselves.</param>
public sealed record ExtractionResult(long Entries, long Bytes, IReadOnlyList<string> ImpliedDirectories);
