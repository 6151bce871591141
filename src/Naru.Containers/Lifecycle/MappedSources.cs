using System.Collections.Concurrent;
using Microsoft.Win32.SafeHandles;
using Naru.Containers.Bundles;
using Naru.Containers.Volumes;
using Naru.Core.Containers;
using Naru.Core.Errors;
using Naru.Linux.Files;
using Naru.Linux.Mounts;
using Naru.Linux.Namespaces;

namespace Naru.Containers.Lifecycle;

/// <summary>
/// What a container with users of its own is made of, shown to the runtime at places where it, which is nobody to the host by then, may pass: the root as it is, everything else with
/// its owners shifted. The places are needed until the container is made; then it has mounts of its own.
/// </summary>
internal sealed class MappedSources(RunLayout layout)
{
    private readonly ConcurrentDictionary<ContainerId, List<string>> _places = new();

    /// <summary>The same input with the sources at their places. On failure <see cref="Hide"/> takes back what was shown.</summary>
    /// <exception cref="NaruException">FailedPrecondition: a file system cannot show its files so.</exception>
    public BundleInput Show(ContainerId container, BundleInput input)
    {
        if (input.Network.UserNamespacePath.Length == 0)
        {
            throw new NaruException(ErrorKind.Internal, "the container is to have users of its own, but its network belongs to the host's");
        }

        using var users = UserNamespace.Open(input.Network.UserNamespacePath);
        var given = input.Mounts.Select(static mount => mount.Target).ToHashSet(StringComparer.Ordinal);
        return input with
        {
            RootPath = ShowPlain(container, input.RootPath),
            SharedMemoryPath = input.SharedMemoryPath.Length == 0 ? "" : ShowPlain(container, input.SharedMemoryPath),
            Mounts = [.. input.Mounts.Select(mount => Show(container, mount, users))],
            Network = input.Network with
            {
                HostsPath = File("/etc/hosts", input.Network.HostsPath),
                HostnamePath = File("/etc/hostname", input.Network.HostnamePath),
                ResolvConfPath = File("/etc/resolv.conf", input.Network.ResolvConfPath),
            },
        };

        string File(string target, string source) => source.Length == 0 || given.Contains(target) ? "" : ShowMapped(container, source, users, recursive: false);
    }

    /// <summary>Takes the places away. May be repeated.</summary>
    public void Hide(ContainerId container)
    {
        if (_places.TryRemove(container, out var places))
        {
            places.ForEach(VolumeSubpath.Hide);
        }
    }

    private MountPoint Show(ContainerId container, MountPoint mount, SafeFileHandle users) => mount switch
    {
        { Kind: MountKind.Tmpfs } or { Spec.KeepOwners: true } => mount,
        { Kind: MountKind.Image } => mount with { Source = ShowPlain(container, mount.Source) },
        _ => mount with { Source = ShowMapped(container, mount.Source, users, recursive: mount.Spec?.NonRecursive != true) },
    };

    // Its files belong to the right users already.
    private string ShowPlain(ContainerId container, string source)
    {
        var place = NewPlace(container, source);
        Mounter.Bind(source, place, recursive: true);
        return place;
    }

    private string ShowMapped(ContainerId container, string source, SafeFileHandle users, bool recursive)
    {
        var place = NewPlace(container, source);
        try
        {
            MappedMounts.Bind(source, place, users, recursive);
        }
        catch (LinuxException failure) when (failure.Errno is Errno.InvalidArgument or Errno.NotPermitted or Errno.NotImplemented)
        {
            throw new NaruException(
                ErrorKind.FailedPrecondition,
                $"{source} cannot be shown to users of the container's own: its file system ({MountTable.Find(source).Type}), or one that is mounted below it, has no id-mapped mounts",
                failure);
        }

        return place;
    }

    private string NewPlace(ContainerId container, string source)
    {
        var place = layout.NewPlaceAside();
        _places.GetOrAdd(container, static _ => []).Add(place);
        if (Directory.Exists(source))
        {
            Directory.CreateDirectory(place);
        }
        else
        {
            System.IO.File.Create(place).Dispose();
        }

        return place;
    }
}
