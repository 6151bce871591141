using Naru.Kinds.PodTemplates;
using Naru.Kinds.Rules;
using Naru.Objects.Kinds;
using Naru.Objects.Values;

namespace Naru.Kinds.Storage;

/// <summary>What CSI drivers say of a node.</summary>
internal sealed class CsiNodeRules : KindRules
{
    /// <inheritdoc/>
    protected override void Validate(MapValue body, FieldErrors errors)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (index, driver) in body.Under("spec").Entries("drivers"))
        {
            var place = FieldPath.Spec.Child("drivers").Index(index);
            VolumeSourceValidation.ValidateDriver(driver.Str("name"), place.Child("name"), errors);
            errors.RequiredField(driver, place, "nodeID");
            if (!seen.Add(driver.Str("name")))
            {
                errors.Duplicate(place.Child("name"), driver.Str("name"));
            }
        }
    }
}
