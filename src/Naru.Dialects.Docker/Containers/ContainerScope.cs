using Naru.Core.Containers;
using Naru.Core.Errors;
using Naru.Core.Images;
using Naru.Dialects.Docker.Access;
using Naru.Dialects.Docker.Http;

namespace Naru.Dialects.Docker.Containers;

/// <summary>Finds the containers that a caller may see: on a labelled endpoint others do not exist.</summary>
internal sealed class ContainerScope(IContainers containers, IContainerUsage usage, IImages images)
{
    public Container Get(DockerCall call, string reference)
    {
        var container = containers.Get(reference);
        return Sees(call, container) ? container : throw new NaruException(ErrorKind.NotFound, $"No such container: {reference}");
    }

    public IEnumerable<Container> List(DockerCall call) =>
        call.Access.Labels.IsEmpty ? containers.List() : containers.List().Where(container => Sees(call, container));

    public static bool Sees(DockerCall call, Container container) => LabelScope.Contains(call.Access, container.Spec.Labels);

    public Task<DiskUse> DiskAsync(Container container, CancellationToken cancellationToken) => usage.DiskAsync(container, cancellationToken);

    /// <summary>The image as it was asked for, or its id where that name means another image now.</summary>
    public string ImageNameOf(Container container)
    {
        var asked = container.Spec.Image;
        return images.Find(asked)?.Id == container.ImageId ? asked : container.ImageId.Value;
    }

    /// <summary>On a labelled endpoint a container may share namespaces and volumes only with containers that are seen there.</summary>
    public void CheckBorrowed(DockerCall call, ContainerSpec spec)
    {
        if (call.Access.Labels.IsEmpty)
        {
            return;
        }
        foreach (var mode in new[] { spec.Network.Mode, spec.Isolation.PidMode, spec.Isolation.IpcMode })
        {
            if (mode.StartsWith("container:", StringComparison.Ordinal))
            {
                Get(call, mode["container:".Length..]);
            }
        }
        foreach (var lender in spec.VolumesFrom)
        {
            Get(call, lender.Split(':')[0]);
        }
    }
}
