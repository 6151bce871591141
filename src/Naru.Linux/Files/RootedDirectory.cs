using Microsoft.Win32.SafeHandles;

namespace Naru.Linux.Files;

/// <summary>
/// A directory that paths given by others are resolved in, as chroot(2) would do it: absolute paths, absolute links and ".."
/// end at this directory and never outside. The kernel does the resolving (openat2 with RESOLVE_IN_ROOT); nothing here joins
/// strings, so links that change meanwhile cannot lead outside either.
/// Paths are relative to the root; a leading slash is allowed. Failures are <see cref="LinuxException"/>.
/// Safe for use by several threads; do not dispose it while others use it.
/// </summary>
public sealed partial class RootedDirectory : IDisposable
{
    private readonly SafeFileHandle _root;

    private RootedDirectory(SafeFileHandle root)
    {
        _root = root;
        Descriptor = (int)root.DangerousGetHandle();
    }

    /// <summary>The root's descriptor, valid until disposal.</summary>
    public int Descriptor { get; }

    /// <summary>A path by which any process of this host's /proc reaches the root while this object lives.</summary>
    public string ProcPath => $"/proc/{Environment.ProcessId}/fd/{Descriptor}";

    /// <summary>Takes a directory of the host as the root; its own path is trusted and may hold links.</summary>
    public static RootedDirectory Open(string hostPath) =>
        new(AtCalls.Open(FileCalls.AtCurrent, hostPath, OpenFlags.ReadOnly | OpenFlags.Directory));

    /// <summary>Holds the file that a path leads to, of any kind, without opening it: /proc/PID/fd/N then names it whatever happens to the path.</summary>
    public SafeFileHandle OpenReference(string path) => AtCalls.OpenInRoot(Descriptor, path, OpenFlags.PathOnly, 0);

    /// <summary>A directory below, as a root of its own.</summary>
    public RootedDirectory OpenDirectory(string path) =>
        new(AtCalls.OpenInRoot(Descriptor, path, OpenFlags.ReadOnly | OpenFlags.Directory, 0));

    /// <summary>The file's status; a link at the path's end is followed if so asked.</summary>
    public FileStatus Stat(string path, bool follow = true) =>
        TryStat(path, follow) ?? throw new LinuxException(Errno.NotFound, follow ? "stat" : "lstat", path);

    /// <summary>As <see cref="Stat"/>, but null if there is no such file.</summary>
    public FileStatus? TryStat(string path, bool follow = true)
    {
        using var handle = AtCalls.TryOpenInRoot(Descriptor, path, OpenFlags.PathOnly | (follow ? 0 : OpenFlags.NoFollow), 0, out var errno);
        if (handle is null)
        {
            return errno is Errno.NotFound or Errno.NotADirectory ? null : throw new LinuxException(errno, "stat", path);
        }

        return AtCalls.Stat((int)handle.DangerousGetHandle(), "");
    }

    /// <summary>True if the path leads to something.</summary>
    public bool Exists(string path, bool follow = true) => TryStat(path, follow) is not null;

    /// <summary>Opens a regular file for reading; anything else, a FIFO for instance, is refused and never waited for.</summary>
    public FileStream OpenRead(string path)
    {
        var handle = AtCalls.OpenInRoot(Descriptor, path, OpenFlags.ReadOnly | OpenFlags.NonBlocking | OpenFlags.NoTerminal, 0);
        return ToStream(handle, path, FileAccess.Read);
    }

    /// <summary>
    /// Opens a regular file for writing, and makes it with the mode where it is missing. A link at the path's end is followed inside the root.
    /// </summary>
    public FileStream OpenWrite(string path, uint mode = 0x1A4, bool truncate = true, bool exclusive = false)
    {
        var flags = OpenFlags.WriteOnly | OpenFlags.Create | OpenFlags.NonBlocking | OpenFlags.NoTerminal;
        flags |= (truncate ? OpenFlags.Truncate : 0) | (exclusive ? OpenFlags.Exclusive : 0);
        return ToStream(AtCalls.OpenInRoot(Descriptor, path, flags, mode), path, FileAccess.Write);
    }

    /// <summary>The target of a link.</summary>
    public string ReadLink(string path)
    {
        using var handle = AtCalls.OpenInRoot(Descriptor, path, OpenFlags.PathOnly | OpenFlags.NoFollow, 0);
        return AtCalls.ReadLink((int)handle.DangerousGetHandle(), "");
    }

    /// <summary>Where the path leads inside the root with all links resolved, with a leading slash. The file must exist.</summary>
    public string Resolve(string path)
    {
        using var handle = AtCalls.OpenInRoot(Descriptor, path, OpenFlags.PathOnly, 0);
        var root = RealPath(Descriptor);
        var real = RealPath((int)handle.DangerousGetHandle());
        if (root == "/")
        {
            return real;
        }

        return real == root ? "/"
            : real.StartsWith(root + "/", StringComparison.Ordinal) ? real[root.Length..]
            : throw new LinuxException(Errno.Stale, "resolve", path);
    }

    /// <summary>The entries of a directory in the kernel's order, without "." and "..".</summary>
    public IReadOnlyList<DirectoryEntry> List(string path = "")
    {
        using var handle = AtCalls.OpenInRoot(Descriptor, path, OpenFlags.ReadOnly | OpenFlags.Directory, 0);
        return DirectoryReader.Read((int)handle.DangerousGetHandle(), path);
    }

    public void Dispose() => _root.Dispose();

    private static string RealPath(int descriptor) => AtCalls.ReadLink(FileCalls.AtCurrent, $"/proc/self/fd/{descriptor}");

    private static FileStream ToStream(SafeFileHandle handle, string path, FileAccess access)
    {
        var status = AtCalls.Stat((int)handle.DangerousGetHandle(), "");
        if (!status.IsRegular)
        {
            handle.Dispose();
            throw new LinuxException(status.IsDirectory ? Errno.IsADirectory : Errno.InvalidArgument, "open", path);
        }

        return new FileStream(handle, access, bufferSize: 0, isAsync: false);
    }
}
