using Naru.Kinds.Metadata;
using Naru.Kinds.Rules;
using Naru.Objects.Kinds;
using Naru.Objects.Values;

namespace Naru.Kinds.Policy;

/// <summary>Budgets of disruptions.</summary>
internal sealed class DisruptionBudgetRules : KindRules
{
    /// <inheritdoc/>
    public override bool HasGeneration => true;

    /// <inheritdoc/>
    protected override void Validate(MapValue body, FieldErrors errors)
    {
        var spec = body.Under("spec");
        if (spec.Has("minAvailable") && spec.Has("maxUnavailable"))
        {
            errors.Invalid(FieldPath.Spec, spec, "minAvailable and maxUnavailable cannot be both set");
        }

        foreach (var name in (ReadOnlySpan<string>)["minAvailable", "maxUnavailable"])
        {
            errors.NumberOrShare(FieldPath.Spec.Child(name), spec[name]);
        }

        LabelRules.ValidateSelector(spec["selector"] as MapValue, FieldPath.Spec.Child("selector"), errors);
        errors.OptionalWord(spec, FieldPath.Spec, "unhealthyPodEvictionPolicy", "AlwaysAllow", "IfHealthyBudget");
    }

    /// <inheritdoc/>
    protected override void ValidateStatus(MapValue body, MapValue old, FieldErrors errors)
    {
        foreach (var name in (ReadOnlySpan<string>)["disruptionsAllowed", "currentHealthy", "desiredHealthy", "expectedPods"])
        {
            errors.NotNegative(body.Under("status"), FieldPath.Status, name);
        }
    }
}
