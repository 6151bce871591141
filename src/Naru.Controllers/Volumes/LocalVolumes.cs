using Naru.Objects.Api;
using Naru.Objects.Values;

namespace Naru.Controllers.Volumes;

/// <summary>Volumes that are directories of a node. Pure.</summary>
internal static class LocalVolumes
{
    public const string Provisioner = "naru.dev/local";

    /// <summary>Why a claim cannot have one; null if it can.</summary>
    public static string? Refusal(MapValue claim) => claim.Has("spec") && claim.Map("spec", "selector") is not null ? "claim.Spec.Selector is not supported"
        : null;

    /// <summary>The volume for a claim on a node.</summary>
    public static MapValue Body(StoredObject claim, MapValue kind, StoredObject node, VolumeOrigin origin, string directory)
    {
        var name = NameFor(claim);
        var spec = new MapValue(9)
        {
            ["capacity"] = new MapValue(1) { ["storage"] = VolumeWords.Asked(claim.Tree).ToString() },
            ["accessModes"] = claim.Tree.At("spec", "accessModes")?.Clone() ?? new ListValue(["ReadWriteOnce"]),
            ["persistentVolumeReclaimPolicy"] = kind.Text("reclaimPolicy") ?? "Delete",
            ["storageClassName"] = VolumeWords.ClassOf(claim.Tree),
            ["volumeMode"] = claim.Tree.Text("spec", "volumeMode") ?? "Filesystem",
            ["claimRef"] = VolumeBinding.ReferenceTo(claim),
            ["local"] = new MapValue(1) { ["path"] = Path.Combine(directory, name) },
            ["nodeAffinity"] = AffinityTo(node),
        };
        spec["mountOptions"] = kind["mountOptions"]?.Clone();
        var annotations = new MapValue(3) { [VolumeWords.ProvisionedBy] = Provisioner, [VolumeWords.BoundByController] = "yes" };
        if (origin.Word.Length > 0)
        {
            annotations[VolumeOrigin.CopyOf] = origin.Word;
        }

        return new MapValue(4)
        {
            ["apiVersion"] = "v1",
            ["kind"] = "PersistentVolume",
            ["metadata"] = new MapValue(2)
            {
                ["name"] = name,
                ["annotations"] = annotations,
            },
            ["spec"] = spec,
        };
    }

    /// <summary>Name of the volume that is made for a claim: the same however often it is tried.</summary>
    public static string NameFor(StoredObject claim) => $"pvc-{claim.Uid}";

    private static MapValue AffinityTo(StoredObject node)
    {
        var rule = new MapValue(3)
        {
            ["key"] = "kubernetes.io/hostname",
            ["operator"] = "In",
            ["values"] = new ListValue([node.Tree.Text("metadata", "labels", "kubernetes.io/hostname") ?? node.Name]),
        };
        var term = new MapValue(1) { ["matchExpressions"] = new ListValue([rule]) };
        return new MapValue(1) { ["required"] = new MapValue(1) { ["nodeSelectorTerms"] = new ListValue([term]) } };
    }
}
