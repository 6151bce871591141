using Naru.Kinds.PodTemplates;
using Naru.Kinds.Rules;
using Naru.Objects.Kinds;
using Naru.Objects.Values;

namespace Naru.Kinds.Apps;

/// <summary>Daemon sets.</summary>
internal sealed class DaemonSetRules : WorkloadRules
{
    /// <inheritdoc/>
    protected override string Word => "daemonset";

    /// <inheritdoc/>
    protected override string DeadlineWord => "DaemonSet";

    /// <inheritdoc/>
    public override void SetDefaults(MapValue body)
    {
        var spec = body.MakeMap("spec");
        spec.Default("revisionHistoryLimit", 10);
        var strategy = spec.MakeMap("updateStrategy");
        strategy.DefaultText("type", "RollingUpdate");
        if (strategy.Str("type") == "RollingUpdate")
        {
            var rolling = strategy.MakeMap("rollingUpdate");
            rolling.Default("maxUnavailable", 1);
            rolling.Default("maxSurge", 0);
        }

        PodSpecDefaults.SetTemplate(spec["template"] as MapValue);
    }

    /// <inheritdoc/>
    protected override void ValidateSpec(MapValue spec, FieldErrors errors)
    {
        var strategy = spec.Under("updateStrategy");
        var path = FieldPath.Spec.Child("updateStrategy");
        switch (strategy.Str("type"))
        {
            case "OnDelete":
                break;
            case "RollingUpdate":
                ValidateRolling(strategy, path.Child("rollingUpdate"), errors);
                break;
            default:
                errors.NotSupported(path.Child("type"), strategy.Str("type"), "RollingUpdate", "OnDelete");
                break;
        }
    }

    private static void ValidateRolling(MapValue strategy, FieldPath path, FieldErrors errors)
    {
        if (strategy["rollingUpdate"] is not MapValue rolling)
        {
            errors.Required(path);
            return;
        }

        errors.NumberOrShare(path.Child("maxUnavailable"), rolling["maxUnavailable"]);
        errors.NumberOrShare(path.Child("maxSurge"), rolling["maxSurge"]);
        var none = FieldChecks.IsZero(rolling["maxUnavailable"]);
        var noSurge = rolling["maxSurge"] is null || FieldChecks.IsZero(rolling["maxSurge"]);
        if (!none && !noSurge)
        {
            errors.Invalid(path.Child("maxSurge"), rolling["maxSurge"], "may not be set when maxUnavailable is non-zero");
        }
        else if (none && noSurge)
        {
            errors.Required(path.Child("maxUnavailable"), "cannot be 0 when maxSurge is 0");
        }
    }
}
