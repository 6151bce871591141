using Naru.Core.Containers;
using Naru.Core.Errors;
using Naru.Core.Images;
using Naru.Core.Networks;
using Naru.Core.Volumes;
using Naru.Dialects.Docker.Access;
using Naru.Dialects.Docker.Http;

namespace Naru.Dialects.Docker.Containers;

/// <summary>Finds the containers that a caller may see: on a labelled endpoint others do not exist.</summary>
internal sealed class ContainerScope(IContainers containers, IContainerUsage usage, IImages images, INetworks networks, IVolumes volumes)
{
    public Container Get(DockerCall call, string reference)
    {
        var container = containers.Get(reference);
        return Sees(call, container) ? container : throw new NaruException(ErrorKind.NotFound, $"No such container: {reference}");
    }

    /// <summary>A container whose inside the caller enters: by a process, its streams, its files or its namespaces.</summary>
    public Container Reach(DockerCall call, string reference)
    {
        var container = Get(call, reference);
        ContainerAccess.CheckReach(call.Access, container.Spec);
        return container;
    }

    public IEnumerable<Container> List(DockerCall call) =>
        call.Access.Labels.IsEmpty ? containers.List() : containers.List().Where(container => Sees(call, container));

    public static bool Sees(DockerCall call, Container container) => LabelScope.Contains(call.Access, container.Spec.Labels);

    public Task<DiskUse> DiskAsync(Container container, CancellationToken cancellationToken) => usage.DiskAsync(container, cancellationToken);

    /// <summary>The image as it was asked for, or its id where that name means another image now. A pod's sandbox is made of no image: it shows its word for one.</summary>
    public string ImageNameOf(Container container)
    {
        var asked = container.Spec.Image;
        return container.Spec.Layers is { DiffIds.IsEmpty: true } || images.Find(asked)?.Id == container.ImageId ? asked : container.ImageId.Value;
    }

    /// <summary>
    /// On a limited endpoint a container may borrow namespaces, mounts, networks and volumes only of what is seen there, and none
    /// that would give it power.
    /// </summary>
    public void CheckBorrowed(DockerCall call, ContainerSpec spec)
    {
        if (call.Access.IsFull)
        {
            return;
        }
        foreach (var mode in new[] { spec.Network.Mode, spec.Isolation.PidMode, spec.Isolation.IpcMode })
        {
            if (mode.StartsWith("container:", StringComparison.Ordinal))
            {
                Reach(call, mode["container:".Length..]);
            }
        }
        foreach (var lender in spec.VolumesFrom)
        {
            Reach(call, lender.Split(':')[0]);
        }
        foreach (var network in spec.Network.Endpoints.Keys.Append(spec.Network.Mode).Select(networks.Find).OfType<Network>())
        {
            Refuse(network.Predefined || LabelScope.Contains(call.Access, network.Spec.Labels), $"network {network.Spec.Name} not found");
        }
        foreach (var volume in spec.Mounts.Where(mount => mount.Kind == MountKind.Volume).Select(mount => volumes.Find(mount.Source)).OfType<Volume>())
        {
            Refuse(LabelScope.Contains(call.Access, volume.Labels), $"get {volume.Name}: no such volume");
        }
    }

    private static void Refuse(bool seen, string message)
    {
        if (!seen)
        {
            throw NaruException.NotFound(message);
        }
    }
}
