using System.Collections.Concurrent;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using Naru.Containers.Bundles;
using Naru.Containers.Engine;
using Naru.Containers.Volumes;
using Naru.Core.Containers;
using Naru.Core.Errors;
using Naru.Core.Networks;
using Naru.Linux.Files;
using Naru.Linux.Mounts;

namespace Naru.Containers.Lifecycle;

/// <summary>
/// Puts together what a run needs (root, volumes, network, bundle) and takes it apart again. Both may be repeated; taking
/// apart does nothing where there is nothing.
/// </summary>
internal sealed partial class ContainerAssembly(
    EnginePorts ports, ImageMounts images, MappedSources mapped, ContainerTable table, RunLayout layout, RuntimePrograms programs, HostAbilities host, ContainersOptions options, ILogger<ContainerAssembly> logger)
{
    private readonly OciSpecBuilder _builder = new(host);
    private readonly ConcurrentDictionary<ContainerId, List<string>> _subpaths = new();
    private readonly CompiledFilters _filters = new();
    private readonly ConcurrentDictionary<ContainerId, string> _compiling = new();

    /// <summary>Program and arguments of a container.</summary>
    public static IReadOnlyList<string> ArgumentsOf(ContainerSpec spec) =>
        [.. spec.Process.Entrypoint ?? [], .. spec.Process.Command ?? []];

    /// <summary>Makes everything ready and writes the bundle. On failure the caller takes it apart.</summary>
    /// <returns>The container's network, and who it runs as.</returns>
    public async Task<(SandboxNetwork Network, ProcessUser User)> BuildAsync(Container container, CancellationToken cancellationToken)
    {
        var spec = container.Spec;
        CheckDevices(spec);
        var joined = JoinedNamespaces(container);
        var begun = ports.Time.GetTimestamp();
        PrepareBundle(container);
        var network = SetUpNetworkAsync(container, joined, cancellationToken);
        var root = ports.Snapshots.MountAsync(container.SnapshotKey, cancellationToken);
        var volumes = MountVolumesAsync(container, cancellationToken);
        await Task.WhenAll(network, root, volumes).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        LogParts(container.Id.Short, ports.Time.GetElapsedTime(begun));
        var input = new BundleInput
        {
            Spec = spec,
            RootPath = await root,
            Arguments = container.Arguments,
            User = PrepareRoot(container, await root),
            Hostname = HostnameOf(container),
            CgroupPath = layout.CgroupPathOf(container),
            Network = await network,
            Mounts = await volumes,
            JoinedNamespaces = joined,
            SharedMemoryPath = PrepareSharedMemory(container),
            InitPath = InitPathOf(spec),
            LinkVariables = LinkVariables.Of(container, reference => table.Find(reference)?.Value),
        };
        WriteBundle(container, spec.Isolation.Users is null ? input : mapped.Show(container.Id, input));
        return (input.Network, new ProcessUser(input.User.Uid, input.User.Gid, [.. input.User.Groups]));
    }

    /// <summary>The container is made and its mounts with it: lets go of what was only held for that.</summary>
    public void Made(ContainerId container)
    {
        mapped.Hide(container);
        if (_compiling.TryRemove(container, out var profile) && !_filters.Knows(profile))
        {
            _filters.Learn(profile, layout.FilterOf(container));
        }

        if (_subpaths.TryRemove(container, out var held))
        {
            held.ForEach(VolumeSubpath.Hide);
        }
    }

    /// <summary>Takes everything apart.</summary>
    public async Task ReleaseAsync(Container container, CancellationToken cancellationToken)
    {
        Made(container.Id);
        var group = layout.CgroupOf(container);
        if (group.Processes().Count > 0)
        {
            group.Kill();
        }

        var network = ports.Sandboxes.TearDownAsync(container.Id, cancellationToken);
        var volumes = Task.WhenAll(container.Mounts
            .Where(static mount => mount.Kind == MountKind.Volume)
            .Select(mount => ports.Volumes.UnmountAsync(mount.VolumeName, container.Id.Value, cancellationToken)));
        var bundle = layout.BundleOf(container.Id);
        if (Directory.Exists(bundle))
        {
            Mounter.Unmount(Path.Combine(bundle, "shm"), lazy: true);
            Directory.Delete(bundle, recursive: true);
        }

        DeleteTree(Path.Combine(layout.RuntimeRoot, container.Id.Value));
        File.Delete(layout.ExitFileOf(container.Id));
        await DeleteGroupAsync(group, cancellationToken);
        await ports.Snapshots.UnmountAsync(container.SnapshotKey, cancellationToken);
        await images.UnmountAsync(container, cancellationToken);
        await Task.WhenAll(network, volumes);
    }

    /// <summary>What the network hand is told about a container.</summary>
    public SandboxRequest RequestOf(Container container) => new()
    {
        Container = container.Id,
        Name = container.Name,
        Hostname = HostnameOf(container),
        Users = container.Spec.Isolation.Users,
        DomainName = container.Spec.DomainName ?? "",
        Network = container.Spec.Network,
        FilesDirectory = container.StateDirectory,
        FindContainer = reference => table.Find(reference)?.Value,
    };

    /// <summary>Host name inside.</summary>
    public static string HostnameOf(Container container) => !string.IsNullOrEmpty(container.Spec.Hostname)
        ? container.Spec.Hostname
        : container.Spec.Network.Mode == "host" || container.Spec.Isolation.UtsMode == "host" ? Environment.MachineName : container.Id.Short;

    private async Task<SandboxNetwork> SetUpNetworkAsync(Container container, Dictionary<string, string> joined, CancellationToken cancellationToken)
    {
        if (!joined.ContainsKey("network"))
        {
            return await ports.Sandboxes.SetUpAsync(RequestOf(container), cancellationToken);
        }

        var owner = table.Get(container.Spec.Network.Mode["container:".Length..]).Value;
        if (container.Spec.Isolation.Users is { } users && owner.Spec.Isolation.Users != users)
        {
            throw NaruException.Conflict($"cannot join the network of a container with other users: {owner.Id}");
        }

        var other = owner.Status.Network;
        return other with { Id = "", Endpoints = SandboxNetwork.None.Endpoints, Ports = [] };
    }

    private async Task<IReadOnlyList<MountPoint>> MountVolumesAsync(Container container, CancellationToken cancellationToken)
    {
        var result = new List<MountPoint>();
        var imagePlaces = await images.MountAsync(container, cancellationToken);
        foreach (var mount in container.Mounts)
        {
            if (mount.Kind == MountKind.Image)
            {
                result.Add(mount with { Source = Subpath(container.Id, imagePlaces[mount.Target], mount) });
            }
            else if (mount.Kind == MountKind.Volume)
            {
                var directory = await ports.Volumes.MountAsync(mount.VolumeName, container.Id.Value, cancellationToken);
                result.Add(mount with { Source = Subpath(container.Id, directory, mount) });
            }
            else
            {
                CheckPropagation(mount);
                if (mount is { Kind: MountKind.Bind, Spec.ShortForm: true } or { Kind: MountKind.Bind, Spec.CreateSource: true } && !Path.Exists(mount.Source))
                {
                    Directory.CreateDirectory(mount.Source);
                }

                result.Add(mount);
            }
        }

        return result;
    }

    /// <summary>Where a mount's bytes lie. A path inside a volume is mounted aside, since others that use the volume could swap it for a link.</summary>
    private string Subpath(ContainerId container, string directory, MountPoint mount)
    {
        if (mount.Spec is not { Subpath.Length: > 0 } spec)
        {
            return directory;
        }

        var place = layout.NewPlaceAside();
        _subpaths.GetOrAdd(container, static _ => []).Add(place);
        using var subpath = VolumeSubpath.Open(directory, spec.Subpath);
        subpath.ShowAt(place);
        return place;
    }

    private static ContainerUser PrepareRoot(Container container, string rootPath)
    {
        using var root = RootedDirectory.Open(rootPath);
        var directory = container.Spec.Process.WorkingDirectory is { Length: > 0 } wanted ? wanted : "/";
        WorkingDirectories.Prepare(root, directory, container.Spec.Isolation.Users?.First ?? 0);
        return UserResolver.Resolve(root, container.Spec.Process.User ?? "", container.Spec.Isolation.Groups, container.Spec.Isolation.WithoutImageGroups);
    }

    // A mount can only hand on what its source's own mount hands on.
    private static void CheckPropagation(MountPoint mount)
    {
        var wantsShared = mount.Propagation is "shared" or "rshared";
        if (mount.Kind != MountKind.Bind || (!wantsShared && mount.Propagation is not ("slave" or "rslave")))
        {
            return;
        }

        var below = MountTable.Find(mount.Source);
        var isSlave = below.Tags.Any(static tag => tag.StartsWith("master:", StringComparison.Ordinal));
        if (!below.IsShared && (wantsShared || !isSlave))
        {
            throw NaruException.Invalid(wantsShared
                ? $"path {mount.Source} is mounted on {below.Target} but it is not a shared mount"
                : $"path {mount.Source} is mounted on {below.Target} but it is not a shared or slave mount");
        }
    }

    private static void CheckDevices(ContainerSpec spec)
    {
        if (!spec.Resources.DeviceRequests.IsEmpty)
        {
            var request = spec.Resources.DeviceRequests[0];
            var capabilities = string.Join(" ", request.Capabilities.Select(static set => $"[{string.Join(' ', set)}]"));
            throw new NaruException(ErrorKind.Internal, $"could not select device driver \"{request.Driver}\" with capabilities: [{capabilities}]");
        }
    }

    // The bundle's directory is made first: a start that a crash cut short is recognised by it.
    private void PrepareBundle(Container container) => Directory.CreateDirectory(
        layout.BundleOf(container.Id), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);

    private void WriteBundle(Container container, BundleInput input)
    {
        var spec = _builder.Build(input);
        var profile = CompiledFilters.KeyOf(spec);
        if (profile is not null && !_filters.Knows(profile))
        {
            _compiling[container.Id] = profile;
        }

        var bytes = JsonSerializer.SerializeToUtf8Bytes(_filters.Complete(spec, profile), OciJson.Default.OciSpec);
        File.WriteAllBytes(Path.Combine(layout.BundleOf(container.Id), "config.json"), bytes);
    }

    private Dictionary<string, string> JoinedNamespaces(Container container)
    {
        var isolation = container.Spec.Isolation;
        var joined = new Dictionary<string, string>();
        Join("pid", isolation.PidMode, "pid");
        Join("ipc", isolation.IpcMode, "ipc");
        Join("network", container.Spec.Network.Mode, "net");
        return joined;

        void Join(string type, string mode, string file)
        {
            if (!mode.StartsWith("container:", StringComparison.Ordinal))
            {
                return;
            }

            var other = table.Get(mode["container:".Length..]).Value;
            if (other.Status.Pid == 0)
            {
                throw NaruException.Conflict($"cannot join {type} namespace of a non running container: {other.Id}");
            }

            joined[type] = $"/proc/{other.Status.Pid}/ns/{file}";
        }
    }

    private string PrepareSharedMemory(Container container)
    {
        var mode = container.Spec.Isolation.IpcMode;
        if (mode.StartsWith("container:", StringComparison.Ordinal))
        {
            var other = table.Get(mode["container:".Length..]).Value;
            var lent = Path.Combine(layout.BundleOf(other.Id), "shm");
            return Directory.Exists(lent)
                ? lent
                : throw NaruException.Conflict($"cannot join IPC of a container with non-shareable IPC: {other.Id}");
        }

        if (mode != "shareable")
        {
            return "";
        }

        var directory = Path.Combine(layout.BundleOf(container.Id), "shm");
        Directory.CreateDirectory(directory);
        Mounter.Tmpfs(directory, MountMapping.SharedMemory(container.Spec), owner: container.Spec.Isolation.Users?.First ?? 0);
        return directory;
    }

    private string InitPathOf(ContainerSpec spec)
    {
        if (!(spec.Isolation.Init ?? options.InitByDefault) || spec.Isolation.PidMode == "host")
        {
            return "";
        }

        return programs.InitPath.Length > 0
            ? programs.InitPath
            : throw new NaruException(ErrorKind.FailedPrecondition, "this host has no small init for --init: install tini or catatonit");
    }

    private async Task DeleteGroupAsync(Linux.Cgroups.ControlGroup group, CancellationToken cancellationToken)
    {
        // Killed processes leave their group only when the kernel has finished them.
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(5), ports.Time);
        for (var attempt = 0; attempt < 200 && !group.TryDelete(); attempt++)
        {
            group.Kill();
            await timer.WaitForNextTickAsync(cancellationToken);
        }
    }

    [LoggerMessage(3040, LogLevel.Debug, "Root, network and volumes of container {Container} are ready after {Elapsed}")]
    private partial void LogParts(string container, TimeSpan elapsed);

    private static void DeleteTree(string path)
    {
        if (Directory.Exists(path))
        {
            Directory.Delete(path, recursive: true);
        }
    }
}
