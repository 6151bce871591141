using Naru.Kinds.Core.Pods;
using Naru.Kinds.PodTemplates;
using Naru.Kinds.Rules;
using Naru.Objects.Kinds;
using Naru.Objects.Values;

namespace Naru.Kinds.Batch;

/// <summary>Cron jobs.</summary>
internal sealed class CronJobRules : KindRules
{
    private const int LongestName = 52;

    /// <inheritdoc/>
    public override bool HasGeneration => true;

    /// <inheritdoc/>
    public override void SetDefaults(MapValue body)
    {
        var spec = body.MakeMap("spec");
        spec.DefaultText("concurrencyPolicy", "Allow");
        spec.Default("suspend", false);
        spec.Default("successfulJobsHistoryLimit", 3);
        spec.Default("failedJobsHistoryLimit", 1);
        spec.MakeMap("jobTemplate").MakeMap("metadata");
        PodSpecDefaults.SetTemplate(spec.Map("jobTemplate", "spec", "template"));
    }

    /// <inheritdoc/>
    public override IEnumerable<string> Warnings(MapValue body, MapValue? old)
    {
        if (body.Text("metadata", "name") is { } name && Metadata.NameChecks.Label(name) is { } wrong)
        {
            yield return $"metadata.name: this is used in Pod names and hostnames, which can result in surprising behavior; a DNS label is recommended: [{wrong}]";
        }

        foreach (var text in PodWarnings.OfTemplate(body.Map("spec", "jobTemplate", "spec", "template") ?? [], FieldPath.Spec.Child("jobTemplate", "spec").Child("template")))
        {
            yield return text;
        }
    }

    /// <inheritdoc/>
    protected override void Validate(MapValue body, FieldErrors errors)
    {
        if (body.Text("metadata", "name") is { Length: > LongestName } name)
        {
            errors.Invalid(FieldPath.Metadata.Child("name"), name, "must be no more than 52 characters");
        }

        var spec = body.Under("spec");
        var path = FieldPath.Spec;
        ValidateSchedule(spec, path, errors);
        errors.NotNegative(spec, path, "startingDeadlineSeconds");
        errors.RequiredWord(path.Child("concurrencyPolicy"), spec.Str("concurrencyPolicy"), "Allow", "Forbid", "Replace");
        errors.NotNegative(spec, path, "successfulJobsHistoryLimit");
        errors.NotNegative(spec, path, "failedJobsHistoryLimit");
        var template = path.Child("jobTemplate", "spec");
        var job = spec.Under("jobTemplate").Under("spec");
        JobSpecValidation.Validate(job, template, errors);
        if (job.Flag("manualSelector"))
        {
            errors.NotSupported(template.Child("manualSelector"), true, "nil", "false");
        }
    }

    private static void ValidateSchedule(MapValue spec, FieldPath path, FieldErrors errors)
    {
        var schedule = spec.Str("schedule");
        if (schedule.Length == 0)
        {
            errors.Required(path.Child("schedule"));
        }
        else if (schedule.Contains("TZ", StringComparison.Ordinal))
        {
            errors.Invalid(path.Child("schedule"), schedule, "cannot use TZ or CRON_TZ in schedule, use timeZone field instead");
        }
        else if (CronSchedule.Wrong(schedule) is { } wrong)
        {
            errors.Invalid(path.Child("schedule"), schedule, wrong);
        }

        if (spec["timeZone"] is not TextValue zone)
        {
            return;
        }

        if (zone.Text.Length == 0)
        {
            errors.Invalid(path.Child("timeZone"), zone, "timeZone must be nil or non-empty string");
        }
        else if (zone.Text.Equals("local", StringComparison.OrdinalIgnoreCase))
        {
            errors.Invalid(path.Child("timeZone"), zone, "timeZone must be an explicit time zone as defined in https://www.iana.org/time-zones");
        }
        else if (!TimeZoneInfo.TryFindSystemTimeZoneById(zone.Text, out _))
        {
            errors.Invalid(path.Child("timeZone"), zone, $"unknown time zone {zone.Text}");
        }
    }
}
