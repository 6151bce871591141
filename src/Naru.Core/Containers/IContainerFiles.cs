using System.Collections.Immutable;

namespace Naru.Core.Containers;

/// <summary>Files inside containers, running or not. Paths are resolved inside the container's root, mounts included, and never leave it.</summary>
public interface IContainerFiles
{
    /// <summary>Looks at one path. <see cref="Errors.ErrorKind.NotFound"/>: <c>Could not find the file /x in container y</c>.</summary>
    Task<FileEntry> StatAsync(Container container, string path, CancellationToken cancellationToken);

    /// <summary>Opens a file or tree for reading as tar.</summary>
    Task<FileArchive> OpenArchiveAsync(Container container, string path, CancellationToken cancellationToken);

    /// <summary>Extracts a tar (plain, gzip, bzip2, xz or zstd) into an existing directory. <see cref="Errors.ErrorKind.PermissionDenied"/>: the root or
    /// the mount there is read-only; <see cref="Errors.ErrorKind.InvalidArgument"/>: no directory, or an archive that breaks the rules.</summary>
    Task ExtractAsync(Container container, string path, Stream archive, ExtractOptions options, CancellationToken cancellationToken);

    /// <summary>Writes the whole root file system as tar, without mounts.</summary>
    Task ExportAsync(Container container, Stream destination, CancellationToken cancellationToken);

    /// <summary>What differs from the image, sorted by path.</summary>
    Task<ImmutableArray<FileChange>> ChangesAsync(Container container, CancellationToken cancellationToken);
}

/// <summary>One path.</summary>
/// <param name="Name">Last part of the path.</param>
/// <param name="Size">Bytes.</param>
/// <param name="Mode">Type and permission bits of <c>st_mode</c>.</param>
/// <param name="ModifiedAt">Last change of the content.</param>
/// <param name="LinkTarget">Where a symbolic link leads, resolved inside the container; empty for others.</param>
public sealed record FileEntry(string Name, long Size, uint Mode, DateTimeOffset ModifiedAt, string LinkTarget);

/// <summary>A tar being read.</summary>
/// <param name="Entry">The path asked for.</param>
/// <param name="CopyToAsync">Writes the tar.</param>
public sealed record FileArchive(FileEntry Entry, Func<Stream, CancellationToken, Task> CopyToAsync);

/// <summary>How to extract.</summary>
/// <param name="KeepDirectories">Refuse to replace a directory by a file or a file by a directory.</param>
/// <param name="ToContainerUser">Give everything to the user that the container runs as (docker's <c>copyUIDGID</c>); false, or no user set: the archive's owners.</param>
public sealed record ExtractOptions(bool KeepDirectories = false, bool ToContainerUser = false);

/// <summary>How a path differs; the numbers are Docker's.</summary>
public enum FileChangeKind
{
    /// <summary>Changed.</summary>
    Modified = 0,

    /// <summary>New.</summary>
    Added = 1,

    /// <summary>Gone.</summary>
    Deleted = 2,
}

/// <summary>A path that differs.</summary>
/// <param name="Path">Absolute path inside.</param>
/// <param name="Kind">How.</param>
public sealed record FileChange(string Path, FileChangeKind Kind);
