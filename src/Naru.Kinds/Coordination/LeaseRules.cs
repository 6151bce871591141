using Naru.Kinds.Rules;
using Naru.Objects.Kinds;
using Naru.Objects.Values;

namespace Naru.Kinds.Coordination;

/// <summary>Leases.</summary>
internal sealed class LeaseRules : KindRules
{
    /// <inheritdoc/>
    public override bool CreatesOnUpdate => true;

    /// <inheritdoc/>
    protected override void Validate(MapValue body, FieldErrors errors)
    {
        var spec = body.Under("spec");
        errors.Positive(spec, FieldPath.Spec, "leaseDurationSeconds");
        errors.NotNegative(spec, FieldPath.Spec, "leaseTransitions");
        if (spec["strategy"] is TextValue strategy)
        {
            errors.Form(FieldPath.Spec.Child("strategy"), strategy.Text, Metadata.NameChecks.Qualified);
        }
        else if (spec.Filled("preferredHolder"))
        {
            errors.Forbidden(FieldPath.Spec.Child("preferredHolder"), "may only be specified when `strategy` is defined");
        }
    }
}
