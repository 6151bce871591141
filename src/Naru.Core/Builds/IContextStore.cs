namespace Naru.Core.Builds;

/// <summary>Keeps files that callers send, so that the next build of theirs sends only what changed.</summary>
public interface IContextStore
{
    /// <summary>Opens the directory of a key with what an earlier build left. An empty key, or one that another caller has open:
    /// an empty directory that goes when it is disposed.</summary>
    IContextDirectory Open(string key);
}

/// <summary>A directory that a caller's files are written to. Entries come parents first. Nothing ever lies outside it, whatever links it holds.</summary>
public interface IContextDirectory : IAsyncDisposable
{
    /// <summary>Where it lies on the host.</summary>
    string Path { get; }

    /// <summary>Forgets which entries were told: a new round begins.</summary>
    void Begin();

    /// <summary>Tells an entry. Makes directories and links; of a file it says whether its bytes are needed.</summary>
    /// <exception cref="Errors.NaruException"><see cref="Errors.ErrorKind.InvalidArgument"/>: the path leads outside.</exception>
    bool Tell(ContextEntry entry);

    /// <summary>Opens a file told before for its bytes. Closing it gives it the entry's mode and time.</summary>
    Stream Write(string path);

    /// <summary>Ends the round: what was not told is removed.</summary>
    void Complete();
}

/// <summary>One entry of a tree.</summary>
public sealed record ContextEntry
{
    /// <summary>Path below the root, with slashes, without a leading one.</summary>
    public required string Path { get; init; }

    /// <summary>Type and permission bits of <c>st_mode</c>.</summary>
    public required uint Mode { get; init; }

    /// <summary>Owner.</summary>
    public uint User { get; init; }

    /// <summary>Group.</summary>
    public uint Group { get; init; }

    /// <summary>Bytes of a file.</summary>
    public long Size { get; init; }

    /// <summary>Nanoseconds since 1970.</summary>
    public long ModifiedNanoseconds { get; init; }

    /// <summary>Where a symbolic link leads, or the entry that a hard link repeats.</summary>
    public string LinkTarget { get; init; } = "";

    /// <summary>Device numbers.</summary>
    public long DeviceMajor { get; init; }

    /// <summary>Device numbers.</summary>
    public long DeviceMinor { get; init; }

    /// <summary>True for a directory.</summary>
    public bool IsDirectory => (Mode & 0xF000) == 0x4000;

    /// <summary>True for a regular file.</summary>
    public bool IsRegular => (Mode & 0xF000) == 0x8000;

    /// <summary>True for a symbolic link.</summary>
    public bool IsSymlink => (Mode & 0xF000) == 0xA000;
}
