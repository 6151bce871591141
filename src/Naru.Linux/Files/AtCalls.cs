using Microsoft.Win32.SafeHandles;

namespace Naru.Linux.Files;

/// <summary>
/// The *at calls on a directory's descriptor and one name in it. A name is a single component, so nothing is resolved here;
/// paths are the work of <see cref="RootedDirectory"/>. Each throws <see cref="LinuxException"/>.
/// </summary>
internal static unsafe class AtCalls
{
    private const uint BasicStats = 0x7FF;
    private const int ResolveInRoot = 0x10;
    private const int ResolveNoMagicLinks = 0x02;
    private const int ResolveNoMounts = 0x01;
    private const int ResolveBeneath = 0x08;
    private const int MaxRaces = 64;

    /// <summary>Opens a path that cannot leave the directory: absolute links and ".." stay inside.</summary>
    internal static SafeFileHandle? TryOpenInRoot(int root, string path, int flags, uint mode, out Errno errno) =>
        TryOpen(root, path, flags, mode, ResolveInRoot | ResolveNoMagicLinks, out errno);

    /// <summary>Opens a path that must not leave the directory: what leads outside is <see cref="Errno.CrossDevice"/>.</summary>
    internal static SafeFileHandle? TryOpenBeneath(int root, string path, int flags, out Errno errno) =>
        TryOpen(root, path, flags, 0, ResolveBeneath | ResolveNoMagicLinks, out errno);

    /// <summary>Opens a directory of a directory, unless something is mounted on it: <see cref="Errno.Busy"/>.</summary>
    internal static SafeFileHandle OpenUnmounted(int directory, string name) =>
        TryOpen(directory, name, OpenFlags.ReadOnly | OpenFlags.Directory | OpenFlags.NoFollow, 0, ResolveNoMounts | ResolveNoMagicLinks, out var errno)
        ?? throw new LinuxException(errno == Errno.CrossDevice ? Errno.Busy : errno, "remove", name);

    private static SafeFileHandle? TryOpen(int root, string path, int flags, uint mode, ulong resolve, out Errno errno)
    {
        using var native = new NativePath(path.Length == 0 ? "." : path, stackalloc byte[NativePath.StackSize]);
        var how = new OpenHow
        {
            Flags = (ulong)(flags | OpenFlags.CloseOnExec),
            Mode = (flags & OpenFlags.Create) != 0 ? mode : 0,
            Resolve = resolve,
        };
        fixed (byte* bytes = native)
        {
            // The kernel answers EAGAIN when a rename anywhere raced with a "..": ask again.
            for (var attempt = 0; ; attempt++)
            {
                var descriptor = FileCalls.OpenAt2(FileCalls.OpenAt2Number, root, bytes, &how, (nuint)sizeof(OpenHow));
                if (descriptor >= 0)
                {
                    errno = Errno.None;
                    return new SafeFileHandle(descriptor, ownsHandle: true);
                }

                errno = LastErrno();
                if (errno is not (Errno.Again or Errno.Interrupted) || attempt == MaxRaces)
                {
                    return null;
                }
            }
        }
    }

    internal static SafeFileHandle OpenInRoot(int root, string path, int flags, uint mode) =>
        TryOpenInRoot(root, path, flags, mode, out var errno) ?? throw new LinuxException(errno, "open", path);

    /// <summary>Opens a name of a directory, or with <see cref="FileCalls.AtCurrent"/> any path of the host.</summary>
    internal static int TryOpen(int directory, string name, int flags, uint mode)
    {
        using var native = new NativePath(name, stackalloc byte[NativePath.StackSize]);
        fixed (byte* bytes = native)
        {
            return FileCalls.OpenAt(directory, bytes, flags | OpenFlags.CloseOnExec, mode);
        }
    }

    internal static SafeFileHandle Open(int directory, string name, int flags, uint mode = 0) =>
        new(LinuxException.ThrowIfFailed(TryOpen(directory, name, flags, mode), "open", name), ownsHandle: true);

    /// <summary>Holds whatever a trusted path of the host leads to, links followed; null if there is nothing.</summary>
    internal static SafeFileHandle? TryOpenPath(string path)
    {
        var descriptor = TryOpen(FileCalls.AtCurrent, path, OpenFlags.PathOnly, 0);
        return descriptor >= 0 ? new SafeFileHandle(descriptor, ownsHandle: true)
            : LastErrno() is Errno.NotFound or Errno.NotADirectory ? null : throw LinuxException.Last("open", path);
    }

    internal static bool TryStat(int directory, string name, out FileStatus status, out Errno errno)
    {
        using var native = new NativePath(name, stackalloc byte[NativePath.StackSize]);
        StatxBuffer buffer;
        fixed (byte* bytes = native)
        {
            if (FileCalls.Statx(directory, bytes, FileCalls.AtSymlinkNoFollow | FileCalls.AtEmptyPath, BasicStats, &buffer) < 0)
            {
                (status, errno) = (default, LastErrno());
                return false;
            }
        }

        (status, errno) = (FileStatus.From(buffer), Errno.None);
        return true;
    }

    internal static FileStatus Stat(int directory, string name) =>
        TryStat(directory, name, out var status, out var errno) ? status : throw new LinuxException(errno, "lstat", name);

    internal static Errno TryMakeDirectory(int directory, string name, uint mode)
    {
        using var native = new NativePath(name, stackalloc byte[NativePath.StackSize]);
        fixed (byte* bytes = native)
        {
            return FileCalls.MakeDirectoryAt(directory, bytes, mode) < 0 ? LastErrno() : Errno.None;
        }
    }

    internal static Errno TrySymlink(string target, int directory, string name)
    {
        using var native = new NativePath(name, stackalloc byte[NativePath.StackSize]);
        using var nativeTarget = new NativePath(target, stackalloc byte[NativePath.StackSize]);
        fixed (byte* bytes = native, targetBytes = nativeTarget)
        {
            return FileCalls.SymlinkAt(targetBytes, directory, bytes) < 0 ? LastErrno() : Errno.None;
        }
    }

    internal static Errno TryLink(int oldDirectory, string oldName, int newDirectory, string newName)
    {
        using var native = new NativePath(oldName, stackalloc byte[NativePath.StackSize]);
        using var nativeNew = new NativePath(newName, stackalloc byte[NativePath.StackSize]);
        fixed (byte* bytes = native, newBytes = nativeNew)
        {
            return FileCalls.LinkAt(oldDirectory, bytes, newDirectory, newBytes, 0) < 0 ? LastErrno() : Errno.None;
        }
    }

    internal static Errno TryMakeNode(int directory, string name, uint mode, DeviceNumber device)
    {
        using var native = new NativePath(name, stackalloc byte[NativePath.StackSize]);
        fixed (byte* bytes = native)
        {
            return FileCalls.MakeNodeAt(directory, bytes, mode, device.ToRaw()) < 0 ? LastErrno() : Errno.None;
        }
    }

    internal static Errno TryUnlink(int directory, string name, bool isDirectory)
    {
        using var native = new NativePath(name, stackalloc byte[NativePath.StackSize]);
        fixed (byte* bytes = native)
        {
            return FileCalls.UnlinkAt(directory, bytes, isDirectory ? FileCalls.AtRemoveDirectory : 0) < 0 ? LastErrno() : Errno.None;
        }
    }

    internal static Errno TryRename(int oldDirectory, string oldName, int newDirectory, string newName, uint flags = 0)
    {
        using var native = new NativePath(oldName, stackalloc byte[NativePath.StackSize]);
        using var nativeNew = new NativePath(newName, stackalloc byte[NativePath.StackSize]);
        fixed (byte* bytes = native, newBytes = nativeNew)
        {
            return FileCalls.RenameAt2(oldDirectory, bytes, newDirectory, newBytes, flags) < 0 ? LastErrno() : Errno.None;
        }
    }

    internal static string ReadLink(int directory, string name)
    {
        using var native = new NativePath(name, stackalloc byte[NativePath.StackSize]);
        Span<byte> target = stackalloc byte[4096];
        fixed (byte* bytes = native, targetBytes = target)
        {
            var length = LinuxException.ThrowIfFailed(
                FileCalls.ReadLinkAt(directory, bytes, targetBytes, (nuint)target.Length), "readlink", name);
            return PosixText.Decode(target[..(int)length]);
        }
    }

    internal static void ChangeOwner(int directory, string name, uint user, uint group)
    {
        using var native = new NativePath(name, stackalloc byte[NativePath.StackSize]);
        fixed (byte* bytes = native)
        {
            LinuxException.ThrowIfFailed(
                FileCalls.ChangeOwnerAt(directory, bytes, user, group, FileCalls.AtSymlinkNoFollow | FileCalls.AtEmptyPath), "chown", name);
        }
    }

    /// <summary>The name must be no symbolic link: the call would follow it.</summary>
    internal static void ChangeMode(int directory, string name, uint mode)
    {
        using var native = new NativePath(name, stackalloc byte[NativePath.StackSize]);
        fixed (byte* bytes = native)
        {
            LinuxException.ThrowIfFailed(FileCalls.ChangeModeAt(directory, bytes, mode, 0), "chmod", name);
        }
    }

    internal static void SetTimes(int directory, string name, UnixTime accessed, UnixTime modified)
    {
        using var native = new NativePath(name, stackalloc byte[NativePath.StackSize]);
        var times = stackalloc TimeSpec[2];
        (times[0], times[1]) = (ToSpec(accessed), ToSpec(modified));
        fixed (byte* bytes = native)
        {
            LinuxException.ThrowIfFailed(
                FileCalls.SetTimesAt(directory, bytes, times, FileCalls.AtSymlinkNoFollow), "utimensat", name);
        }
    }

    internal static void SetTimes(int descriptor, UnixTime accessed, UnixTime modified, string name)
    {
        var times = stackalloc TimeSpec[2];
        (times[0], times[1]) = (ToSpec(accessed), ToSpec(modified));
        LinuxException.ThrowIfFailed(FileCalls.SetTimes(descriptor, times), "futimens", name);
    }

    internal static TimeSpec ToSpec(UnixTime time) => new() { Seconds = time.Seconds, Nanoseconds = time.Nanoseconds };

    internal static Errno LastErrno() => (Errno)System.Runtime.InteropServices.Marshal.GetLastPInvokeError();

    internal static void ThrowIf(Errno errno, string operation, string subject)
    {
        if (errno != Errno.None)
        {
            throw new LinuxException(errno, operation, subject);
        }
    }
}
