using Naru.Kinds.Core.Pods;
using Naru.Kinds.Metadata;
using Naru.Kinds.PodTemplates;
using Naru.Kinds.Rules;
using Naru.Objects.Kinds;
using Naru.Objects.Selectors;
using Naru.Objects.Values;

namespace Naru.Kinds.Apps;

/// <summary>What the kinds that keep pods running have alike: a selector, a template, replicas.</summary>
internal abstract class WorkloadRules : KindRules
{
    /// <inheritdoc/>
    public override bool HasGeneration => true;

    /// <summary>The kind's word in messages about an empty selector.</summary>
    protected abstract string Word { get; }

    /// <summary>The kind's word in the message about a deadline.</summary>
    protected virtual string DeadlineWord => "ReplicaSet";

    /// <inheritdoc/>
    public override IEnumerable<string> Warnings(MapValue body, MapValue? old) =>
        old is not null && old.Int("generation") == body.Int("generation") && SameValue.Of(old.At("spec", "template"), body.At("spec", "template"))
            ? []
            : PodWarnings.OfTemplate(body.Under("spec").Under("template"), FieldPath.Spec.Child("template"));

    /// <inheritdoc/>
    protected override void Validate(MapValue body, FieldErrors errors)
    {
        var spec = body.Under("spec");
        errors.NotNegative(spec, FieldPath.Spec, "replicas");
        errors.NotNegative(spec, FieldPath.Spec, "minReadySeconds");
        errors.NotNegative(spec, FieldPath.Spec, "revisionHistoryLimit");
        ValidateSelector(spec, errors);
        ValidateSpec(spec, errors);
    }

    /// <inheritdoc/>
    protected override void ValidateChange(MapValue body, MapValue old, FieldErrors errors)
    {
        Validate(body, errors);
        errors.Unchanged(FieldPath.Spec.Child("selector"), body.At("spec", "selector"), old.At("spec", "selector"));
    }

    /// <inheritdoc/>
    protected override void ValidateStatus(MapValue body, MapValue old, FieldErrors errors)
    {
        foreach (var (name, value) in body.Under("status").AsSpan())
        {
            if (value is IntegerValue { Number: < 0 } number)
            {
                errors.Invalid(FieldPath.Status.Child(name), number, "must be greater than or equal to 0");
            }
        }
    }

    /// <summary>The spec with everything in its template that pods will have.</summary>
    protected virtual MapValue Judged(MapValue spec) => spec;

    /// <summary>Rules of the kind's own fields.</summary>
    protected abstract void ValidateSpec(MapValue spec, FieldErrors errors);

    private void ValidateSelector(MapValue spec, FieldErrors errors)
    {
        var path = FieldPath.Spec.Child("selector");
        var selector = spec["selector"] as MapValue;
        if (selector is null)
        {
            errors.Required(path);
        }
        else if (LabelRules.IsEmpty(selector))
        {
            errors.Invalid(path, selector, $"empty selector is invalid for {Word}");
        }

        var before = errors.Causes.Length;
        LabelRules.ValidateSelector(selector, path, errors);
        var readable = selector is not null && !LabelRules.IsEmpty(selector) && errors.Causes.Length == before;
        var matches = readable && LabelSelector.FromBody(selector!).Matches(spec.Under("template").Under("metadata")["labels"] as MapValue);
        PodTemplateValidation.ValidateKept(Judged(spec), FieldPath.Spec.Child("template"), readable ? spec.Under("template").Under("metadata").Under("labels") : null, matches, DeadlineWord, errors);
    }
}
