using System.Collections.Frozen;
using Naru.Core.Containers;
using Naru.Core.Images;
using Naru.Core.Lifetime;
using Naru.Core.Volumes;
using Naru.Linux.Files;
using Naru.Linux.Mounts;

namespace Naru.Containers.Files;

/// <summary>
/// Opens views of containers. A running one is seen through its own process, so that everything mounted in it is there; for a
/// stopped one its root is mounted aside with its volumes and binds at their places.
/// </summary>
internal sealed class ContainerViews(ISnapshots snapshots, IVolumes volumes, EngineDirectories directories)
{
    private static readonly FrozenSet<string> UnrealTypes = FrozenSet.Create(
        "proc", "sysfs", "cgroup", "cgroup2", "devpts", "mqueue", "debugfs", "tracefs", "securityfs", "bpf", "pstore", "binfmt_misc", "fusectl", "configfs");

    private string Aside => directories.RunPath("files");

    /// <summary>Takes off what a killed run left mounted.</summary>
    internal void Sweep()
    {
        if (Directory.Exists(Aside))
        {
            Mounter.UnmountTree(Aside);
            foreach (var place in Directory.EnumerateFileSystemEntries(Aside))
            {
                // Never recursively: if a mount were still there, its files are somebody's.
                Volumes.VolumeSubpath.Hide(place);
            }
        }
    }

    internal async Task<ContainerView> OpenAsync(Container container, CancellationToken cancellationToken)
    {
        var path = await snapshots.MountAsync(container.SnapshotKey, cancellationToken);
        try
        {
            // Whoever is to write into a mount with shifted owners would have to be one of them: such a container's files are seen beside it.
            return (container.Spec.Isolation.Users is null ? TryOpenRunning(container, path) : null) ?? await OpenAsideAsync(container, path, cancellationToken);
        }
        catch
        {
            await ReleaseAsync(container);
            throw;
        }
    }

    private ContainerView? TryOpenRunning(Container container, string path)
    {
        if (!container.IsLive || container.Status.Pid <= 0)
        {
            return null;
        }

        RootedDirectory? root = null;
        try
        {
            root = RootedDirectory.Open($"/proc/{container.Status.Pid}/root");

            // The number may be another process's by now, even one of the host: the root tells.
            if (FileStatus.TryOf(path) is { } expected && expected.IsSameFile(root.Stat("")) && MountTable.TryRead(container.Status.Pid) is { } mounts)
            {
                var unreal = mounts.Where(mount => UnrealTypes.Contains(mount.Type)).Select(mount => mount.Target).ToHashSet(StringComparer.Ordinal);
                return new ContainerView(root, () => ReleaseAsync(container)) { Unreal = unreal };
            }
        }
        catch (IOException)
        {
            // It ended just now.
        }

        root?.Dispose();
        return null;
    }

    private async Task<ContainerView> OpenAsideAsync(Container container, string path, CancellationToken cancellationToken)
    {
        var mounts = container.Mounts.Where(mount => mount.Kind is not (MountKind.Tmpfs or MountKind.Image)).OrderBy(mount => mount.Target.Count(letter => letter == '/')).ToArray();
        if (mounts.Length == 0)
        {
            return new ContainerView(RootedDirectory.Open(path), () => ReleaseAsync(container));
        }

        var name = Guid.NewGuid().ToString("N");
        var place = Path.Combine(Aside, name);
        var release = () => ReleaseAsideAsync(container, mounts, place, name);
        Directory.CreateDirectory(place);
        try
        {
            Mounter.Bind(path, place, recursive: false);
            Mounter.SetPropagation(place, MountPropagation.Private, recursive: false);
            foreach (var mount in mounts)
            {
                await ShowAsync(place, mount, name, cancellationToken);
            }

            return new ContainerView(RootedDirectory.Open(place), release);
        }
        catch
        {
            Unmount(place);
            await ForgetVolumesAsync(mounts, name);
            throw;
        }
    }

    private async Task ShowAsync(string place, MountPoint mount, string user, CancellationToken cancellationToken)
    {
        var source = mount.Source;
        if (mount.Kind == MountKind.Volume)
        {
            source = await volumes.MountAsync(mount.VolumeName, user, cancellationToken);
        }

        var subpath = mount.Spec?.Subpath ?? "";
        using var held = subpath.Length > 0 && mount.Kind == MountKind.Volume ? Volumes.VolumeSubpath.Open(source, subpath) : null;
        source = held?.HostPath ?? source;
        if (!Path.Exists(source))
        {
            return; // A bind whose source is gone: what lies below its place shows.
        }

        using var root = RootedDirectory.Open(place);
        MakeTarget(root, mount.Target, Directory.Exists(source));
        using (var target = root.OpenReference(mount.Target))
        {
            Mounter.Bind(source, $"/proc/self/fd/{target.DangerousGetHandle()}", recursive: mount.Spec is not { NonRecursive: true });
        }

        if (!mount.Writable)
        {
            // Resolved again: only now does the path lead onto the mount.
            using var mounted = root.OpenReference(mount.Target);
            Mounter.SetReadOnly($"/proc/self/fd/{mounted.DangerousGetHandle()}", recursive: true);
        }
    }

    private static void MakeTarget(RootedDirectory root, string target, bool isDirectory)
    {
        if (root.Exists(target))
        {
            return;
        }

        var path = target.TrimEnd('/');
        root.CreateDirectories(isDirectory ? path : path[..path.LastIndexOf('/')]);
        if (!isDirectory)
        {
            root.OpenWrite(path).Dispose();
        }
    }

    private static void Unmount(string place)
    {
        Mounter.UnmountTree(place);
        Directory.Delete(place);
    }

    private async Task ReleaseAsideAsync(Container container, MountPoint[] mounts, string place, string user)
    {
        Unmount(place);
        await ForgetVolumesAsync(mounts, user);
        await ReleaseAsync(container);
    }

    private async Task ForgetVolumesAsync(MountPoint[] mounts, string user)
    {
        foreach (var mount in mounts.Where(mount => mount.Kind == MountKind.Volume))
        {
            await volumes.UnmountAsync(mount.VolumeName, user, CancellationToken.None);
        }
    }

    private Task ReleaseAsync(Container container) => snapshots.UnmountAsync(container.SnapshotKey, CancellationToken.None);
}
