using Naru.Controllers.Runtime;
using Naru.Objects.Api;
using Naru.Objects.Values;

namespace Naru.Controllers.Volumes;

/// <summary>Makes volumes of claims larger that ask for more than they have. A local volume has its node's whole disk, so only the numbers grow; others are grown by whoever made them.</summary>
public sealed class ClaimExpansion(ControllerObjects objects, EventRecorder events) : IController
{
    private const string Component = "volume_expand";
    private static readonly WriteOptions Write = new() { FieldManager = Component };
    private static readonly WriteOptions Status = new() { FieldManager = Component, Subresource = "status" };

    /// <inheritdoc/>
    public string Name => "volume_expand";

    /// <inheritdoc/>
    public IEnumerable<WatchRule> Watches =>
    [
        new(VolumeWords.Claims, static (_, now, keys) =>
        {
            if (now is not null && IsLacking(now.Tree))
            {
                keys.Add(ObjectKey.Of(now));
            }
        }),
    ];

    /// <inheritdoc/>
    public async Task<Requeue> ReconcileAsync(ObjectKey key, CancellationToken cancellationToken)
    {
        if (objects.Get(VolumeWords.Claims, key.Namespace, key.Name) is not { } claim || !IsLacking(claim.Tree)
            || objects.Get(VolumeWords.Volumes, "", VolumeWords.VolumeOf(claim.Tree)) is not { } volume || !VolumeWords.IsFor(volume.Tree, claim))
        {
            return Requeue.No;
        }

        if (volume.Tree.Annotation(VolumeWords.ProvisionedBy) != LocalVolumes.Provisioner)
        {
            events.Record(claim, true, "ExternalExpanding", "waiting for an external controller to expand this PVC", Component);
            return Requeue.No;
        }

        var size = VolumeWords.Asked(claim.Tree).ToString();
        await objects.ChangeAsync(VolumeWords.Volumes, "", volume.Name, tree => Grow(tree.MakeMap("spec"), size), Write, cancellationToken);
        await objects.ChangeAsync(VolumeWords.Claims, key.Namespace, key.Name, tree => Grow(tree.MakeMap("status"), size), Status, cancellationToken);
        events.Record(claim, false, "FileSystemResizeSuccessful", $"The volume has {size} now", Component);
        return Requeue.No;
    }

    private static bool Grow(MapValue part, string size)
    {
        var capacity = part.MakeMap("capacity");
        if (VolumeWords.Amount(capacity["storage"]) >= VolumeWords.Amount(size))
        {
            return false;
        }

        capacity["storage"] = size;
        return true;
    }

    private static bool IsLacking(MapValue claim) =>
        claim.Text("status", "phase") == "Bound" && claim.At("status", "capacity", "storage") is { } has && VolumeWords.Asked(claim) > VolumeWords.Amount(has);
}
