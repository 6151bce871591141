using Naru.Core.Containers;
using Naru.Core.Images;
using Naru.Core.Volumes;

namespace Naru.Containers.Engine;

/// <summary>Tells the stores of images and volumes what containers hold on to.</summary>
internal sealed class ContainerHoldings(ContainerTable table) : IImageUser, IVolumeUser
{
    public IEnumerable<(string Id, bool Running)> UsersOf(Digest image) => table.Cells
        .Select(static cell => cell.Value)
        .Where(container => container.ImageId == image)
        .Select(static container => (container.Id.Value, container.IsLive || container.Status.Phase == ContainerPhase.Restarting));

    // A container that is being removed takes its anonymous volumes along, so it must not hold them; what is still mounted is held as such.
    public IEnumerable<string> UsersOf(string volume) => table.Cells
        .Select(static cell => cell.Value)
        .Where(static container => container.Status.Phase != ContainerPhase.Removing)
        .Where(container => container.Mounts.Any(mount => mount.Kind == MountKind.Volume && mount.VolumeName == volume))
        .Select(static container => container.Id.Value);
}
