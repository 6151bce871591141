using Naru.Linux.Files;

namespace Naru.Linux.Mounts;

/// <summary>
/// Mounts and unmounts on the host's paths, which the caller trusts: links in them are followed. Failures are
/// <see cref="LinuxException"/>. Nothing here remembers anything; see <see cref="MountTable"/> for what is mounted.
/// </summary>
public static unsafe class Mounter
{
    private const int MostRounds = 1000;
    private const int Detach = 2;
    private const int NoFollow = 8;
    private const ulong AttributeReadOnly = 1;
    private const int AtRecursive = 0x8000;

    /// <summary>mount(2).</summary>
    /// <param name="source">A device, a directory or any word, as the type wants it.</param>
    /// <param name="target">An existing directory or file.</param>
    /// <param name="type">The file system's type, empty where the flags need none.</param>
    /// <param name="flags">What mount(2) takes.</param>
    /// <param name="data">Options of the file system, separated by commas; at most a page.</param>
    public static void Mount(string source, string target, string type, MountFlags flags, string data = "")
    {
        using var nativeSource = new NativePath(source, stackalloc byte[NativePath.StackSize]);
        using var nativeTarget = new NativePath(target, stackalloc byte[NativePath.StackSize]);
        using var nativeType = new NativePath(type, stackalloc byte[64]);
        using var nativeData = new NativePath(data, stackalloc byte[NativePath.StackSize]);
        fixed (byte* sourceBytes = nativeSource, targetBytes = nativeTarget, typeBytes = nativeType, dataBytes = nativeData)
        {
            LinuxException.ThrowIfFailed(
                MountCalls.Mount(sourceBytes, targetBytes, typeBytes, (nuint)flags, data.Length == 0 ? null : dataBytes), "mount", target);
        }
    }

    /// <summary>Shows a directory or file at a second place.</summary>
    public static void Bind(string source, string target, bool recursive = true, bool readOnly = false)
    {
        Mount(source, target, "", MountFlags.Bind | (recursive ? MountFlags.Recursive : 0));
        if (readOnly)
        {
            try
            {
                SetReadOnly(target, recursive);
            }
            catch
            {
                SetPropagation(target, MountPropagation.Private, recursive);
                Unmount(target, lazy: true);
                throw;
            }
        }
    }

    /// <summary>A file system in memory.</summary>
    /// <param name="target">An existing directory.</param>
    /// <param name="bytes">Its limit; 0 leaves the kernel's, half of the memory.</param>
    /// <param name="mode">Permissions of its root.</param>
    /// <param name="flags">More flags, such as <see cref="MountFlags.NoExecute"/>.</param>
    /// <param name="owner">User and group that its root belongs to.</param>
    public static void Tmpfs(string target, long bytes = 0, uint mode = 0x3FF, MountFlags flags = MountFlags.NoSetUser | MountFlags.NoDevices, uint owner = 0)
    {
        var options = $"mode={Convert.ToString(mode, 8)}" + (bytes > 0 ? $",size={bytes}" : "") + (owner > 0 ? $",uid={owner},gid={owner}" : "");
        Mount("tmpfs", target, "tmpfs", flags, options);
    }

    public static void SetPropagation(string target, MountPropagation propagation, bool recursive)
    {
        var flag = propagation switch
        {
            MountPropagation.Private => MountFlags.Private,
            MountPropagation.Slave => MountFlags.Slave,
            MountPropagation.Shared => MountFlags.Shared,
            MountPropagation.Unbindable => MountFlags.Unbindable,
            _ => throw new ArgumentOutOfRangeException(nameof(propagation)),
        };
        Mount("", target, "", flag | (recursive ? MountFlags.Recursive : 0));
    }

    /// <summary>Makes a mount, and with <paramref name="recursive"/> those below it, read-only and keeps their other flags.</summary>
    public static void SetReadOnly(string target, bool recursive)
    {
        using var native = new NativePath(target, stackalloc byte[NativePath.StackSize]);
        var attributes = new MountAttributes { Set = AttributeReadOnly };
        fixed (byte* bytes = native)
        {
            var result = MountCalls.SetAttributes(
                MountCalls.MountSetAttributesNumber, FileCalls.AtCurrent, bytes, recursive ? AtRecursive : 0u, &attributes, (nuint)sizeof(MountAttributes));
            if (result == 0)
            {
                return;
            }
        }

        if (AtCalls.LastErrno() != Errno.NotImplemented)
        {
            throw LinuxException.Last("mount_setattr", target);
        }

        // Before Linux 5.12: only the top, by a remount that has to repeat the flags it wants kept.
        var kept = MountTable.Read().LastOrDefault(entry => entry.Target == target)?.Flags ?? MountFlags.None;
        Mount("", target, "", kept | MountFlags.Remount | MountFlags.Bind | MountFlags.ReadOnly);
    }

    /// <summary>
    /// Takes the newest mount off the target; a link at its end is not followed. With <paramref name="lazy"/> it vanishes from the tree at
    /// once and for good when its last user leaves.
    /// </summary>
    /// <returns>False if nothing was mounted there or there is no such path.</returns>
    public static bool Unmount(string target, bool lazy = false)
    {
        using var native = new NativePath(target, stackalloc byte[NativePath.StackSize]);
        fixed (byte* bytes = native)
        {
            if (MountCalls.Unmount(bytes, NoFollow | (lazy ? Detach : 0)) == 0)
            {
                return true;
            }
        }

        return AtCalls.LastErrno() is Errno.InvalidArgument or Errno.NotFound ? false : throw LinuxException.Last("umount", target);
    }

    /// <summary>Takes off all mounts at and below the path, lazily. Nothing outside the path is unmounted.</summary>
    public static void UnmountTree(string path)
    {
        var below = path.TrimEnd('/') + "/";
        for (var rounds = 0; rounds < MostRounds; rounds++)
        {
            var entries = MountTable.Read().Where(entry => entry.Target == path || entry.Target.StartsWith(below, StringComparison.Ordinal))
                .Where(static entry => !entry.Target.EndsWith("//deleted", StringComparison.Ordinal)).ToList();
            var ids = entries.Select(entry => entry.Id).ToHashSet();
            var tops = entries.Where(entry => !ids.Contains(entry.ParentId)).Select(entry => entry.Target).Distinct().ToList();
            if (tops.Count == 0)
            {
                return;
            }

            foreach (var top in tops)
            {
                // A recursive bind of a shared tree is that tree's peer: what is taken off below it is taken off there too, the host's /dev/pts for
                // instance. So the whole tree, mounts hidden below others included, first becomes private and then goes at one stroke.
                try
                {
                    SetPropagation(top, MountPropagation.Private, recursive: true);
                    Unmount(top, lazy: true);
                }
                catch (LinuxException failure) when (failure.Errno is Errno.InvalidArgument or Errno.NotFound)
                {
                    // Somebody else took it off meanwhile.
                }
            }
        }

        throw new LinuxException(Errno.Busy, "umount", path);
    }
}
