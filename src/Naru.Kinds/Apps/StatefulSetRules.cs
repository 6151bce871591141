using Naru.Kinds.Metadata;
using Naru.Kinds.PodTemplates;
using Naru.Kinds.Rules;
using Naru.Objects.Kinds;
using Naru.Objects.Values;

namespace Naru.Kinds.Apps;

/// <summary>Stateful sets.</summary>
internal sealed class StatefulSetRules : WorkloadRules
{
    private static readonly string[] Changeable =
        ["replicas", "ordinals", "template", "updateStrategy", "revisionHistoryLimit", "persistentVolumeClaimRetentionPolicy", "minReadySeconds"];

    /// <inheritdoc/>
    protected override string Word => "statefulset";

    /// <inheritdoc/>
    protected override string DeadlineWord => "StatefulSet";

    /// <inheritdoc/>
    protected override NameRule NameRule => NameRule.Subdomain;

    /// <inheritdoc/>
    public override void SetDefaults(MapValue body)
    {
        var spec = body.MakeMap("spec");
        spec.DefaultText("podManagementPolicy", "OrderedReady");
        spec.Default("replicas", 1);
        spec.Default("revisionHistoryLimit", 10);
        var strategy = spec.MakeMap("updateStrategy");
        strategy.DefaultText("type", "RollingUpdate");
        if (strategy.Str("type") == "RollingUpdate")
        {
            strategy.MakeMap("rollingUpdate").Default("partition", 0);
        }

        var retention = spec.MakeMap("persistentVolumeClaimRetentionPolicy");
        retention.DefaultText("whenDeleted", "Retain");
        retention.DefaultText("whenScaled", "Retain");
        foreach (var (_, claim) in spec.Entries("volumeClaimTemplates"))
        {
            claim["apiVersion"] = "v1";
            claim["kind"] = "PersistentVolumeClaim";
            claim.MakeMap("spec").Default("volumeMode", "Filesystem");
            claim.MakeMap("status").DefaultText("phase", "Pending");
        }

        PodSpecDefaults.SetTemplate(spec["template"] as MapValue);
    }

    /// <inheritdoc/>
    protected override void ValidateSpec(MapValue spec, FieldErrors errors)
    {
        var path = FieldPath.Spec;
        if (spec.Str("podManagementPolicy") is not ("OrderedReady" or "Parallel"))
        {
            errors.Invalid(path.Child("podManagementPolicy"), spec.Str("podManagementPolicy"), "must be 'OrderedReady' or 'Parallel'");
        }

        ValidateStrategy(spec.Under("updateStrategy"), path.Child("updateStrategy"), errors);
        var retention = spec.Under("persistentVolumeClaimRetentionPolicy");
        foreach (var when in (ReadOnlySpan<string>)["whenDeleted", "whenScaled"])
        {
            errors.OptionalWord(retention, path.Child("persistentVolumeClaimRetentionPolicy"), when, "Retain", "Delete");
        }

        errors.NotNegative(spec.Under("ordinals"), path.Child("ordinals"), "start");
        if (spec.Str("serviceName") is { Length: > 0 } service)
        {
            errors.Form(path.Child("serviceName"), service, NameChecks.Label);
        }
    }

    /// <inheritdoc/>
    protected override void ValidateChange(MapValue body, MapValue old, FieldErrors errors)
    {
        Validate(body, errors);
        var spec = body.Under("spec").CloneMap();
        foreach (var name in Changeable)
        {
            spec[name] = old.At("spec", name);
        }

        if (!SameValue.Of(spec, old["spec"]))
        {
            errors.Forbidden(FieldPath.Spec, "updates to statefulset spec for fields other than 'replicas', 'ordinals', 'template', 'updateStrategy', 'revisionHistoryLimit', 'persistentVolumeClaimRetentionPolicy' and 'minReadySeconds' are forbidden");
        }
    }

    /// <inheritdoc/>
    protected override MapValue Judged(MapValue spec)
    {
        if (!spec.Filled("volumeClaimTemplates") || spec["template"] is not MapValue)
        {
            return spec;
        }

        // Pods get a volume for each of these claims, in place of one of the same name.
        var judged = spec.CloneMap();
        var pod = judged.MakeMap("template").MakeMap("spec");
        var volumes = pod["volumes"] as ListValue ?? [];
        foreach (var (_, claim) in spec.Entries("volumeClaimTemplates"))
        {
            var name = claim.Under("metadata").Str("name");
            if (!volumes.Any(one => one is MapValue volume && volume.Str("name") == name))
            {
                volumes.Add(new MapValue { { "name", name }, { "persistentVolumeClaim", new MapValue { { "claimName", name } } } });
            }
        }

        pod["volumes"] = volumes;
        return judged;
    }

    private static void ValidateStrategy(MapValue strategy, FieldPath path, FieldErrors errors)
    {
        switch (strategy.Str("type"))
        {
            case "":
                errors.Required(path);
                break;
            case "OnDelete":
                if (strategy.Has("rollingUpdate"))
                {
                    errors.Invalid(path.Child("rollingUpdate"), strategy["rollingUpdate"], "only allowed for updateStrategy 'RollingUpdate'");
                }

                break;
            case "RollingUpdate":
                var rolling = strategy.Under("rollingUpdate");
                errors.NotNegative(rolling, path.Child("rollingUpdate"), "partition");
                if (rolling["maxUnavailable"] is { } most)
                {
                    errors.NumberOrShare(path.Child("rollingUpdate", "maxUnavailable"), most);
                    if (FieldChecks.IsZero(most))
                    {
                        errors.Invalid(path.Child("rollingUpdate", "maxUnavailable"), most, "cannot be 0");
                    }
                }

                break;
            default:
                errors.Invalid(path, strategy.Str("type"), "must be 'RollingUpdate' or 'OnDelete'");
                break;
        }
    }
}
