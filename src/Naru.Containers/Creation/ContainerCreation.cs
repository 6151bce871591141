using System.Collections.Immutable;
using Naru.Containers.Bundles;
using Naru.Containers.Engine;
using Naru.Containers.Lifecycle;
using Naru.Containers.Logs;
using Naru.Containers.Store;
using Naru.Core.Containers;
using Naru.Core.Errors;
using Naru.Core.Images;
using Naru.Core.Units;

namespace Naru.Containers.Creation;

/// <summary>
/// Makes containers. Steps: merge with the image and check, take the name, plan the mounts, note the draft on disk, make
/// volumes and root, fill volumes from the image, commit, tell. A failure undoes all of it.
/// </summary>
internal sealed class ContainerCreation(
    EnginePorts ports, ContainerTable table, ContainerStore store, RuntimePrograms programs, HostAbilities host, ContainerRemoval removal, ContainerEvents events, ImageMounts images, LogOptions logs)
{
    private const int NameAttempts = 20;

    public async Task<ContainerCreated> CreateAsync(ContainerSpec asked, string? name, CancellationToken cancellationToken)
    {
        var given = string.IsNullOrEmpty(name) ? null : ContainerNames.Check(name);
        if (asked.Layers is null && !Digest.TryParse(asked.Image, out _) && !ImageReference.TryParse(asked.Image, out _, out var problem))
        {
            throw NaruException.Invalid(problem);
        }

        var image = asked.Layers is null ? ports.Images.Get(asked.Image, asked.Platform) : null;
        var spec = ImageDefaults.Merge(asked, image?.Config ?? new ImageConfig());
        SpecRules.Check(spec);
        var warnings = ImmutableArray.CreateBuilder<string>();
        spec = spec with { Resources = HostResources.Fit(ResourceRules.Complete(spec.Resources), host.Cgroups, warnings) };
        var log = LogPolicy.From(spec.Log, logs);
        var runtime = programs.NameOf(spec.Runtime);
        ports.Sandboxes.Check(spec.Network);
        spec = Join(spec);
        var mounts = new MountPlanner(table, ports.Volumes).Plan(spec);
        var id = ContainerId.New();
        var container = Describe(id, Take(id, given), spec, image, runtime, mounts);
        container = log.Keeps ? container : container with { LogPath = "" };
        try
        {
            container = await MakeAsync(container, image?.Layers ?? asked.Layers!, cancellationToken);
        }
        catch
        {
            table.Release(container.Name, id);
            await removal.ReleaseAsync(container, volumes: true);
            throw;
        }

        table.Add(new ContainerCell(container));
        events.Publish(container, "create");
        return new ContainerCreated(container, warnings.ToImmutable());
    }

    private async Task<Container> MakeAsync(Container container, LayerChain layers, CancellationToken cancellationToken)
    {
        store.SaveDraft(container);
        Directory.CreateDirectory(container.StateDirectory);
        if (container.LogPath.Length > 0)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(container.LogPath)!);
        }

        var mounts = ImmutableArray.CreateBuilder<MountPoint>(container.Mounts.Length);
        foreach (var mount in container.Mounts)
        {
            mounts.Add(mount.Kind == MountKind.Volume ? await MakeVolumeAsync(mount, cancellationToken) : mount);
        }

        container = container with { Mounts = mounts.ToImmutable() };
        await ports.Snapshots.PrepareAsync(container.SnapshotKey, layers, DiskLimit(container.Spec), container.Spec.Isolation.Users, cancellationToken);
        await images.PrepareAsync(container, cancellationToken);
        await FillVolumesAsync(container, layers, cancellationToken);
        store.Commit(container);
        return container;
    }

    private async Task<MountPoint> MakeVolumeAsync(MountPoint mount, CancellationToken cancellationToken)
    {
        if (ports.Volumes.Find(mount.VolumeName) is not { } volume)
        {
            volume = await ports.Volumes.CreateAsync(MountPlanner.RequestOf(mount), cancellationToken);
        }

        return mount with { Source = volume.Path, Driver = volume.Driver };
    }

    private async Task FillVolumesAsync(Container container, LayerChain layers, CancellationToken cancellationToken)
    {
        var toFill = container.Mounts.Where(static mount => mount is { Kind: MountKind.Volume, Spec: null or { NoCopy: false, Subpath.Length: 0 } }).ToList();
        if (toFill.Count == 0)
        {
            return;
        }

        // Volumes hold files as the image has them, whosever users see them: they are taken from a root that shifts no owners.
        var isMapped = container.Spec.Isolation.Users is not null;
        var key = isMapped ? $"{container.SnapshotKey}-plain" : container.SnapshotKey;
        if (isMapped)
        {
            await ports.Snapshots.PrepareAsync(key, layers, null, null, cancellationToken);
        }

        try
        {
            var root = await ports.Snapshots.MountAsync(key, cancellationToken);
            foreach (var mount in toFill)
            {
                await ports.Volumes.CopyUpAsync(mount.VolumeName, root, mount.Target, cancellationToken);
            }
        }
        finally
        {
            await ports.Snapshots.UnmountAsync(key, CancellationToken.None);
            if (isMapped)
            {
                await ports.Snapshots.RemoveAsync(key, CancellationToken.None);
            }
        }
    }

    private Container Describe(ContainerId id, string name, ContainerSpec spec, Image? image, string runtime, List<MountPoint> mounts) => new()
    {
        Id = id,
        Name = name,
        Created = ports.Time.GetUtcNow(),
        ImageId = image?.Id ?? (Digest.TryParse(spec.Image, out var named) ? named : spec.Layers!.ChainId ?? Digest.Of([])),
        ImageManifest = image?.Manifest,
        Spec = spec,
        Status = new ContainerStatus { Phase = ContainerPhase.Created },
        Mounts = [.. mounts],
        SnapshotKey = id.Value,
        LogPath = Path.Combine(store.DirectoryOf(id), "log", "output.log"),
        StateDirectory = Path.Combine(store.DirectoryOf(id), "etc"),
        Runtime = runtime,
        Arguments = [.. ContainerAssembly.ArgumentsOf(spec)],
    };

    private string Take(ContainerId id, string? given)
    {
        if (given is not null)
        {
            table.Reserve(given, id);
            return given;
        }

        for (var attempt = 0; attempt < NameAttempts; attempt++)
        {
            var name = ContainerNames.Make(attempt);
            if (table.TryReserve(name, id, out _))
            {
                return name;
            }
        }

        table.Reserve(id.Short, id);
        return id.Short;
    }

    // Whose namespaces are joined must exist; who joins a network has its host name too.
    private ContainerSpec Join(ContainerSpec spec)
    {
        foreach (var mode in (string[])[spec.Isolation.PidMode, spec.Isolation.IpcMode, spec.Network.Mode])
        {
            if (mode.StartsWith("container:", StringComparison.Ordinal))
            {
                var other = table.Get(mode["container:".Length..]).Value;
                spec = mode == spec.Network.Mode && string.IsNullOrEmpty(spec.Hostname)
                    ? spec with { Hostname = ContainerAssembly.HostnameOf(other) }
                    : spec;
            }
        }

        return spec;
    }

    private static ByteSize? DiskLimit(ContainerSpec spec)
    {
        foreach (var (name, value) in spec.StorageOptions)
        {
            if (name != "size")
            {
                throw NaruException.Invalid($"unknown option {name}");
            }

            return ByteSize.TryParse(value, out var size) ? size : throw NaruException.Invalid($"invalid size: '{value}'");
        }

        return null;
    }
}
