using Naru.Kinds.Metadata;
using Naru.Kinds.Rules;
using Naru.Objects.Kinds;
using Naru.Objects.Values;

namespace Naru.Kinds.Autoscaling;

/// <summary>Horizontal pod autoscalers of v1 and v2.</summary>
internal sealed class AutoscalerRules(bool newer) : KindRules
{
    /// <inheritdoc/>
    public override void SetDefaults(MapValue body)
    {
        var spec = body.MakeMap("spec");
        spec.Default("minReplicas", 1);
        if (!newer)
        {
            return;
        }

        if (spec.CountOf("metrics") == 0)
        {
            spec["metrics"] = new ListValue([new MapValue
            {
                ["type"] = "Resource",
                ["resource"] = new MapValue { ["name"] = "cpu", ["target"] = new MapValue { ["type"] = "Utilization", ["averageUtilization"] = 80 } },
            }]);
        }

        if (spec["behavior"] is MapValue behavior)
        {
            SetScaling(behavior.MakeMap("scaleUp"), true);
            SetScaling(behavior.MakeMap("scaleDown"), false);
        }
    }

    /// <inheritdoc/>
    protected override void Validate(MapValue body, FieldErrors errors)
    {
        var spec = body.Under("spec");
        if (spec.Integer("minReplicas") is < 1 and var least)
        {
            errors.Invalid(FieldPath.Spec.Child("minReplicas"), least, "must be greater than or equal to 1");
        }

        var most = spec.Int("maxReplicas");
        if (most < 1)
        {
            errors.Invalid(FieldPath.Spec.Child("maxReplicas"), most, "must be greater than 0");
        }

        if (spec.Integer("minReplicas") > most)
        {
            errors.Invalid(FieldPath.Spec.Child("maxReplicas"), most, "must be greater than or equal to `minReplicas`");
        }

        var target = spec.Under("scaleTargetRef");
        var path = FieldPath.Spec.Child("scaleTargetRef");
        errors.RequiredForm(path.Child("kind"), target.Str("kind"), NameChecks.PathSegment);
        errors.RequiredForm(path.Child("name"), target.Str("name"), NameChecks.PathSegment);
        if (!newer && spec.Integer("targetCPUUtilizationPercentage") is < 1 and var share)
        {
            errors.Invalid(FieldPath.Spec.Child("targetCPUUtilizationPercentage"), share, "must be greater than 0");
        }

        MetricValidation.Validate(spec, FieldPath.Spec, errors);
    }

    private static void SetScaling(MapValue rules, bool up)
    {
        rules.Default("selectPolicy", "Max");
        if (up)
        {
            rules.Default("stabilizationWindowSeconds", 0);
        }

        if (rules.CountOf("policies") > 0)
        {
            return;
        }

        var share = new MapValue { ["type"] = "Percent", ["value"] = 100, ["periodSeconds"] = 15 };
        rules["policies"] = up ? new ListValue([new MapValue { ["type"] = "Pods", ["value"] = 4, ["periodSeconds"] = 15 }, share]) : new ListValue([share]);
    }
}
