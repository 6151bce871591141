using Naru.Agent.Containers;
using Naru.Agent.Pods;
using Naru.Agent.Sandboxes;
using Naru.Core.Containers;
using Naru.Core.Errors;
using Naru.Core.Hosts;
using Naru.Core.Volumes;
using Naru.Objects.Quantities;
using Naru.Objects.Values;

namespace Naru.Agent.Volumes;

/// <summary>The volumes of pods: made before their containers, refreshed while they run, removed with them.</summary>
internal sealed class PodVolumes(PodFiles files, INodeFiles host, IVolumes engine, ProjectedFiles projected, ClaimedVolumes claims)
{
    /// <summary>Makes what the pod's volumes need. May be repeated.</summary>
    /// <exception cref="ConfigFailure">FailedMount: one cannot be made now.</exception>
    public async Task PrepareAsync(PodView pod, PodAddresses addresses, CancellationToken cancellationToken)
    {
        foreach (var volume in pod.Spec.Maps("volumes"))
        {
            try
            {
                await PrepareAsync(pod, volume, addresses, cancellationToken);
            }
            catch (Exception failure) when (failure is NaruException or IOException or UnauthorizedAccessException)
            {
                throw new ConfigFailure("FailedMount", $"MountVolume.SetUp failed for volume \"{volume.Text("name")}\" : {failure.Message}");
            }
        }
    }

    /// <summary>Writes anew what configuration, secrets and tokens have become.</summary>
    public void Refresh(PodView pod, PodAddresses addresses)
    {
        foreach (var volume in pod.Spec.Maps("volumes").Where(ProjectedFiles.Takes))
        {
            host.Publish(PlaceOf(pod, volume), projected.Of(pod, volume, addresses), GroupOf(pod));
        }
    }

    /// <summary>A container's mount of one of them.</summary>
    public MountSpec MountOf(PodView pod, PodMember member, MapValue mount, Func<string, string?> lookUp)
    {
        var name = mount.Text("name") ?? "";
        var volume = pod.Spec.Maps("volumes").FirstOrDefault(one => one.Text("name") == name) ?? throw ConfigFailure.Config($"volume \"{name}\" is not there");
        var below = mount.Text("subPathExpr") is { Length: > 0 } expression ? Expansion.Expand(expression, lookUp) : mount.Text("subPath") ?? "";
        var spec = new MountSpec
        {
            Kind = MountKind.Bind,
            Target = mount.Text("mountPath") ?? "",
            ReadOnly = mount.Boolean("readOnly") == true || ProjectedFiles.Takes(volume) || ClaimedVolumes.IsReadOnly(volume),
            ReadOnlyNonRecursive = mount.Text("recursiveReadOnly") is null or "Disabled",
            Propagation = mount.Text("mountPropagation") switch { "HostToContainer" => "rslave", "Bidirectional" => "rshared", _ => "" },
        };
        if (volume.Map("image") is { } image)
        {
            return spec with { Kind = MountKind.Image, Source = image.Text("reference") ?? "", Subpath = below, ReadOnly = true };
        }

        if (InMemory(volume))
        {
            return spec with { Kind = MountKind.Volume, Source = EngineName(pod, name), Subpath = below, NoCopy = true };
        }

        var place = ClaimedVolumes.Takes(volume) ? claims.PlaceOf(pod, volume) : volume.Text("hostPath", "path") ?? PlaceOf(pod, volume);
        return spec with { Source = below.Length == 0 ? place : Below(place, below, member) };
    }

    /// <summary>Removes what was made for a pod.</summary>
    public async Task RemoveAsync(string uid, CancellationToken cancellationToken)
    {
        foreach (var volume in engine.List().Where(one => one.Name.StartsWith(EnginePrefix(uid), StringComparison.Ordinal)))
        {
            await engine.RemoveAsync(volume.Name, force: true, cancellationToken);
        }

        host.RemoveTree(files.Of(uid));
    }

    private async Task PrepareAsync(PodView pod, MapValue volume, PodAddresses addresses, CancellationToken cancellationToken)
    {
        if (InMemory(volume))
        {
            await MakeMemoryAsync(pod, volume, cancellationToken);
        }
        else if (volume.Map("hostPath") is { } path)
        {
            HostPaths.Prepare(host, path.Text("path") ?? "", path.Text("type") ?? "");
        }
        else if (ClaimedVolumes.Takes(volume))
        {
            claims.Prepare(pod, volume, GroupOf(pod));
        }
        else if (!volume.Has("image"))
        {
            var place = PlaceOf(pod, volume);
            var isNew = !Directory.Exists(place);
            host.MakeDirectory(place, ProjectedFiles.Takes(volume) ? 0x1ED : 0x1FF);
            if (ProjectedFiles.Takes(volume))
            {
                host.Publish(place, projected.Of(pod, volume, addresses), GroupOf(pod));
            }
            else if (isNew && GroupOf(pod) is { } group)
            {
                host.GiveToGroup(place, group);
            }
        }
    }

    private async Task MakeMemoryAsync(PodView pod, MapValue volume, CancellationToken cancellationToken)
    {
        var name = EngineName(pod, volume.Text("name") ?? "");
        if (engine.Find(name) is not null)
        {
            return;
        }

        var options = System.Collections.Immutable.ImmutableSortedDictionary<string, string>.Empty.Add("type", "tmpfs").Add("device", "tmpfs");
        List<string> words = ["mode=1777"];
        if (volume.At("emptyDir", "sizeLimit")?.ToString() is { } limit && Quantity.TryParse(limit, out var size) && size.Value > 0)
        {
            words.Add($"size={size.Value}");
        }

        if (GroupOf(pod) is { } group)
        {
            words.Add($"gid={group}");
        }

        await engine.CreateAsync(new VolumeSpec { Name = name, Options = options.Add("o", string.Join(',', words)) }, cancellationToken);
    }

    private string Below(string place, string path, PodMember member)
    {
        try
        {
            return host.Resolve(place, path, make: true);
        }
        catch (NaruException failure)
        {
            throw ConfigFailure.Config($"failed to create subPath directory for volumeMount of container \"{member.Name}\": {failure.Message}");
        }
    }

    private string PlaceOf(PodView pod, MapValue volume) => Path.Combine(files.Of(pod.Uid), "volumes", volume.Text("name") ?? "");

    private static bool InMemory(MapValue volume) => volume.Text("emptyDir", "medium") == "Memory";

    private static string EnginePrefix(string uid) => $"k8s_{uid}_";

    private static string EngineName(PodView pod, string volume) => EnginePrefix(pod.Uid) + volume;

    private static long? GroupOf(PodView pod) => pod.Spec.Integer("securityContext", "fsGroup");
}
