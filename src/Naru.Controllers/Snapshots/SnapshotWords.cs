using System.Globalization;
using Naru.Controllers.Volumes;
using Naru.Objects.Api;
using Naru.Objects.Resources;
using Naru.Objects.Values;

namespace Naru.Controllers.Snapshots;

/// <summary>Snapshots and their contents as their controllers read and write them.</summary>
internal static class SnapshotWords
{
    public const string Group = "snapshot.storage.k8s.io";
    public const string Component = "snapshot-controller";
    public const string IsDefault = "snapshot.storage.kubernetes.io/is-default-class";
    public const string SnapshotBound = "snapshot.storage.kubernetes.io/volumesnapshot-bound-protection";
    public const string ContentBound = "snapshot.storage.kubernetes.io/volumesnapshotcontent-bound-protection";
    public const string ClaimIsSource = "snapshot.storage.kubernetes.io/pvc-as-source-protection";
    public static readonly GroupResource Definitions = new("apiextensions.k8s.io", "customresourcedefinitions");
    public static readonly GroupResource Snapshots = new(Group, "volumesnapshots");
    public static readonly GroupResource Contents = new(Group, "volumesnapshotcontents");
    public static readonly GroupResource Classes = new(Group, "volumesnapshotclasses");
    public static readonly WriteOptions Write = new() { FieldManager = Component };
    public static readonly WriteOptions WriteStatus = new() { FieldManager = Component, Subresource = "status" };

    /// <summary>Name of the content that is made for a snapshot: the same however often it is tried.</summary>
    public static string ContentNameFor(StoredObject snapshot) => $"snapcontent-{snapshot.Uid}";

    /// <summary>The content of a snapshot.</summary>
    public static string ContentOf(StoredObject snapshot) =>
        snapshot.Tree.Text("status", "boundVolumeSnapshotContentName") ?? snapshot.Tree.Text("spec", "source", "volumeSnapshotContentName") ?? ContentNameFor(snapshot);

    /// <summary>The content is of this snapshot: by its name, and by its identity if that is said.</summary>
    public static bool IsFor(MapValue content, StoredObject snapshot) =>
        content.Map("spec", "volumeSnapshotRef") is { } owner && owner.Text("name") == snapshot.Name && owner.Text("namespace") == snapshot.Namespace
            && (owner.Text("uid") is not { Length: > 0 } uid || uid == snapshot.Uid);

    /// <summary>The content that is to be made of a claim's volume.</summary>
    public static MapValue Body(StoredObject snapshot, StoredObject volume, MapValue kind)
    {
        var body = UpkeepResources.Body($"{Group}/v1", "VolumeSnapshotContent", "", ContentNameFor(snapshot));
        body.MakeMap("metadata")["finalizers"] = new ListValue([new TextValue(ContentBound)]);
        body["spec"] = new MapValue(6)
        {
            ["deletionPolicy"] = kind.Text("deletionPolicy") ?? "Delete",
            ["driver"] = LocalVolumes.Provisioner,
            ["source"] = new MapValue(1) { ["volumeHandle"] = volume.Name },
            ["sourceVolumeMode"] = volume.Tree.Text("spec", "volumeMode") ?? "Filesystem",
            ["volumeSnapshotClassName"] = kind.Text("metadata", "name") ?? "",
            ["volumeSnapshotRef"] = ReferenceTo(snapshot),
        };
        return body;
    }

    /// <summary>A reference to a snapshot.</summary>
    public static MapValue ReferenceTo(StoredObject snapshot) => new(6)
    {
        ["apiVersion"] = $"{Group}/v1",
        ["kind"] = "VolumeSnapshot",
        ["name"] = snapshot.Name,
        ["namespace"] = snapshot.Namespace,
        ["resourceVersion"] = snapshot.Revision.ToString(CultureInfo.InvariantCulture),
        ["uid"] = snapshot.Uid,
    };

    /// <summary>What a snapshot's status is to be by its content's.</summary>
    public static MapValue StatusBy(StoredObject content)
    {
        var status = new MapValue { { "boundVolumeSnapshotContentName", content.Name } };
        var from = content.Tree.Map("status") ?? [];
        if (from.Integer("creationTime") is { } taken)
        {
            status["creationTime"] = Runtime.KubernetesTime.Format(DateTimeOffset.UnixEpoch + TimeSpan.FromTicks(taken / 100));
        }

        if (from.Integer("restoreSize") is { } size)
        {
            status["restoreSize"] = SizeText(size);
        }

        status["readyToUse"] = from.Boolean("readyToUse") == true;
        if (from.Map("error") is { } error)
        {
            status["error"] = error.Clone();
        }

        return status;
    }

    private static string SizeText(long bytes)
    {
        var words = new[] { "", "Ki", "Mi", "Gi", "Ti" };
        var step = 0;
        for (; step < words.Length - 1 && bytes != 0 && bytes % 1024 == 0; step++)
        {
            bytes /= 1024;
        }

        return bytes.ToString(CultureInfo.InvariantCulture) + words[step];
    }
}
