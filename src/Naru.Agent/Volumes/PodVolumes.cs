using System.Collections.Concurrent;
using System.Text;
using Naru.Agent.Containers;
using Naru.Agent.Csi;
using Naru.Agent.Events;
using Naru.Agent.Pods;
using Naru.Agent.Sandboxes;
using Naru.Core.Containers;
using Naru.Core.Errors;
using Naru.Core.Hosts;
using Naru.Objects.Values;

namespace Naru.Agent.Volumes;

/// <summary>The volumes of pods: made before their containers, refreshed while they run, removed with them.</summary>
internal sealed class PodVolumes(PodFiles files, INodeFiles host, INodeMounts mounts, ProjectedFiles projected, ClaimedVolumes claims, CsiVolumes csi, EmptyDirs empty, BlockVolumes blocks, SubPaths subPaths, PodEvents events)
{
    private const int MostOfAFile = 1 << 20;

    private readonly ConcurrentDictionary<string, int> _published = new(StringComparer.Ordinal);

    /// <summary>Makes what the pod's volumes need. May be repeated. All are tried, and each that fails is told.</summary>
    /// <exception cref="ConfigFailure">FailedMount: one cannot be made now.</exception>
    public async Task PrepareAsync(PodView pod, PodAddresses addresses, CancellationToken cancellationToken)
    {
        string? problem = null;
        foreach (var volume in pod.Spec.Maps("volumes"))
        {
            try
            {
                await PrepareAsync(pod, volume, addresses, cancellationToken);
            }
            catch (Exception failure) when (failure is NaruException or IOException or UnauthorizedAccessException)
            {
                var message = $"MountVolume.SetUp failed for volume \"{volume.Text("name")}\" : {failure.Message}";
                events.Pod(pod, true, "FailedMount", message);
                problem ??= message;
            }
        }

        if (problem is not null)
        {
            throw new ConfigFailure("FailedMount", problem);
        }
    }

    /// <summary>Writes anew what configuration, secrets and tokens have become.</summary>
    public async Task RefreshAsync(PodView pod, PodAddresses addresses, CancellationToken cancellationToken)
    {
        foreach (var volume in pod.Spec.Maps("volumes"))
        {
            if (ProjectedFiles.Takes(volume))
            {
                Publish(pod, volume, addresses);
            }
            else if (ClaimedVolumes.Takes(volume))
            {
                await claims.RefreshAsync(pod, volume, cancellationToken);
            }
            else if (volume.Has("csi"))
            {
                await csi.RefreshAsync(pod, CsiSource.Of(pod, volume), DriverPlaceOf(pod, volume), VolumeGroup.Of(pod), cancellationToken);
            }
        }
    }

    /// <summary>A container's mount of one of them.</summary>
    public MountSpec MountOf(PodView pod, PodMember member, MapValue mount, Func<string, string?> lookUp)
    {
        var name = mount.Text("name") ?? "";
        var volume = pod.Spec.Maps("volumes").FirstOrDefault(one => one.Text("name") == name) ?? throw ConfigFailure.Config($"volume \"{name}\" is not there");
        var below = SubPaths.Of(mount, lookUp);
        var recursive = mount.Text("recursiveReadOnly") ?? "Disabled";
        var spec = new MountSpec
        {
            Kind = MountKind.Bind,
            Target = mount.Text("mountPath") ?? "",
            ReadOnly = mount.Boolean("readOnly") == true || ProjectedFiles.Takes(volume) || ClaimedVolumes.IsReadOnly(volume),
            ReadOnlyNonRecursive = recursive == "Disabled",
            ReadOnlyForceRecursive = recursive == "Enabled",
            Propagation = mount.Text("mountPropagation") switch { "HostToContainer" => "rslave", "Bidirectional" => "rshared", _ => "" },
        };
        if (volume.Map("image") is { } image)
        {
            return spec with { Kind = MountKind.Image, Source = image.Text("reference") ?? "", Subpath = below, ReadOnly = true };
        }

        var place = SourceOf(pod, volume);
        if (spec.Propagation.Length > 0 && place.StartsWith(files.Root, StringComparison.Ordinal))
        {
            mounts.Share(place);
        }

        return spec with { Source = below.Length == 0 ? place : subPaths.Show(pod, member, name, spec.Target, place, below) };
    }

    /// <summary>The devices that a container has as volumes.</summary>
    public IEnumerable<DeviceMapping> DevicesOf(PodView pod, PodMember member)
    {
        foreach (var device in member.Spec.Maps("volumeDevices"))
        {
            var volume = pod.Spec.Maps("volumes").FirstOrDefault(one => one.Text("name") == device.Text("name")) ?? throw ConfigFailure.Config($"volume \"{device.Text("name")}\" is not there");
            yield return new DeviceMapping(claims.DeviceOf(pod, volume), device.Text("devicePath") ?? "", ClaimedVolumes.IsReadOnly(volume) ? "rm" : "rwm");
        }
    }

    /// <summary>The container sees a part of an image.</summary>
    public static bool HasPartOfImage(PodView pod, PodMember member) => member.Spec.Maps("volumeMounts").Any(mount =>
        (mount.Has("subPath") || mount.Has("subPathExpr")) && pod.Spec.Maps("volumes").Any(volume => volume.Has("image") && volume.Text("name") == mount.Text("name")));

    /// <summary>The text of a small file in a volume of a pod; null: it is not there.</summary>
    public string? ReadFile(PodView pod, string name, string path) =>
        pod.Spec.Maps("volumes").FirstOrDefault(one => one.Text("name") == name) is { } volume && host.ReadBelow(SourceOf(pod, volume), path, MostOfAFile) is { } bytes ? Encoding.UTF8.GetString(bytes) : null;

    /// <summary>Where a pod's volume lies on this host.</summary>
    public string SourceOf(PodView pod, MapValue volume) =>
        ClaimedVolumes.Takes(volume) ? claims.PlaceOf(pod, volume) : volume.Has("csi") ? DriverPlaceOf(pod, volume) : volume.Text("hostPath", "path") ?? PlaceOf(pod, volume);

    /// <summary>Identities of the pods of which something is left here.</summary>
    public IEnumerable<string> Left() => Directory.Exists(files.Root) ? Directory.EnumerateDirectories(files.Root).Select(static path => Path.GetFileName(path)) : [];

    /// <summary>Removes what was made for a pod. May be repeated.</summary>
    public async Task RemoveAsync(string uid, CancellationToken cancellationToken)
    {
        var place = files.Of(uid);
        if (Directory.Exists(place))
        {
            await csi.RemoveAsync(uid, cancellationToken);
            blocks.Release(uid);
            mounts.UnmountBelow(place);
            host.RemoveTree(place);
        }

        foreach (var published in _published.Keys.Where(key => key.StartsWith(place + "/", StringComparison.Ordinal)))
        {
            _published.TryRemove(published, out _);
        }
    }

    /// <summary>Takes the volumes of a pod that has ended; its logs and last words stay. May be repeated.</summary>
    public async Task ReleaseAsync(string uid, CancellationToken cancellationToken)
    {
        if (Directory.Exists(Path.Combine(files.Of(uid), "volumes")) || Directory.Exists(Path.Combine(files.Of(uid), "csi")))
        {
            await csi.RemoveAsync(uid, cancellationToken);
            blocks.Release(uid);
            foreach (var part in (string[])["volume-subpaths", "volumes", "csi", "devices"])
            {
                mounts.UnmountBelow(Path.Combine(files.Of(uid), part));
                host.RemoveTree(Path.Combine(files.Of(uid), part));
            }
        }
    }

    private async Task PrepareAsync(PodView pod, MapValue volume, PodAddresses addresses, CancellationToken cancellationToken)
    {
        switch (VolumeKinds.Of(volume))
        {
            case "emptyDir":
                empty.Prepare(pod, volume, PlaceOf(pod, volume), VolumeGroup.Of(pod));
                break;
            case "hostPath":
                HostPaths.Prepare(host, volume.Text("hostPath", "path") ?? "", volume.Text("hostPath", "type") ?? "");
                break;
            case "persistentVolumeClaim" or "ephemeral":
                await claims.PrepareAsync(pod, volume, VolumeGroup.Of(pod), cancellationToken);
                break;
            case "csi":
                await csi.PrepareAsync(pod, CsiSource.Of(pod, volume), DriverPlaceOf(pod, volume), VolumeGroup.Of(pod), cancellationToken);
                break;
            case "configMap" or "secret" or "downwardAPI" or "projected":
                host.MakeDirectory(PlaceOf(pod, volume), 0x1FF);
                Publish(pod, volume, addresses);
                break;
            case "image":
                break;
            case { } other:
                throw new NaruException(ErrorKind.FailedPrecondition, VolumeKinds.Refusal(other));
        }
    }

    private void Publish(PodView pod, MapValue volume, PodAddresses addresses)
    {
        var place = PlaceOf(pod, volume);
        var content = projected.Of(pod, volume, addresses);
        var print = PrintOf(content);
        if (_published.TryGetValue(place, out var before) && before == print)
        {
            return;
        }

        host.Publish(place, content, pod.Spec.Integer("securityContext", "fsGroup"));
        _published[place] = print;
    }

    // What was published in this run is not read back every time the pod is looked at.
    private static int PrintOf(IReadOnlyCollection<PublishedFile> content)
    {
        var print = new HashCode();
        foreach (var file in content)
        {
            print.Add(file.Path);
            print.Add(file.Mode);
            print.Add(file.User);
            print.Add(file.Content.Length);
            print.AddBytes(file.Content.Span);
        }

        return print.ToHashCode();
    }

    private string PlaceOf(PodView pod, MapValue volume) => files.VolumeOf(pod.Uid, volume.Text("name") ?? "");

    // A driver makes the last directory itself.
    private string DriverPlaceOf(PodView pod, MapValue volume) => PlaceOf(pod, volume) + "/mount";
}
