using Naru.Kinds.PodTemplates;
using Naru.Kinds.Rules;
using Naru.Objects.Kinds;
using Naru.Objects.Values;

namespace Naru.Kinds.Storage;

/// <summary>CSI drivers.</summary>
internal sealed class CsiDriverRules : KindRules
{
    private static readonly string[] Fixed = ["attachRequired", "volumeLifecycleModes"];

    /// <inheritdoc/>
    public override bool HasGeneration => true;

    /// <inheritdoc/>
    public override void SetDefaults(MapValue body)
    {
        var spec = body.MakeMap("spec");
        spec.Default("attachRequired", true);
        spec.Default("podInfoOnMount", false);
        spec.Default("storageCapacity", false);
        spec.Default("fsGroupPolicy", "ReadWriteOnceWithFSType");
        spec.Default("requiresRepublish", false);
        spec.Default("seLinuxMount", false);
        if (spec.CountOf("volumeLifecycleModes") == 0)
        {
            spec["volumeLifecycleModes"] = new ListValue(["Persistent"]);
        }
    }

    /// <inheritdoc/>
    protected override void Validate(MapValue body, FieldErrors errors)
    {
        var spec = body.Under("spec");
        VolumeSourceValidation.ValidateDriver(body.Text("metadata", "name") ?? "", FieldPath.Metadata.Child("name"), errors);
        errors.OptionalWord(spec, FieldPath.Spec, "fsGroupPolicy", "File", "None", "ReadWriteOnceWithFSType");
        foreach (var mode in spec.Words("volumeLifecycleModes"))
        {
            errors.Word(FieldPath.Spec.Child("volumeLifecycleModes"), mode, "Ephemeral", "Persistent");
        }

        var audiences = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (index, token) in spec.Entries("tokenRequests"))
        {
            var place = FieldPath.Spec.Child("tokenRequests").Index(index);
            if (!audiences.Add(token.Str("audience")))
            {
                errors.Duplicate(place.Child("audience"), token.Str("audience"));
            }

            if (token["expirationSeconds"] is IntegerValue { Number: < 600 } expiry)
            {
                errors.Invalid(place.Child("expirationSeconds"), expiry, "may not specify a duration less than 10 minutes");
            }
        }
    }

    /// <inheritdoc/>
    protected override void ValidateChange(MapValue body, MapValue old, FieldErrors errors)
    {
        Validate(body, errors);
        foreach (var name in Fixed)
        {
            errors.Unchanged(FieldPath.Spec.Child(name), body.At("spec", name), old.At("spec", name));
        }
    }
}
