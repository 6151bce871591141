using Naru.Agent.Pods;
using Naru.Core.Hosts;
using Naru.Objects.Values;

namespace Naru.Agent.Volumes;

/// <summary>The group that a pod wants its volumes to belong to.</summary>
/// <param name="Id">The group; null: whatever they belong to is right.</param>
/// <param name="Always">Every file is given to it every time; else only where the volume's root does not belong to it.</param>
internal readonly record struct VolumeGroup(long? Id, bool Always)
{
    public static VolumeGroup Of(PodView pod) => new(
        pod.Spec.Integer("securityContext", "fsGroup"), pod.Spec.Text("securityContext", "fsGroupChangePolicy") != "OnRootMismatch");

    /// <summary>Gives a volume to the group.</summary>
    public void TakeOver(INodeFiles files, string place)
    {
        if (Id is { } group)
        {
            files.GiveToGroup(place, group, Always);
        }
    }
}
