using Naru.Objects.Api;
using Naru.Objects.Quantities;
using Naru.Objects.Resources;
using Naru.Objects.Values;

namespace Naru.Controllers.Volumes;

/// <summary>Volumes and claims as their controllers read and write them.</summary>
internal static class VolumeWords
{
    public const string BindCompleted = "pv.kubernetes.io/bind-completed";
    public const string BoundByController = "pv.kubernetes.io/bound-by-controller";
    public const string ProvisionedBy = "pv.kubernetes.io/provisioned-by";
    public const string SelectedNode = "volume.kubernetes.io/selected-node";
    public const string Provisioner = "volume.kubernetes.io/storage-provisioner";
    public const string OldProvisioner = "volume.beta.kubernetes.io/storage-provisioner";
    public const string Component = "persistentvolume-controller";
    public static readonly GroupResource Claims = new("", "persistentvolumeclaims");
    public static readonly GroupResource Volumes = new("", "persistentvolumes");
    public static readonly GroupResource Classes = new("storage.k8s.io", "storageclasses");
    public static readonly WriteOptions Write = new() { FieldManager = Component };
    public static readonly WriteOptions WriteStatus = new() { FieldManager = Component, Subresource = "status" };

    /// <summary>An annotation; null if there is none.</summary>
    public static string? Annotation(this MapValue tree, string name) => tree.Text("metadata", "annotations", name);

    /// <summary>Sets an annotation, or takes it away. False if it is so.</summary>
    public static bool Annotate(this MapValue tree, string name, string? value)
    {
        if (tree.Annotation(name) == value)
        {
            return false;
        }

        tree.MakeMap("metadata").MakeMap("annotations")[name] = value is null ? null : (Value)value;
        return true;
    }

    /// <summary>The class that a claim or volume names; empty for none.</summary>
    public static string ClassOf(MapValue tree) => tree.Annotation("volume.beta.kubernetes.io/storage-class") ?? tree.Text("spec", "storageClassName") ?? "";

    /// <summary>The volume that a claim names; empty for none.</summary>
    public static string VolumeOf(MapValue claim) => claim.Text("spec", "volumeName") ?? "";

    /// <summary>The claim is bound, as far as it knows.</summary>
    public static bool IsBound(MapValue claim) => claim.Annotation(BindCompleted) is not null;

    /// <summary>How much a claim asks for.</summary>
    public static Quantity Asked(MapValue claim) => Amount(claim.At("spec", "resources", "requests", "storage"));

    /// <summary>How much a volume holds.</summary>
    public static Quantity Held(MapValue volume) => Amount(volume.At("spec", "capacity", "storage"));

    /// <summary>A quantity; nothing if it is none.</summary>
    public static Quantity Amount(Value? value) => Quantity.TryParse(value?.ToString(), out var quantity) ? quantity : Quantity.Zero;

    /// <summary>The volume is promised to the claim: by its name, and by its identity if that is said.</summary>
    public static bool IsFor(MapValue volume, StoredObject claim) =>
        volume.Map("spec", "claimRef") is { } owner && owner.Text("name") == claim.Name && owner.Text("namespace") == claim.Namespace
            && (owner.Text("uid") is not { Length: > 0 } uid || uid == claim.Uid);

    /// <summary>Sets the phase in a status. False if it is so.</summary>
    public static bool SetPhase(this MapValue tree, string phase, string? message = null)
    {
        var status = tree.MakeMap("status");
        if (status.Text("phase") == phase && status.Text("message") == message)
        {
            return false;
        }

        status["phase"] = phase;
        status["message"] = message is null ? null : (Value)message;
        return true;
    }
}
