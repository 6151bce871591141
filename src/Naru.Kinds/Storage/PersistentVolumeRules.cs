using Naru.Kinds.PodTemplates;
using Naru.Kinds.Rules;
using Naru.Objects.Kinds;
using Naru.Objects.Values;

namespace Naru.Kinds.Storage;

/// <summary>Persistent volumes.</summary>
internal sealed class PersistentVolumeRules : KindRules
{
    private static readonly HashSet<string> Others =
    [
        "accessModes", "capacity", "claimRef", "mountOptions", "nodeAffinity", "persistentVolumeReclaimPolicy", "storageClassName", "volumeAttributesClassName", "volumeMode",
    ];

    /// <inheritdoc/>
    public override void SetDefaults(MapValue body)
    {
        var spec = body.MakeMap("spec");
        spec.DefaultText("persistentVolumeReclaimPolicy", "Retain");
        spec.Default("volumeMode", "Filesystem");
        body.MakeMap("status").DefaultText("phase", "Pending");
        VolumeDefaults.SetSource(spec);
    }

    /// <inheritdoc/>
    public override void PrepareCreate(MapValue body)
    {
        base.PrepareCreate(body);
        body["status"] = new MapValue { ["phase"] = "Pending" };
    }

    /// <inheritdoc/>
    public override IEnumerable<string> Warnings(MapValue body, MapValue? old)
    {
        if (body.Under("spec").Str("persistentVolumeReclaimPolicy") == "Recycle")
        {
            yield return "spec.persistentVolumeReclaimPolicy: The Recycle reclaim policy is deprecated. Instead, the recommended approach is to use dynamic provisioning.";
        }
    }

    /// <inheritdoc/>
    protected override void Validate(MapValue body, FieldErrors errors)
    {
        var spec = body.Under("spec");
        ClaimSpecValidation.ValidateModes(spec, FieldPath.Spec, "", errors);
        ValidateCapacity(spec, errors);
        errors.OptionalWord(spec, FieldPath.Spec, "persistentVolumeReclaimPolicy", "Delete", "Recycle", "Retain");
        errors.OptionalWord(spec, FieldPath.Spec, "volumeMode", "Block", "Filesystem");
        ValidateSource(spec, errors);
        if (spec.Str("storageClassName") is { Length: > 0 } name)
        {
            errors.Form(FieldPath.Spec.Child("storageClassName"), name, Metadata.NameChecks.Subdomain);
        }

        if (spec.Map("nodeAffinity") is { } affinity)
        {
            if (affinity["required"] is MapValue required)
            {
                AffinityValidation.ValidateNodeSelector(required, FieldPath.Spec.Child("nodeAffinity", "required"), errors);
            }
            else
            {
                errors.Required(FieldPath.Spec.Child("nodeAffinity", "required"), "must specify required node constraints");
            }
        }
        else if (spec.Has("local"))
        {
            errors.Required(FieldPath.Metadata.Child("annotations"), "Local volume requires node affinity");
        }

        if (spec.Str("persistentVolumeReclaimPolicy") == "Recycle" && spec.Map("hostPath")?.Str("path") == "/")
        {
            errors.Forbidden(FieldPath.Spec.Child("persistentVolumeReclaimPolicy"), "may not be 'recycle' for a hostPath mount of '/'");
        }
    }

    /// <inheritdoc/>
    protected override void ValidateChange(MapValue body, MapValue old, FieldErrors errors)
    {
        Validate(body, errors);
        var spec = body.Under("spec");
        var before = old.Under("spec");
        if (!SameValue.Of(SourceOf(spec), SourceOf(before)))
        {
            errors.Forbidden(FieldPath.Spec.Child("persistentvolumesource"), "spec.persistentvolumesource is immutable after creation");
        }

        errors.Unchanged(FieldPath.Spec.Child("volumeMode"), spec["volumeMode"], before["volumeMode"]);
        if (before.Has("nodeAffinity"))
        {
            errors.Unchanged(FieldPath.Spec.Child("nodeAffinity"), spec["nodeAffinity"], before["nodeAffinity"], "field is immutable, except for updating from beta label to GA");
        }
    }

    private static void ValidateCapacity(MapValue spec, FieldErrors errors)
    {
        var path = FieldPath.Spec.Child("capacity");
        var capacity = spec.Under("capacity");
        if (capacity.Count == 0)
        {
            errors.Required(path);
            return;
        }

        if (capacity["storage"] is not { } storage || capacity.Count > 1)
        {
            errors.NotSupported(path, string.Join(",", capacity.Names), "storage");
        }
        else if (Reading.AmountOf(storage) is not { Sign: > 0 })
        {
            errors.Invalid(path.Key("storage"), storage, "must be greater than zero");
        }
    }

    private static void ValidateSource(MapValue spec, FieldErrors errors)
    {
        var count = 0;
        foreach (var (kind, value) in spec.AsSpan())
        {
            if (Others.Contains(kind) || value is not MapValue source)
            {
                continue;
            }

            if (++count > 1)
            {
                errors.Forbidden(FieldPath.Spec.Child(kind), "may not specify more than 1 volume type");
                continue;
            }

            VolumeSourceValidation.Validate(kind, source, FieldPath.Spec.Child(kind), errors);
            if (kind == "csi")
            {
                errors.RequiredField(source, FieldPath.Spec.Child("csi"), "volumeHandle");
            }
        }

        if (count == 0)
        {
            errors.Required(FieldPath.Spec, "must specify a volume type");
        }
    }

    private static MapValue SourceOf(MapValue spec)
    {
        var source = new MapValue();
        foreach (var (name, value) in spec.AsSpan())
        {
            if (!Others.Contains(name))
            {
                source[name] = value;
            }
        }

        return source;
    }
}
