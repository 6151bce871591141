using Naru.Agent.Pods;
using Naru.Core.Errors;
using Naru.Core.Hosts;
using Naru.Objects.Api;
using Naru.Objects.Values;

namespace Naru.Agent.Volumes;

/// <summary>Volumes that a pod has by a claim: persistent volumes that are directories of this host.</summary>
internal sealed class ClaimedVolumes(IObjects objects, INodeFiles host)
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
    public string PlaceOf(PodView pod, MapValue volume)
    {
        var found = Find(pod, volume);
        return found.Text("spec", "hostPath", "path") ?? found.Text("spec", "local", "path")
            ?? throw new NaruException(ErrorKind.FailedPrecondition, $"persistentvolume \"{found.Text("metadata", "name")}\" is of a kind that this node cannot mount");
    }

    /// <summary>Checks that it is there; makes the directory of a host path, and of a volume that the local provisioner made.</summary>
    public void Prepare(PodView pod, MapValue volume, VolumeGroup group)
    {
        var (found, place) = (Find(pod, volume), PlaceOf(pod, volume));
        if (found.Map("spec", "hostPath") is { } path)
        {
            HostPaths.Prepare(host, place, path.Text("type") ?? "");
            return;
        }

        if (host.KindOf(place) == NodeFileKind.Missing)
        {
            if (found.Text("metadata", "annotations", ProvisionedBy) != LocalProvisioner)
            {
                throw new NaruException(ErrorKind.FailedPrecondition, $"path \"{place}\" does not exist");
            }

            host.MakeDirectory(place, Everybody);
        }

        group.TakeOver(host, place);
    }

    private MapValue Find(PodView pod, MapValue volume)
    {
        var name = ClaimOf(pod, volume);
        var claim = objects.Get(AgentResources.Claims, pod.Namespace, name) ?? throw NaruException.NotFound($"persistentvolumeclaim \"{name}\" not found");
        if (claim.Tree.Text("spec", "volumeName") is not { Length: > 0 } bound || claim.Tree.Text("status", "phase") != "Bound")
        {
            throw new NaruException(ErrorKind.FailedPrecondition, $"PVC {pod.Namespace}/{name} is not bound");
        }

        return objects.Get(AgentResources.Volumes, "", bound)?.Tree ?? throw NaruException.NotFound($"persistentvolume \"{bound}\" not found");
    }
}
