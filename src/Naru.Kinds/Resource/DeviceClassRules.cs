using Naru.Kinds.Rules;
using Naru.Objects.Kinds;
using Naru.Objects.Values;

namespace Naru.Kinds.Resource;

/// <summary>Classes of devices. Their selectors are compiled elsewhere.</summary>
internal sealed class DeviceClassRules : KindRules
{
    /// <inheritdoc/>
    public override bool HasGeneration => true;

    /// <inheritdoc/>
    protected override void Validate(MapValue body, FieldErrors errors)
    {
        foreach (var (index, selector) in body.Under("spec").Entries("selectors"))
        {
            if (selector.Map("cel")?.Filled("expression") != true)
            {
                errors.Required(FieldPath.Spec.Child("selectors").Index(index).Child("cel", "expression"));
            }
        }
    }
}
