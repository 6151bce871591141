using Naru.Kinds.Metadata;
using Naru.Kinds.Rules;
using Naru.Objects.Kinds;
using Naru.Objects.Values;

namespace Naru.Kinds.Storage;

/// <summary>How much a CSI driver can still provide.</summary>
internal sealed class CsiStorageCapacityRules : KindRules
{
    /// <inheritdoc/>
    protected override void Validate(MapValue body, FieldErrors errors)
    {
        errors.RequiredForm(FieldPath.Of("storageClassName"), body.Str("storageClassName"), NameChecks.Subdomain);
        LabelRules.ValidateSelector(body["nodeTopology"] as MapValue, FieldPath.Of("nodeTopology"), errors);
        foreach (var side in (ReadOnlySpan<string>)["capacity", "maximumVolumeSize"])
        {
            if (body.Amount(side) is { Sign: < 0 })
            {
                errors.Invalid(FieldPath.Of(side), body[side], "must be greater than or equal to 0");
            }
        }
    }

    /// <inheritdoc/>
    protected override void ValidateChange(MapValue body, MapValue old, FieldErrors errors)
    {
        Validate(body, errors);
        errors.Unchanged(FieldPath.Of("nodeTopology"), body["nodeTopology"], old["nodeTopology"]);
        errors.Unchanged(FieldPath.Of("storageClassName"), body["storageClassName"], old["storageClassName"]);
    }
}
