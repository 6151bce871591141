using Microsoft.Win32.SafeHandles;
using Naru.Core.Errors;
using Naru.Core.Hosts;
using Naru.Linux.Files;
using Naru.Linux.Mounts;

namespace Naru.Linux.Hosts;

/// <summary>Mounts for the volumes of pods.</summary>
internal sealed class NodeMounts : INodeMounts
{
    public bool IsMounted(string path) => MountTable.IsMounted(path);

    public void Bind(string source, string target, bool readOnly)
    {
        Prepare(target, Directory.Exists(source));
        Mounter.Bind(source, target, recursive: true, readOnly);
    }

    public void BindBelow(string volume, string path, string target)
    {
        using var root = AtCalls.Open(FileCalls.AtCurrent, volume, OpenFlags.ReadOnly | OpenFlags.Directory);
        using var found = OpenBelow(root, path.Trim('/'), FileStatus.Of(root).Permissions);
        Prepare(target, FileStatus.Of(found).IsDirectory);
        Mounter.Bind($"/proc/self/fd/{found.DangerousGetHandle()}", target, recursive: true);
    }

    public void MountMemory(string target, long bytes)
    {
        if (MountTable.IsMounted(target))
        {
            return;
        }

        Directory.CreateDirectory(target);
        Mounter.Tmpfs(target, bytes, 0x1FF, MountFlags.None);
    }

    public void Share(string directory)
    {
        if (MountTable.Find(directory).IsShared)
        {
            return;
        }

        if (!MountTable.IsMounted(directory))
        {
            Mounter.Bind(directory, directory);
        }

        Mounter.SetPropagation(directory, MountPropagation.Shared, recursive: true);
    }

    public void UnmountBelow(string path) => Mounter.UnmountTree(path);

    public string ShowFile(string file, long bytes)
    {
        using (var stream = File.Open(file, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.ReadWrite))
        {
            if (stream.Length < bytes)
            {
                stream.SetLength(bytes);
                LoopDevices.Resize(file);
            }
        }

        return LoopDevices.Attach(file);
    }

    public void HideFile(string file) => LoopDevices.Detach(file);

    public NodeSpace SpaceOf(string path)
    {
        var space = FileSystems.GetSpace(path);
        return new NodeSpace(space.Total, space.Available, space.Files, space.FreeFiles);
    }

    public (long Bytes, long Files) Measure(string directory, CancellationToken cancellationToken)
    {
        var size = TreeSize.Measure(directory, cancellationToken);
        return (size.Allocated, size.Files + 1);
    }

    private static void Prepare(string target, bool isDirectory)
    {
        Mounter.UnmountTree(target);
        if (isDirectory)
        {
            if (File.Exists(target))
            {
                File.Delete(target);
            }

            Directory.CreateDirectory(target);
            return;
        }

        if (Directory.Exists(target))
        {
            Directory.Delete(target);
        }

        Directory.CreateDirectory(Path.GetDirectoryName(target)!);
        File.Open(target, FileMode.OpenOrCreate).Dispose();
    }

    /// <summary>Opens a path, making what is missing name by name: each is made in the directory that was found, so that nobody can lead it elsewhere.</summary>
    private static SafeFileHandle OpenBelow(SafeFileHandle root, string path, uint mode)
    {
        var descriptor = (int)root.DangerousGetHandle();
        if (AtCalls.TryOpenBeneath(descriptor, path, OpenFlags.PathOnly, out var errno) is { } found)
        {
            return found;
        }

        if (errno != Errno.NotFound || path.Length == 0)
        {
            throw Refuse(path, errno);
        }

        var slash = path.LastIndexOf('/');
        using var parent = OpenBelow(root, slash < 0 ? "" : path[..slash].TrimEnd('/'), mode);
        var (above, name) = ((int)parent.DangerousGetHandle(), path[(slash + 1)..]);
        errno = AtCalls.TryMakeDirectory(above, name, mode);
        if (errno == Errno.None)
        {
            AtCalls.ChangeMode(above, name, mode);
        }
        else if (errno != Errno.Exists)
        {
            throw Refuse(path, errno);
        }

        // Made by somebody else meanwhile, or a link that leads nowhere.
        return AtCalls.TryOpenBeneath(descriptor, path, OpenFlags.PathOnly, out errno) ?? throw Refuse(path, errno);
    }

    private static Exception Refuse(string path, Errno errno) => errno == Errno.CrossDevice
        ? NaruException.Invalid($"subpath {path} leads out of its volume")
        : new LinuxException(errno, "open", path);
}
