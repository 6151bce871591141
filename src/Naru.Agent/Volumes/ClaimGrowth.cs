using Naru.Agent.Csi;
using Naru.Agent.Events;
using Naru.Agent.Pods;
using Naru.Core.Errors;
using Naru.Objects.Api;
using Naru.Objects.Values;

namespace Naru.Agent.Volumes;

/// <summary>The node's half of making a volume larger: the driver's controller has made the volume itself larger, the file system on it follows here.</summary>
internal sealed class ClaimGrowth(IObjects objects, CsiVolumes csi, PodEvents events)
{
    private static readonly WriteOptions Status = new() { FieldManager = "kubelet", Subresource = "status" };

    /// <summary>Grows a mounted volume whose claim waits for that.</summary>
    public async Task FollowAsync(PodView pod, MapValue claim, CsiSource source, string target, CancellationToken cancellationToken)
    {
        if (!Waits(claim))
        {
            return;
        }

        try
        {
            if (!await csi.ExpandAsync(source, target, cancellationToken))
            {
                return;
            }
        }
        catch (NaruException failure)
        {
            events.Pod(pod, true, "VolumeResizeFailed", $"NodeExpandVolume.NodeExpandVolume failed for volume \"{source.PersistentVolume}\" : {failure.Message}");
            return;
        }

        var size = objects.Get(AgentResources.Volumes, "", source.PersistentVolume)?.Tree.At("spec", "capacity", "storage");
        var uid = claim.Text("metadata", "uid");
        await objects.ChangeAsync(
            AgentResources.Claims, pod.Namespace, claim.Text("metadata", "name") ?? "", tree => tree.Text("metadata", "uid") == uid && size is not null && Finish(tree.MakeMap("status"), size), Status, cancellationToken);
        events.Pod(pod, false, "FileSystemResizeSuccessful", $"MountVolume.NodeExpandVolume succeeded for volume \"{source.PersistentVolume}\"");
    }

    /// <summary>A claim waits for its node.</summary>
    internal static bool Waits(MapValue claim) =>
        claim.Maps("status", "conditions").Any(static one => one.Text("type") == "FileSystemResizePending" && one.Text("status") == "True")
            || claim.Text("status", "allocatedResourceStatuses", "storage") is "NodeResizePending" or "NodeResizeInProgress";

    private static bool Finish(MapValue status, Value size)
    {
        status.MakeMap("capacity")["storage"] = size.Clone();
        status.Map("allocatedResourceStatuses")?.Remove("storage");
        status.List("conditions")?.RemoveAll(static one => one is MapValue condition && condition.Text("type") is "FileSystemResizePending" or "Resizing");
        foreach (var name in (string[])["allocatedResourceStatuses", "conditions"])
        {
            if (status[name] is MapValue { Count: 0 } or ListValue { Count: 0 })
            {
                status.Remove(name);
            }
        }

        return true;
    }
}
