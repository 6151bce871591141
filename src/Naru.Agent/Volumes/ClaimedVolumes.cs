using Naru.Agent.Csi;
using Naru.Agent.Nodes;
using Naru.Agent.Pods;
using Naru.Agent.Sandboxes;
using Naru.Core.Errors;
using Naru.Core.Hosts;
using Naru.Objects.Api;
using Naru.Objects.Values;

namespace Naru.Agent.Volumes;

/// <summary>Volumes that a pod has by a claim: directories of this host, and volumes of drivers.</summary>
internal sealed class ClaimedVolumes(IObjects objects, INodeFiles host, PodFiles files, CsiVolumes csi, ClaimGrowth growth, BlockVolumes blocks, NodeIdentity identity)
{
    private const string ProvisionedBy = "pv.kubernetes.io/provisioned-by";
    private const string LocalProvisioner = "naru.dev/local";
    private const int Everybody = 0x1FF;

    /// <summary>The volume is a claim, or is made with one for the pod alone.</summary>
    public static bool Takes(MapValue volume) => volume.Has("persistentVolumeClaim") || volume.Has("ephemeral");

    /// <summary>Name of its claim.</summary>
    public static string ClaimOf(PodView pod, MapValue volume) => volume.Text("persistentVolumeClaim", "claimName") ?? $"{pod.Name}-{volume.Text("name")}";

    public static bool IsReadOnly(MapValue volume) => volume.Boolean("persistentVolumeClaim", "readOnly") == true;

    /// <summary>Where it lies.</summary>
    /// <exception cref="NaruException">NotFound, FailedPrecondition: there is no such claim, it is not bound, or to something that this host cannot mount.</exception>
    public string PlaceOf(PodView pod, MapValue volume) => PlaceOf(pod, volume, Find(pod, volume).Volume);

    /// <summary>Mounts it, or checks that it is there. The directory of a host path is made, and of a volume that the local provisioner made.</summary>
    public async Task PrepareAsync(PodView pod, MapValue volume, VolumeGroup group, CancellationToken cancellationToken)
    {
        var (claim, found) = Find(pod, volume);
        var place = PlaceOf(pod, volume, found);
        CheckAlone(pod, claim);
        if (found.Has("spec") && found.Map("spec", "csi") is not null)
        {
            await csi.PrepareAsync(pod, CsiSource.Of(volume, found), place, group, cancellationToken);
            await growth.FollowAsync(pod, claim, CsiSource.Of(volume, found), place, cancellationToken);
        }
        else if (found.Map("spec", "hostPath") is { } path)
        {
            HostPaths.Prepare(host, place, path.Text("type") ?? "");
        }
        else
        {
            PrepareLocal(found, place, BlockVolumes.Is(found) ? default : group);
            if (BlockVolumes.Is(found))
            {
                blocks.Prepare(pod.Uid, volume.Text("name") ?? "", found, place);
            }
        }
    }

    /// <summary>The device that a pod has it as. It must have been prepared.</summary>
    public string DeviceOf(PodView pod, MapValue volume)
    {
        var found = Find(pod, volume).Volume;
        var place = PlaceOf(pod, volume, found);
        return found.Map("spec", "local") is null ? place : blocks.Prepare(pod.Uid, volume.Text("name") ?? "", found, place);
    }

    /// <summary>Follows what became of it while the pod runs: it grows, its driver wants to be told anew.</summary>
    public async Task RefreshAsync(PodView pod, MapValue volume, CancellationToken cancellationToken)
    {
        var (claim, found) = Find(pod, volume);
        if (found.Map("spec", "csi") is not null)
        {
            var (source, place) = (CsiSource.Of(volume, found), PlaceOf(pod, volume, found));
            await csi.RefreshAsync(pod, source, place, VolumeGroup.Of(pod), cancellationToken);
            await growth.FollowAsync(pod, claim, source, place, cancellationToken);
        }
        else if (BlockVolumes.Is(found) && found.Map("spec", "local") is not null)
        {
            blocks.Prepare(pod.Uid, volume.Text("name") ?? "", found, PlaceOf(pod, volume, found));
        }
    }

    /// <summary>The volume of a driver behind it; null if it is none.</summary>
    public CsiSource? DriverVolumeOf(PodView pod, MapValue volume) => Find(pod, volume).Volume is var found && found.Map("spec", "csi") is not null ? CsiSource.Of(volume, found) : null;

    private void PrepareLocal(MapValue found, string place, VolumeGroup group)
    {
        if (host.KindOf(place) == NodeFileKind.Missing)
        {
            if (found.Text("metadata", "annotations", ProvisionedBy) != LocalProvisioner)
            {
                throw new NaruException(ErrorKind.FailedPrecondition, $"path \"{place}\" does not exist");
            }

            if (LocalCopies.IsToBeFilled(found))
            {
                throw new NaruException(ErrorKind.Unavailable, $"volume \"{found.Text("metadata", "name")}\" is still being filled from {found.Text("metadata", "annotations", LocalCopies.CopyOf)}");
            }

            host.MakeDirectory(place, Everybody);
        }

        group.TakeOver(host, place);
    }

    private string PlaceOf(PodView pod, MapValue volume, MapValue found) =>
        found.Text("spec", "hostPath", "path") ?? found.Text("spec", "local", "path")
            ?? (found.Map("spec", "csi") is not null ? files.VolumeOf(pod.Uid, volume.Text("name") ?? "") + "/mount" : throw Unknown(found));

    private static NaruException Unknown(MapValue found)
    {
        var kind = found.Map("spec")?.Names.FirstOrDefault(static name => VolumeKinds.IsMoved(name)) ?? "unknown";
        return new NaruException(ErrorKind.FailedPrecondition, $"persistentvolume \"{found.Text("metadata", "name")}\": {VolumeKinds.Refusal(kind)}");
    }

    // A claim for one pod alone is that pod's until it has ended.
    private void CheckAlone(PodView pod, MapValue claim)
    {
        if (claim.List("spec", "accessModes")?.Texts().Contains("ReadWriteOncePod") != true)
        {
            return;
        }

        var name = claim.Text("metadata", "name");
        foreach (var other in objects.List(AgentResources.Pods, pod.Namespace).Select(static one => new PodView(one.Tree)).Where(other => other.Uid != pod.Uid && !other.IsTerminal))
        {
            if (other.Spec.Text("nodeName") == identity.Name && other.Spec.Maps("volumes").Any(volume => Takes(volume) && ClaimOf(other, volume) == name) && GoesBefore(other, pod))
            {
                throw new NaruException(ErrorKind.FailedPrecondition, "volume uses the ReadWriteOncePod access mode and is already in use by another pod");
            }
        }
    }

    // Who has containers has the volume; the age decides between those who both have none yet. Times of objects are whole seconds: it alone would let a newcomer in now and then.
    private static bool GoesBefore(PodView one, PodView other) => HasContainers(one) != HasContainers(other)
        ? HasContainers(one)
        : string.CompareOrdinal(one.Tree.Text("metadata", "creationTimestamp") + one.Uid, other.Tree.Text("metadata", "creationTimestamp") + other.Uid) < 0;

    private static bool HasContainers(PodView pod) =>
        pod.Status.Maps("initContainerStatuses").Concat(pod.Status.Maps("containerStatuses")).Any(static one => one.Text("containerID") is { Length: > 0 });

    private (MapValue Claim, MapValue Volume) Find(PodView pod, MapValue volume)
    {
        var name = ClaimOf(pod, volume);
        var claim = objects.Get(AgentResources.Claims, pod.Namespace, name) ?? throw NaruException.NotFound($"persistentvolumeclaim \"{name}\" not found");
        if (volume.Has("ephemeral") && !claim.Tree.Maps("metadata", "ownerReferences").Any(owner => owner.Text("uid") == pod.Uid))
        {
            throw new NaruException(ErrorKind.FailedPrecondition, $"PVC {pod.Namespace}/{name} was not created for pod {pod.Namespace}/{pod.Name} (pod is not owner)");
        }

        if (claim.Tree.Text("spec", "volumeName") is not { Length: > 0 } bound || claim.Tree.Text("status", "phase") != "Bound")
        {
            throw new NaruException(ErrorKind.FailedPrecondition, $"PVC {pod.Namespace}/{name} is not bound");
        }

        return (claim.Tree, objects.Get(AgentResources.Volumes, "", bound)?.Tree ?? throw NaruException.NotFound($"persistentvolume \"{bound}\" not found"));
    }
}
