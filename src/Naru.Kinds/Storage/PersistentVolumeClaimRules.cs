using Naru.Kinds.Rules;
using Naru.Objects.Kinds;
using Naru.Objects.Values;

namespace Naru.Kinds.Storage;

/// <summary>Claims of volumes.</summary>
internal sealed class PersistentVolumeClaimRules : KindRules
{
    private const string Refusal = "spec is immutable after creation except resources.requests and volumeAttributesClassName for bound claims";

    /// <inheritdoc/>
    public override void SetDefaults(MapValue body)
    {
        body.MakeMap("spec").Default("volumeMode", "Filesystem");
        body.MakeMap("status").DefaultText("phase", "Pending");
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
        if (body.Map("metadata", "annotations")?.Has("volume.beta.kubernetes.io/storage-class") == true)
        {
            yield return "metadata.annotations[volume.beta.kubernetes.io/storage-class]: deprecated since v1.8; use \"storageClassName\" attribute instead";
        }
    }

    /// <inheritdoc/>
    protected override void Validate(MapValue body, FieldErrors errors) => ClaimSpecValidation.Validate(body.Under("spec"), FieldPath.Spec, errors);

    /// <inheritdoc/>
    protected override void ValidateChange(MapValue body, MapValue old, FieldErrors errors)
    {
        Validate(body, errors);
        var spec = body.Under("spec");
        var before = old.Under("spec");
        var allowed = spec.CloneMap();
        var bound = old.Under("status").Str("phase") == "Bound";
        if (before.Str("volumeName").Length == 0)
        {
            allowed["volumeName"] = before["volumeName"];
        }

        if (before["storageClassName"] is null && before.Str("volumeName").Length == 0)
        {
            allowed["storageClassName"] = null;
        }

        if (bound)
        {
            allowed["volumeAttributesClassName"] = before["volumeAttributesClassName"];
            if (allowed.Map("resources") is { } resources)
            {
                resources["requests"] = before.At("resources", "requests");
            }

            ValidateSize(spec, before, old, errors);
        }

        if (!SameValue.Of(allowed, before))
        {
            errors.Forbidden(FieldPath.Spec, Refusal);
        }

        errors.Unchanged(FieldPath.Spec.Child("volumeMode"), spec["volumeMode"], before["volumeMode"]);
    }

    private static void ValidateSize(MapValue spec, MapValue before, MapValue old, FieldErrors errors)
    {
        var wished = spec.Map("resources", "requests")?.Amount("storage") ?? default;
        var was = before.Map("resources", "requests")?.Amount("storage") ?? default;
        var real = old.Map("status", "capacity")?.Amount("storage") ?? was;
        if (wished < was && wished < real)
        {
            errors.Forbidden(FieldPath.Spec.Child("resources", "requests").Child("storage"), "field can not be less than status.capacity");
        }
    }
}
