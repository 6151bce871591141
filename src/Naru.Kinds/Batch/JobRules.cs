using System.Globalization;
using Naru.Kinds.Core.Pods;
using Naru.Kinds.PodTemplates;
using Naru.Kinds.Rules;
using Naru.Objects.Api;
using Naru.Objects.Kinds;
using Naru.Objects.Values;

namespace Naru.Kinds.Batch;

/// <summary>Jobs.</summary>
internal sealed class JobRules : KindRules
{
    private const string ControllerUid = "batch.kubernetes.io/controller-uid";

    /// <inheritdoc/>
    public override bool HasGeneration => true;

    /// <inheritdoc/>
    public override DeletePropagation DefaultPropagation => DeletePropagation.Orphan;

    /// <inheritdoc/>
    public override IReadOnlyCollection<string> SelectableFields { get; } = ["status.successful"];

    /// <inheritdoc/>
    public override void SetDefaults(MapValue body)
    {
        var spec = body.MakeMap("spec");
        if (!spec.Has("completions") && !spec.Has("parallelism"))
        {
            spec["completions"] = 1;
        }

        spec.Default("parallelism", 1);
        spec.Default("backoffLimit", spec.Has("backoffLimitPerIndex") ? int.MaxValue : 6);
        spec.Default("completionMode", "NonIndexed");
        spec.Default("suspend", false);
        spec.Default("manualSelector", false);
        spec.Default("podReplacementPolicy", spec.Has("podFailurePolicy") ? "Failed" : "TerminatingOrFailed");
        foreach (var (_, rule) in spec.Under("podFailurePolicy").Entries("rules"))
        {
            foreach (var (_, condition) in rule.Entries("onPodConditions"))
            {
                condition.DefaultText("status", "True");
            }
        }

        if (body.Map("metadata", "labels") is null or { Count: 0 } && spec.Map("template", "metadata", "labels") is { Count: > 0 } labels)
        {
            body.MakeMap("metadata")["labels"] = labels.Clone();
        }

        PodSpecDefaults.SetTemplate(spec["template"] as MapValue);
    }

    /// <inheritdoc/>
    public override void PrepareCreate(MapValue body)
    {
        base.PrepareCreate(body);
        var spec = body.MakeMap("spec");
        if (spec.Flag("manualSelector") || body.Text("metadata", "uid") is not { Length: > 0 } uid)
        {
            return;
        }

        var name = body.Text("metadata", "name") ?? "";
        var labels = spec.MakeMap("template").MakeMap("metadata").MakeMap("labels");
        labels.Default(ControllerUid, uid);
        labels.Default("batch.kubernetes.io/job-name", name);
        labels.Default("controller-uid", uid);
        labels.Default("job-name", name);
        spec.MakeMap("selector").MakeMap("matchLabels").Default(ControllerUid, uid);
    }

    /// <inheritdoc/>
    public override IEnumerable<string> Warnings(MapValue body, MapValue? old)
    {
        if (body.At("spec", "completionMode") is TextValue { Text: "Indexed" } && body.Integer("spec", "completions") > 100_000 && body.Integer("spec", "parallelism") > 10_000)
        {
            yield return "spec.parallelism: In Indexed Jobs with a number of completions higher than 10^5 and a parallelism higher than 10^4, Kubernetes might not be able to track completedIndexes when a big number of indexes fail";
        }

        if (old is null)
        {
            foreach (var text in PodWarnings.OfTemplate(body.Under("spec").Under("template"), FieldPath.Spec.Child("template")))
            {
                yield return text;
            }
        }
    }

    /// <inheritdoc/>
    public override string? SelectField(MapValue body, string field) =>
        field == "status.successful" ? body.Under("status").Int("succeeded").ToString(CultureInfo.InvariantCulture) : null;

    /// <inheritdoc/>
    protected override void Validate(MapValue body, FieldErrors errors)
    {
        var spec = body.Under("spec");
        if (spec["selector"] is not MapValue selector)
        {
            errors.Required(FieldPath.Spec.Child("selector"));
        }
        else
        {
            Metadata.LabelRules.ValidateSelector(selector, FieldPath.Spec.Child("selector"), errors);
        }

        JobSpecValidation.Validate(spec, FieldPath.Spec, errors);
    }

    /// <inheritdoc/>
    protected override void ValidateChange(MapValue body, MapValue old, FieldErrors errors)
    {
        Validate(body, errors);
        JobSpecValidation.ValidateChange(body.Under("spec"), old, errors);
    }

    /// <inheritdoc/>
    protected override void ValidateStatus(MapValue body, MapValue old, FieldErrors errors)
    {
        var status = body.Under("status");
        foreach (var name in (ReadOnlySpan<string>)["active", "succeeded", "failed", "ready", "terminating"])
        {
            errors.NotNegative(status, FieldPath.Status, name);
        }

        var finished = old.Maps("status", "conditions").Where(static one => one.Str("type") is "Complete" or "Failed" && one.Str("status") == "True").Select(static one => one.Str("type"));
        foreach (var type in finished)
        {
            if (!status.Entries("conditions").Any(one => one.Entry.Str("type") == type && one.Entry.Str("status") == "True"))
            {
                errors.Invalid(FieldPath.Status.Child("conditions"), "", $"cannot set {type} condition from True to False");
            }
        }
    }
}
