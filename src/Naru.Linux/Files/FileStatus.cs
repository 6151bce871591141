namespace Naru.Linux.Files;

/// <summary>What statx tells about a file.</summary>
public readonly record struct FileStatus
{
    private const uint KindMask = 0xF000;

    /// <summary>Type and permission bits.</summary>
    public required uint Mode { get; init; }

    public required uint User { get; init; }

    public required uint Group { get; init; }

    /// <summary>In bytes.</summary>
    public required long Size { get; init; }

    /// <summary>Space on disk in bytes.</summary>
    public required long Allocated { get; init; }

    public required uint Links { get; init; }

    public required ulong Inode { get; init; }

    /// <summary>The file system that holds the file.</summary>
    public required DeviceNumber FileSystem { get; init; }

    /// <summary>The device that a device file stands for.</summary>
    public required DeviceNumber Device { get; init; }

    public required UnixTime Modified { get; init; }

    public required UnixTime Changed { get; init; }

    public required UnixTime Accessed { get; init; }

    public FileKind Kind => (FileKind)(Mode & KindMask);

    /// <summary>Permission bits with set-user, set-group and sticky.</summary>
    public uint Permissions => Mode & 0xFFF;

    public bool IsDirectory => Kind == FileKind.Directory;

    public bool IsRegular => Kind == FileKind.Regular;

    public bool IsSymlink => Kind == FileKind.Symlink;

    /// <summary>overlayfs marks a deleted name by a character device 0:0.</summary>
    public bool IsWhiteout => Kind == FileKind.CharacterDevice && Device == default;

    /// <summary>The status of an open file.</summary>
    public static FileStatus Of(Microsoft.Win32.SafeHandles.SafeFileHandle file) => AtCalls.Stat((int)file.DangerousGetHandle(), "");

    /// <summary>The status of a file by a trusted path of the host, a link itself; null if there is none.</summary>
    public static FileStatus? TryOf(string hostPath) =>
        AtCalls.TryStat(FileCalls.AtCurrent, hostPath, out var status, out var errno) ? status
        : errno is Errno.NotFound or Errno.NotADirectory ? null
        : throw new LinuxException(errno, "lstat", hostPath);

    /// <summary>True if both are one inode.</summary>
    public bool IsSameFile(in FileStatus other) => Inode == other.Inode && FileSystem == other.FileSystem;

    internal static FileStatus From(in StatxBuffer buffer) => new()
    {
        Mode = buffer.Mode,
        User = buffer.User,
        Group = buffer.Group,
        Size = (long)buffer.Size,
        Allocated = (long)buffer.Blocks * 512,
        Links = buffer.Links,
        Inode = buffer.Inode,
        FileSystem = new(buffer.DeviceMajor, buffer.DeviceMinor),
        Device = new(buffer.RawMajor, buffer.RawMinor),
        Modified = new(buffer.Modified.Seconds, (int)buffer.Modified.Nanoseconds),
        Changed = new(buffer.Changed.Seconds, (int)buffer.Changed.Nanoseconds),
        Accessed = new(buffer.Accessed.Seconds, (int)buffer.Accessed.Nanoseconds),
    };
}
