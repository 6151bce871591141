using Naru.Kinds.Metadata;
using Naru.Kinds.PodTemplates;
using Naru.Kinds.Rules;
using Naru.Objects.Kinds;
using Naru.Objects.Values;

namespace Naru.Kinds.Node;

/// <summary>Classes of runtimes.</summary>
internal sealed class RuntimeClassRules : KindRules
{
    /// <inheritdoc/>
    protected override void Validate(MapValue body, FieldErrors errors)
    {
        errors.Form(FieldPath.Of("handler"), body.Str("handler"), NameChecks.Label);
        if (body.Map("overhead", "podFixed") is { } overhead)
        {
            ResourceValidation.ValidateAmounts(overhead, FieldPath.Of("overhead").Child("podFixed"), errors);
        }

        if (body["scheduling"] is not MapValue scheduling)
        {
            return;
        }

        if (scheduling["nodeSelector"] is MapValue selector)
        {
            LabelRules.ValidateLabels(selector, FieldPath.Of("scheduling").Child("nodeSelector"), errors);
        }

        PlacementValidation.ValidateTolerations(scheduling, FieldPath.Of("scheduling").Child("tolerations"), errors);
    }

    /// <inheritdoc/>
    protected override void ValidateChange(MapValue body, MapValue old, FieldErrors errors) => errors.Unchanged(FieldPath.Of("handler"), body["handler"], old["handler"]);
}
