using System.Globalization;
using Naru.Kinds.Core.Pods;
using Naru.Kinds.Metadata;
using Naru.Kinds.PodTemplates;
using Naru.Kinds.Rules;
using Naru.Objects.Api;
using Naru.Objects.Kinds;
using Naru.Objects.Values;

namespace Naru.Kinds.Core;

/// <summary>Replication controllers: replica sets with a plain selector.</summary>
internal sealed class ReplicationControllerRules : KindRules
{
    /// <inheritdoc/>
    public override bool HasGeneration => true;

    /// <inheritdoc/>
    public override DeletePropagation DefaultPropagation => DeletePropagation.Orphan;

    /// <inheritdoc/>
    public override IReadOnlyCollection<string> SelectableFields { get; } = ["status.replicas"];

    /// <inheritdoc/>
    public override void SetDefaults(MapValue body)
    {
        var spec = body.MakeMap("spec");
        spec.Default("replicas", 1);
        if (spec.Map("template", "metadata", "labels") is { Count: > 0 } labels)
        {
            if (!spec.Filled("selector"))
            {
                spec["selector"] = labels.Clone();
            }

            if (body.Map("metadata", "labels") is null or { Count: 0 })
            {
                body.MakeMap("metadata")["labels"] = labels.Clone();
            }
        }

        PodSpecDefaults.SetTemplate(spec["template"] as MapValue);
    }

    /// <inheritdoc/>
    public override IEnumerable<string> Warnings(MapValue body, MapValue? old) =>
        old is null ? PodWarnings.OfTemplate(body.Under("spec").Under("template"), FieldPath.Spec.Child("template")) : [];

    /// <inheritdoc/>
    public override string? SelectField(MapValue body, string field) =>
        field == "status.replicas" ? body.Under("status").Int("replicas").ToString(CultureInfo.InvariantCulture) : null;

    /// <inheritdoc/>
    protected override void Validate(MapValue body, FieldErrors errors)
    {
        var spec = body.Under("spec");
        errors.NotNegative(spec, FieldPath.Spec, "replicas");
        errors.NotNegative(spec, FieldPath.Spec, "minReadySeconds");
        var selector = spec["selector"] as MapValue;
        if (selector is null or { Count: 0 })
        {
            errors.Required(FieldPath.Spec.Child("selector"));
        }
        else
        {
            LabelRules.ValidateLabels(selector, FieldPath.Spec.Child("selector"), errors);
        }

        var labels = spec.Under("template").Under("metadata").Under("labels");
        var matches = selector?.All(one => SameValue.Of(one.Value, labels[one.Key])) ?? true;
        PodTemplateValidation.ValidateKept(spec, FieldPath.Spec.Child("template"), labels, matches, "ReplicationController", errors);
    }
}
