using Naru.Controllers.Runtime;
using Naru.Controllers.Snapshots;
using Naru.Objects.Api;
using Naru.Objects.Quantities;
using Naru.Objects.Values;

namespace Naru.Controllers.Volumes;

/// <summary>What a new local volume begins with: nothing, what another claim's volume holds, or a snapshot.</summary>
/// <param name="Word">How the volume says so to its node: <c>volume/NAME</c>, <c>snapshot/HANDLE</c>; empty: it begins empty.</param>
/// <param name="Node">The node that has it; null: any.</param>
/// <param name="Problem">Why it cannot be had (yet); null: it can.</param>
internal sealed record VolumeOrigin(string Word, string? Node, string? Problem)
{
    /// <summary>Annotation of a volume that is filled by its node before pods get it.</summary>
    public const string CopyOf = "naru.dev/copy-of";

    private static readonly VolumeOrigin Nothing = new("", null, null);

    /// <summary>What a claim asks for.</summary>
    public static VolumeOrigin Of(StoredObject claim, IObjects objects)
    {
        if ((claim.Tree.Map("spec", "dataSourceRef") ?? claim.Tree.Map("spec", "dataSource")) is not { } source)
        {
            return Nothing;
        }

        var name = source.Text("name") ?? "";
        if (source.Text("namespace") is { Length: > 0 } space && space != claim.Namespace)
        {
            return Refuse("a data source in another namespace is not supported");
        }

        return (source.Text("apiGroup") ?? "", source.Text("kind")) switch
        {
            ("", "PersistentVolumeClaim") => OfClaim(claim, name, objects),
            (SnapshotWords.Group, "VolumeSnapshot") => OfSnapshot(claim, name, objects),
            (var group, var kind) => Refuse($"data source {kind}.{group} is not supported by {LocalVolumes.Provisioner}"),
        };
    }

    private static VolumeOrigin OfClaim(StoredObject claim, string name, IObjects objects)
    {
        if (objects.Get(VolumeWords.Claims, claim.Namespace, name) is not { } source)
        {
            return Refuse($"error getting PVC {name} (namespace \"{claim.Namespace}\") from api server: persistentvolumeclaims \"{name}\" not found");
        }

        if (source.IsEnding)
        {
            return Refuse($"the source PVC {name} is being deleted");
        }

        if (!VolumeWords.IsBound(source.Tree) || objects.Get(VolumeWords.Volumes, "", VolumeWords.VolumeOf(source.Tree)) is not { } volume)
        {
            return Refuse($"the PVC {name} is not bound: it cannot be cloned yet");
        }

        return ModeOf(volume.Tree) != ModeOf(claim.Tree) ? Refuse($"the source PVC {name} has another volumeMode")
            : volume.Tree.Annotation(VolumeWords.ProvisionedBy) != LocalVolumes.Provisioner
            ? Refuse($"the source PVC {name} was not made by {LocalVolumes.Provisioner}")
            : Sized(claim, VolumeWords.Held(volume.Tree), $"the source PVC {name}", new($"volume/{volume.Name}", NodeOf(volume.Tree), null));
    }

    private static VolumeOrigin OfSnapshot(StoredObject claim, string name, IObjects objects)
    {
        if (objects.Get(SnapshotWords.Snapshots, claim.Namespace, name) is not { } snapshot)
        {
            return Refuse($"error getting snapshot {name} from api server: volumesnapshots.snapshot.storage.k8s.io \"{name}\" not found");
        }

        if (snapshot.IsEnding || snapshot.Tree.Boolean("status", "readyToUse") != true || objects.Get(SnapshotWords.Contents, "", SnapshotWords.ContentOf(snapshot)) is not { } content)
        {
            return Refuse(snapshot.IsEnding ? $"snapshot {name} is being deleted" : $"snapshot {name} is not Ready");
        }

        if ((content.Tree.Text("spec", "sourceVolumeMode") ?? ModeOf(claim.Tree)) != ModeOf(claim.Tree))
        {
            return Refuse($"requested volume {claim.Namespace}/{claim.Name} modifies the mode of the source volume but does not have permission to do so");
        }

        return content.Tree.Text("spec", "driver") != LocalVolumes.Provisioner || content.Tree.Text("status", "snapshotHandle") is not { Length: > 0 } handle
            ? Refuse($"snapshot {name} was not made by {LocalVolumes.Provisioner}")
            : Sized(claim, Quantity.TryParse((content.Tree.Integer("status", "restoreSize") ?? 0).ToString(System.Globalization.CultureInfo.InvariantCulture), out var size) ? size : Quantity.Zero,
                $"snapshot {name}", new($"snapshot/{handle}", handle.Split('/')[0], null));
    }

    private static VolumeOrigin Sized(StoredObject claim, Quantity least, string what, VolumeOrigin origin) =>
        VolumeWords.Asked(claim.Tree) < least ? Refuse($"requested volume size {VolumeWords.Asked(claim.Tree)} is less than the size {least} for {what}") : origin;

    private static string ModeOf(MapValue tree) => tree.Text("spec", "volumeMode") ?? "Filesystem";

    private static VolumeOrigin Refuse(string why) => new("", null, why);

    /// <summary>The node that a local volume lies on.</summary>
    private static string? NodeOf(MapValue volume) =>
        volume.Maps("spec", "nodeAffinity", "required", "nodeSelectorTerms").SelectMany(static term => term.Maps("matchExpressions")).SelectMany(static rule => rule.List("values")?.Texts() ?? []).FirstOrDefault();
}
