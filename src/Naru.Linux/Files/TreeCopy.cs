using System.Buffers;
using Microsoft.Win32.SafeHandles;

namespace Naru.Linux.Files;

/// <summary>
/// Copies what lies below a directory into another one with owners, modes, times, extended attributes, hard links and devices.
/// Works by descriptors and follows no link, so a tree that changes meanwhile cannot lead it elsewhere.
/// </summary>
public sealed class TreeCopy
{
    private const int BufferSize = 256 * 1024;
    private const int MaxDepth = 1000;
    private readonly RootedDirectory _target;
    private readonly CancellationToken _cancellation;
    private readonly Dictionary<(DeviceNumber FileSystem, ulong Inode), string> _linked = [];

    private TreeCopy(RootedDirectory target, CancellationToken cancellationToken)
    {
        _target = target;
        _cancellation = cancellationToken;
    }

    /// <summary>Copies the content of one directory, and the directory's own owner, mode and times, into an existing one. Names that exist already fail the copy.</summary>
    public static void Copy(RootedDirectory source, RootedDirectory target, CancellationToken cancellationToken)
    {
        var copy = new TreeCopy(target, cancellationToken);
        var status = AtCalls.Stat(source.Descriptor, "");
        copy.Content(source.Descriptor, target.Descriptor, "", 0);
        AtCalls.ChangeOwner(target.Descriptor, "", status.User, status.Group);
        CopyAttributes($"/proc/self/fd/{source.Descriptor}", $"/proc/self/fd/{target.Descriptor}");
        LinuxException.ThrowIfFailed(FileCalls.ChangeMode(target.Descriptor, status.Permissions), "chmod", "directory");
        AtCalls.SetTimes(target.Descriptor, status.Accessed, status.Modified, "directory");
    }

    private static void CopyAttributes(string source, string target)
    {
        foreach (var name in ExtendedAttributes.List(source))
        {
            if (!name.StartsWith("trusted.overlay.", StringComparison.Ordinal) && ExtendedAttributes.Get(source, name) is { } value)
            {
                var errno = ExtendedAttributes.TrySet(target, name, value);
                if (errno is not (Errno.None or Errno.NotSupported or Errno.NotPermitted))
                {
                    throw new LinuxException(errno, "setxattr", name);
                }
            }
        }
    }

    private static void CopyBytes(SafeFileHandle source, SafeFileHandle target)
    {
        if (TryCopyInKernel((int)source.DangerousGetHandle(), (int)target.DangerousGetHandle()))
        {
            return;
        }

        var buffer = ArrayPool<byte>.Shared.Rent(BufferSize);
        try
        {
            for (var offset = 0L; ;)
            {
                var length = RandomAccess.Read(source, buffer, offset);
                if (length == 0)
                {
                    return;
                }

                RandomAccess.Write(target, buffer.AsSpan(0, length), offset);
                offset += length;
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>False when the file systems cannot do it and nothing was copied.</summary>
    private static unsafe bool TryCopyInKernel(int source, int target)
    {
        long from = 0, to = 0;
        while (true)
        {
            var copied = CopyCalls.CopyRange(source, &from, target, &to, 1u << 30, 0);
            if (copied == 0)
            {
                return to > 0; // pseudo files answer 0 at once though they have content
            }

            if (copied < 0)
            {
                return to > 0 && AtCalls.LastErrno() != Errno.Interrupted ? throw LinuxException.Last("copy_file_range", "file") : false;
            }
        }
    }

    private void Content(int source, int target, string path, int depth)
    {
        if (depth > MaxDepth)
        {
            throw new LinuxException(Errno.NameTooLong, "copy", path);
        }

        using var again = AtCalls.Open(source, ".", OpenFlags.ReadOnly | OpenFlags.Directory);
        foreach (var entry in DirectoryReader.Read((int)again.DangerousGetHandle(), path))
        {
            _cancellation.ThrowIfCancellationRequested();
            if (AtCalls.TryStat(source, entry.Name, out var status, out var errno))
            {
                Entry(source, target, entry.Name, $"{path}/{entry.Name}", status, depth);
            }
            else if (errno != Errno.NotFound)
            {
                throw new LinuxException(errno, "lstat", $"{path}/{entry.Name}");
            }
        }
    }

    private void Entry(int source, int target, string name, string path, in FileStatus status, int depth)
    {
        if (!status.IsDirectory && status.Links > 1)
        {
            if (_linked.TryGetValue((status.FileSystem, status.Inode), out var first))
            {
                _target.CreateHardLink(path, first);
                return;
            }

            _linked.Add((status.FileSystem, status.Inode), path);
        }

        Make(source, target, name, path, status, depth);
        AtCalls.ChangeOwner(target, name, status.User, status.Group);
        CopyAttributes($"/proc/self/fd/{source}/{name}", $"/proc/self/fd/{target}/{name}");
        if (!status.IsSymlink)
        {
            AtCalls.ChangeMode(target, name, status.Permissions);
        }

        AtCalls.SetTimes(target, name, status.Accessed, status.Modified);
    }

    private void Make(int source, int target, string name, string path, in FileStatus status, int depth)
    {
        switch (status.Kind)
        {
            case FileKind.Directory:
                AtCalls.ThrowIf(AtCalls.TryMakeDirectory(target, name, 0x1C0), "mkdir", path);
                using (var from = AtCalls.Open(source, name, OpenFlags.ReadOnly | OpenFlags.Directory | OpenFlags.NoFollow))
                using (var to = AtCalls.Open(target, name, OpenFlags.ReadOnly | OpenFlags.Directory | OpenFlags.NoFollow))
                {
                    Content((int)from.DangerousGetHandle(), (int)to.DangerousGetHandle(), path, depth + 1);
                }

                break;
            case FileKind.Regular:
                using (var from = AtCalls.Open(source, name, OpenFlags.ReadOnly | OpenFlags.NoFollow | OpenFlags.NonBlocking))
                using (var to = AtCalls.Open(target, name, OpenFlags.WriteOnly | OpenFlags.Create | OpenFlags.Exclusive | OpenFlags.NoFollow, 0x180))
                {
                    CopyBytes(from, to);
                }

                break;
            case FileKind.Symlink:
                AtCalls.ThrowIf(AtCalls.TrySymlink(AtCalls.ReadLink(source, name), target, name), "symlink", path);
                break;
            default:
                AtCalls.ThrowIf(AtCalls.TryMakeNode(target, name, (uint)status.Kind | 0x180, status.Device), "mknod", path);
                break;
        }
    }
}
