using Microsoft.Win32.SafeHandles;

namespace Naru.Linux.Files;

/// <summary>What changes the tree: making, removing and moving names.</summary>
public sealed partial class RootedDirectory
{
    private const uint DefaultDirectoryMode = 0x1ED;

    /// <summary>
    /// Makes the directory and those above it that are missing, each with the mode and the owner. Links on the way are followed
    /// inside the root. Does nothing if the directory exists.
    /// </summary>
    /// <returns>How many directories were made.</returns>
    public int CreateDirectories(string path, uint mode = DefaultDirectoryMode, uint user = 0, uint group = 0)
    {
        using var existing = AtCalls.TryOpenInRoot(Descriptor, path, OpenFlags.PathOnly | OpenFlags.Directory, 0, out var errno);
        if (existing is not null)
        {
            return 0;
        }

        var (parent, name) = PathOf(path);
        if (errno != Errno.NotFound || name.Length == 0)
        {
            throw new LinuxException(errno, "mkdir", path);
        }

        var made = CreateDirectories(parent, mode, user, group);
        if (name is "." or "..")
        {
            return made;
        }

        using var directory = OpenParent(parent);
        var descriptor = (int)directory.DangerousGetHandle();
        errno = AtCalls.TryMakeDirectory(descriptor, name, mode);
        if (errno == Errno.Exists)
        {
            return FollowDangling(path, descriptor, name, mode, user, group) + made;
        }

        AtCalls.ThrowIf(errno, "mkdir", path);
        AtCalls.ChangeOwner(descriptor, name, user, group);
        AtCalls.ChangeMode(descriptor, name, mode);
        return made + 1;
    }

    /// <summary>Makes one directory; the one above must exist.</summary>
    public void CreateDirectory(string path, uint mode = DefaultDirectoryMode) =>
        Change(path, "mkdir", (directory, name) =>
        {
            var errno = AtCalls.TryMakeDirectory(directory, name, mode);
            if (errno == Errno.None)
            {
                AtCalls.ChangeMode(directory, name, mode);
            }

            return errno;
        });

    public void CreateSymlink(string path, string target) =>
        Change(path, "symlink", (directory, name) => AtCalls.TrySymlink(target, directory, name));

    /// <summary>A second name for a file; a link at the end of the existing path is not followed.</summary>
    public void CreateHardLink(string path, string existing)
    {
        using var source = OpenParentOf(existing, "link", out var sourceName);
        Change(path, "link", (directory, name) => AtCalls.TryLink((int)source.DangerousGetHandle(), sourceName, directory, name));
    }

    /// <summary>Makes a device, FIFO or socket.</summary>
    public void CreateNode(string path, FileKind kind, uint permissions, DeviceNumber device = default) =>
        Change(path, "mknod", (directory, name) =>
        {
            var errno = AtCalls.TryMakeNode(directory, name, (uint)kind | permissions, device);
            if (errno == Errno.None)
            {
                AtCalls.ChangeMode(directory, name, permissions);
            }

            return errno;
        });

    /// <summary>Moves a name, over an existing one as rename(2) allows.</summary>
    public void Rename(string from, string to, bool replace = true)
    {
        using var source = OpenParentOf(from, "rename", out var sourceName);
        Change(to, "rename", (directory, name) =>
            AtCalls.TryRename((int)source.DangerousGetHandle(), sourceName, directory, name, replace ? 0u : 1u));
    }

    /// <summary>Removes one name, an empty directory too. False if there was none.</summary>
    public bool Remove(string path)
    {
        using var directory = TryOpenParentOf(path, out var name);
        if (directory is null)
        {
            return false;
        }

        var errno = AtCalls.TryUnlink((int)directory.DangerousGetHandle(), name, isDirectory: false);
        if (errno is Errno.IsADirectory or Errno.NotPermitted)
        {
            errno = AtCalls.TryUnlink((int)directory.DangerousGetHandle(), name, isDirectory: true);
        }

        if (errno == Errno.NotFound)
        {
            return false;
        }

        AtCalls.ThrowIf(errno, "remove", path);
        return true;
    }

    /// <summary>
    /// Removes a name and all below it, following no link. Something mounted below is left alone: <see cref="Errno.Busy"/>.
    /// False if there was none. The empty path empties the root and leaves it.
    /// </summary>
    public bool RemoveTree(string path)
    {
        if (IsRoot(path))
        {
            TreeRemoval.Empty(Descriptor);
            return true;
        }

        using var directory = TryOpenParentOf(path, out var name);
        return directory is not null && TreeRemoval.Remove((int)directory.DangerousGetHandle(), name);
    }

    private static bool IsRoot(string path) => path.AsSpan().Trim('/') is "" or ".";

    /// <summary>Splits off the last component; slashes at the end do not count.</summary>
    private static (string Parent, string Name) PathOf(string path)
    {
        var trimmed = path.TrimEnd('/');
        var slash = trimmed.LastIndexOf('/');
        return slash < 0 ? ("", trimmed) : (trimmed[..slash], trimmed[(slash + 1)..]);
    }

    private SafeFileHandle OpenParent(string parent) =>
        AtCalls.OpenInRoot(Descriptor, parent, OpenFlags.PathOnly | OpenFlags.Directory, 0);

    private SafeFileHandle OpenParentOf(string path, string operation, out string name)
    {
        (var parent, name) = PathOf(path);
        return name is "" or "." or ".." ? throw new LinuxException(Errno.InvalidArgument, operation, path) : OpenParent(parent);
    }

    private SafeFileHandle? TryOpenParentOf(string path, out string name)
    {
        (var parent, name) = PathOf(path);
        if (name is "" or "." or "..")
        {
            throw new LinuxException(Errno.InvalidArgument, "remove", path);
        }

        var handle = AtCalls.TryOpenInRoot(Descriptor, parent, OpenFlags.PathOnly | OpenFlags.Directory, 0, out var errno);
        return handle is null && errno is not (Errno.NotFound or Errno.NotADirectory) ? throw new LinuxException(errno, "remove", path) : handle;
    }

    private void Change(string path, string operation, Func<int, string, Errno> change)
    {
        using var directory = OpenParentOf(path, operation, out var name);
        AtCalls.ThrowIf(change((int)directory.DangerousGetHandle(), name), operation, path);
    }

    /// <summary>A link that leads nowhere yet: what it names is made, as mkdir -p inside a chroot would not, but docker does.</summary>
    private int FollowDangling(string path, int directory, string name, uint mode, uint user, uint group)
    {
        if (!AtCalls.Stat(directory, name).IsSymlink)
        {
            // Somebody else made the directory meanwhile, or a file is in the way.
            using var now = AtCalls.OpenInRoot(Descriptor, path, OpenFlags.PathOnly | OpenFlags.Directory, 0);
            return 0;
        }

        var target = AtCalls.ReadLink(directory, name);
        if (target == name)
        {
            throw new LinuxException(Errno.Loop, "mkdir", path);
        }

        return CreateDirectories(target.StartsWith('/') ? target : $"{PathOf(path).Parent}/{target}", mode, user, group);
    }
}
