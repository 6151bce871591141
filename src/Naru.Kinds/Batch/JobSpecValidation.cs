using Naru.Kinds.PodTemplates;
using Naru.Kinds.Rules;
using Naru.Objects.Kinds;
using Naru.Objects.Values;

namespace Naru.Kinds.Batch;

/// <summary>The rules of a job's spec, alike in jobs and in the templates of cron jobs.</summary>
internal static class JobSpecValidation
{

    private static readonly string[] Numbers = ["parallelism", "completions", "activeDeadlineSeconds", "backoffLimit", "ttlSecondsAfterFinished", "backoffLimitPerIndex", "maxFailedIndexes"];
    private static readonly string[] Fixed = ["selector", "completionMode", "podFailurePolicy", "backoffLimitPerIndex", "managedBy", "successPolicy"];

    /// <summary>A job's spec.</summary>
    public static void Validate(MapValue spec, FieldPath path, FieldErrors errors)
    {
        foreach (var name in Numbers)
        {
            errors.NotNegative(spec, path, name);
        }

        ValidateMode(spec, path, errors);
        errors.OptionalWord(spec, path, "podReplacementPolicy", "Failed", "TerminatingOrFailed");
        if (spec["podFailurePolicy"] is MapValue policy)
        {
            ValidateFailurePolicy(spec, policy, path.Child("podFailurePolicy"), errors);
        }

        if (spec["managedBy"] is TextValue manager)
        {
            errors.Form(path.Child("managedBy"), manager.Text, Metadata.NameChecks.DomainPrefixed);
        }

        if (spec["template"] is not MapValue template)
        {
            errors.Required(path.Child("template"));
            return;
        }

        PodTemplateValidation.Validate(template, path.Child("template"), errors);
        if (template.Under("spec").Str("restartPolicy") is not ("OnFailure" or "Never"))
        {
            errors.Required(path.Child("template").Child("spec", "restartPolicy"), "valid values: \"OnFailure\", \"Never\"");
        }
    }

    /// <summary>What of a job may change.</summary>
    public static void ValidateChange(MapValue spec, MapValue job, FieldErrors errors)
    {
        var old = job.Under("spec");
        var elastic = spec.Str("completionMode") == "Indexed" && spec.Has("completions") && SameValue.Of(spec["completions"], spec["parallelism"]) && SameValue.Of(old["completions"], old["parallelism"]);
        if (!elastic)
        {
            errors.Unchanged(FieldPath.Spec.Child("completions"), spec["completions"], old["completions"]);
        }

        foreach (var name in Fixed)
        {
            errors.Unchanged(FieldPath.Spec.Child(name), spec[name], old[name]);
        }

        ValidateTemplate(spec, job, errors);
    }

    // A suspended job that has not started may still be told where to run, and with what.
    private static void ValidateTemplate(MapValue spec, MapValue job, FieldErrors errors)
    {
        var before = job.At("spec", "template") as MapValue ?? [];
        var wished = spec.Under("template").CloneMap();
        if (job.Boolean("spec", "suspend") == true && !job.Under("status").Has("startTime"))
        {
            var pod = wished.MakeMap("spec");
            foreach (var name in (ReadOnlySpan<string>)["nodeSelector", "tolerations", "schedulingGates"])
            {
                pod[name] = before.At("spec", name);
            }

            var wishedNode = pod.Map("affinity", "nodeAffinity");
            if (wishedNode is not null || before.At("spec", "affinity", "nodeAffinity") is not null)
            {
                pod.MakeMap("affinity")["nodeAffinity"] = before.At("spec", "affinity", "nodeAffinity");
            }

            wished["metadata"] = before["metadata"];
            ForgetResources(pod, before.Map("spec"));
        }

        if (!SameValue.Of(wished, before))
        {
            errors.Invalid(FieldPath.Spec.Child("template"), spec["template"], FieldChecks.Immutable);
        }
    }

    private static void ForgetResources(MapValue pod, MapValue? before)
    {
        foreach (var list in (ReadOnlySpan<string>)["containers", "initContainers"])
        {
            foreach (var (index, container) in pod.Entries(list))
            {
                if (before?.List(list) is { } old && index < old.Count && old[index] is MapValue was)
                {
                    container["resources"] = was["resources"];
                }
            }
        }
    }

    private static void ValidateMode(MapValue spec, FieldPath path, FieldErrors errors)
    {
        errors.OptionalWord(spec, path, "completionMode", "Indexed", "NonIndexed");
        var indexed = spec.Str("completionMode") == "Indexed";
        if (indexed && !spec.Has("completions"))
        {
            errors.Required(path.Child("completions"), "when completion mode is Indexed");
        }

        if (indexed && spec.Int("parallelism") > 100_000)
        {
            errors.Invalid(path.Child("parallelism"), spec["parallelism"], "must be less than or equal to 100000 when completion mode is Indexed");
        }

        foreach (var name in (ReadOnlySpan<string>)["backoffLimitPerIndex", "maxFailedIndexes"])
        {
            if (!indexed && spec.Has(name))
            {
                errors.Invalid(path.Child(name), spec[name], "requires indexed completion mode");
            }
        }

        if (spec.Has("maxFailedIndexes") && !spec.Has("backoffLimitPerIndex"))
        {
            errors.Required(path.Child("backoffLimitPerIndex"), "when maxFailedIndexes is specified");
        }

        if (spec.Has("successPolicy") && !indexed)
        {
            errors.Invalid(path.Child("successPolicy"), spec["successPolicy"], "requires indexed completion mode");
        }
    }

    private static void ValidateFailurePolicy(MapValue spec, MapValue policy, FieldPath path, FieldErrors errors)
    {
        if (spec.Under("template").Under("spec").Str("restartPolicy") != "Never")
        {
            errors.Invalid(path.Child("restartPolicy"), spec.Under("template").Under("spec").Str("restartPolicy"), "only \"Never\" is supported when podFailurePolicy is specified");
        }

        foreach (var (index, rule) in policy.Entries("rules"))
        {
            var place = path.Child("rules").Index(index);
            errors.RequiredWord(place.Child("action"), rule.Str("action"), "Count", "FailIndex", "FailJob", "Ignore");
            var codes = rule["onExitCodes"] as MapValue;
            if (codes is not null && rule.CountOf("onPodConditions") > 0)
            {
                errors.Invalid(place, rule, "specifying both OnExitCodes and OnPodConditions is not supported");
            }
            else if (codes is null && rule.CountOf("onPodConditions") == 0)
            {
                errors.Invalid(place, rule, "specifying one of OnExitCodes and OnPodConditions is required");
            }

            if (codes is not null)
            {
                errors.RequiredWord(place.Child("onExitCodes", "operator"), codes.Str("operator"), "In", "NotIn");
                if (codes.CountOf("values") == 0)
                {
                    errors.Invalid(place.Child("onExitCodes", "values"), codes["values"], "at least one value is required");
                }
            }
        }
    }
}
