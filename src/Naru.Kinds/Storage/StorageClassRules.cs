using Naru.Kinds.Metadata;
using Naru.Kinds.Rules;
using Naru.Objects.Kinds;
using Naru.Objects.Values;

namespace Naru.Kinds.Storage;

/// <summary>Storage classes.</summary>
internal sealed class StorageClassRules : KindRules
{
    /// <inheritdoc/>
    public override void SetDefaults(MapValue body)
    {
        body.Default("reclaimPolicy", "Delete");
        body.Default("volumeBindingMode", "Immediate");
    }

    /// <inheritdoc/>
    protected override void Validate(MapValue body, FieldErrors errors)
    {
        var provisioner = body.Str("provisioner");
        if (provisioner.Length == 0)
        {
            errors.Required(FieldPath.Of("provisioner"));
        }
        else
        {
            errors.Form(FieldPath.Of("provisioner"), provisioner.ToLowerInvariant(), NameChecks.Qualified);
        }

        errors.Word(FieldPath.Of("reclaimPolicy"), body.Str("reclaimPolicy"), "Delete", "Retain");
        errors.Word(FieldPath.Of("volumeBindingMode"), body.Str("volumeBindingMode"), "Immediate", "WaitForFirstConsumer");
        if (body.Under("parameters").Count > 512)
        {
            errors.TooLong(FieldPath.Of("parameters"), 512);
        }
    }

    /// <inheritdoc/>
    protected override void ValidateChange(MapValue body, MapValue old, FieldErrors errors)
    {
        Validate(body, errors);
        foreach (var name in (ReadOnlySpan<string>)["parameters", "provisioner", "reclaimPolicy"])
        {
            if (!SameValue.Of(body[name], old[name]))
            {
                errors.Forbidden(FieldPath.Of(name), $"updates to {name} are forbidden.");
            }
        }

        errors.Unchanged(FieldPath.Of("volumeBindingMode"), body["volumeBindingMode"], old["volumeBindingMode"]);
    }
}
