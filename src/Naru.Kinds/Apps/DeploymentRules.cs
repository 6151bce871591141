using Naru.Kinds.PodTemplates;
using Naru.Kinds.Rules;
using Naru.Objects.Kinds;
using Naru.Objects.Values;

namespace Naru.Kinds.Apps;

/// <summary>Deployments.</summary>
internal sealed class DeploymentRules : WorkloadRules
{
    /// <inheritdoc/>
    protected override string Word => "deployment";

    /// <inheritdoc/>
    public override void SetDefaults(MapValue body)
    {
        var spec = body.MakeMap("spec");
        spec.Default("replicas", 1);
        spec.Default("revisionHistoryLimit", 10);
        spec.Default("progressDeadlineSeconds", 600);
        var strategy = spec.MakeMap("strategy");
        strategy.DefaultText("type", "RollingUpdate");
        if (strategy.Str("type") == "RollingUpdate")
        {
            var rolling = strategy.MakeMap("rollingUpdate");
            rolling.Default("maxUnavailable", "25%");
            rolling.Default("maxSurge", "25%");
        }

        PodSpecDefaults.SetTemplate(spec["template"] as MapValue);
    }

    /// <inheritdoc/>
    public override void PrepareSubresource(string subresource, MapValue body, MapValue old)
    {
        base.PrepareSubresource(subresource, body, old);
        if (subresource == "status" && body["metadata"] is MapValue metadata)
        {
            // Alone among the workloads, a deployment keeps its labels whatever its status is written with.
            metadata["labels"] = old.At("metadata", "labels")?.Clone();
        }
    }

    /// <inheritdoc/>
    protected override bool WishChanged(MapValue body, MapValue old) =>
        base.WishChanged(body, old) || !SameValue.Of(body.At("metadata", "annotations"), old.At("metadata", "annotations"));

    /// <inheritdoc/>
    protected override void ValidateSpec(MapValue spec, FieldErrors errors)
    {
        if (spec["progressDeadlineSeconds"] is IntegerValue deadline)
        {
            var path = FieldPath.Spec.Child("progressDeadlineSeconds");
            errors.NotNegative(spec, FieldPath.Spec, "progressDeadlineSeconds");
            if (deadline.Number <= spec.Int("minReadySeconds"))
            {
                errors.Invalid(path, deadline, "must be greater than minReadySeconds");
            }
        }

        ValidateStrategy(spec.Under("strategy"), FieldPath.Spec.Child("strategy"), errors);
    }

    private static void ValidateStrategy(MapValue strategy, FieldPath path, FieldErrors errors)
    {
        switch (strategy.Str("type"))
        {
            case "Recreate":
                if (strategy.Has("rollingUpdate"))
                {
                    errors.Forbidden(path.Child("rollingUpdate"), "may not be specified when strategy `type` is 'Recreate'");
                }

                break;
            case "RollingUpdate":
                ValidateRolling(strategy.Under("rollingUpdate"), path.Child("rollingUpdate"), errors);
                break;
            default:
                errors.NotSupported(path, strategy.Str("type"), "Recreate", "RollingUpdate");
                break;
        }
    }

    private static void ValidateRolling(MapValue rolling, FieldPath path, FieldErrors errors)
    {
        errors.NumberOrShare(path.Child("maxUnavailable"), rolling["maxUnavailable"]);
        if (rolling["maxSurge"] is TextValue surge && FieldChecks.ShareOf(surge.Text) is null)
        {
            errors.NumberOrShare(path.Child("maxSurge"), surge);
        }

        errors.NotNegative(rolling, path, "maxSurge");
        if (FieldChecks.IsZero(rolling["maxUnavailable"]) && FieldChecks.IsZero(rolling["maxSurge"]))
        {
            errors.Invalid(path.Child("maxUnavailable"), rolling["maxUnavailable"], "may not be 0 when `maxSurge` is 0");
        }
    }
}
