using Naru.Kinds.Core.Pods;
using Naru.Kinds.PodTemplates;
using Naru.Kinds.Rules;
using Naru.Objects.Kinds;
using Naru.Objects.Values;

namespace Naru.Kinds.Core;

/// <summary>Pod templates as objects of their own.</summary>
internal sealed class PodTemplateRules : KindRules
{
    /// <inheritdoc/>
    public override bool HasGeneration => true;

    /// <inheritdoc/>
    public override bool CreatesOnUpdate => true;

    /// <inheritdoc/>
    public override void SetDefaults(MapValue body) => PodSpecDefaults.SetTemplate(body.MakeMap("template"));

    /// <inheritdoc/>
    public override IEnumerable<string> Warnings(MapValue body, MapValue? old) => PodWarnings.OfTemplate(body.Under("template"), FieldPath.Of("template"));

    /// <inheritdoc/>
    protected override void Validate(MapValue body, FieldErrors errors) => PodTemplateValidation.Validate(body.Under("template"), FieldPath.Of("template"), errors);

    /// <inheritdoc/>
    protected override bool WishChanged(MapValue body, MapValue old) => !SameValue.Of(body["template"], old["template"]);
}
