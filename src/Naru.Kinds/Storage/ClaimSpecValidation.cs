using Naru.Kinds.Metadata;
using Naru.Kinds.Rules;
using Naru.Objects.Kinds;
using Naru.Objects.Values;

namespace Naru.Kinds.Storage;

/// <summary>The rules of a claim's spec, alike in claims and in templates for them.</summary>
internal static class ClaimSpecValidation
{
    private static readonly string[] Modes = ["ReadOnlyMany", "ReadWriteMany", "ReadWriteOnce", "ReadWriteOncePod"];

    /// <summary>A claim's spec.</summary>
    public static void Validate(MapValue spec, FieldPath path, FieldErrors errors)
    {
        ValidateModes(spec, path, "at least 1 access mode is required", errors);
        LabelRules.ValidateSelector(spec["selector"] as MapValue, path.Child("selector"), errors);
        if (spec.Under("resources").Under("requests")["storage"] is not { } storage)
        {
            errors.Required(path.Child("resources").Key("storage"));
        }
        else if (Reading.AmountOf(storage) is not { Sign: > 0 })
        {
            errors.Invalid(path.Child("resources").Key("storage"), storage, "must be greater than zero");
        }

        if (spec.Str("storageClassName") is { Length: > 0 } name)
        {
            errors.Form(path.Child("storageClassName"), name, NameChecks.Subdomain);
        }

        errors.OptionalWord(spec, path, "volumeMode", "Block", "Filesystem");
        foreach (var source in (ReadOnlySpan<string>)["dataSource", "dataSourceRef"])
        {
            if (spec[source] is MapValue reference)
            {
                errors.RequiredField(reference, path.Child(source), "name");
                errors.RequiredField(reference, path.Child(source), "kind");
                if (reference.Str("apiGroup").Length == 0 && reference.Str("kind") is { Length: > 0 } kind && kind != "PersistentVolumeClaim")
                {
                    errors.Invalid(path.Child(source), kind, "must be 'PersistentVolumeClaim' when referencing the default apiGroup");
                }
            }
        }
    }

    /// <summary>Access modes of claims and volumes.</summary>
    public static void ValidateModes(MapValue spec, FieldPath path, string missing, FieldErrors errors)
    {
        if (spec.CountOf("accessModes") == 0)
        {
            errors.Required(path.Child("accessModes"), missing);
        }

        var once = false;
        foreach (var mode in spec.Words("accessModes"))
        {
            errors.Word(path.Child("accessModes"), mode, Modes);
            once |= mode == "ReadWriteOncePod";
        }

        if (once && spec.CountOf("accessModes") > 1)
        {
            errors.Forbidden(path.Child("accessModes"), "may not use ReadWriteOncePod with other access modes");
        }
    }
}
