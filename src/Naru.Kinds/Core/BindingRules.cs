using Naru.Kinds.Metadata;
using Naru.Kinds.Rules;
using Naru.Objects.Kinds;
using Naru.Objects.Values;

namespace Naru.Kinds.Core;

/// <summary>Bindings of pods to nodes.</summary>
internal sealed class BindingRules : KindRules
{
    /// <inheritdoc/>
    protected override void Validate(MapValue body, FieldErrors errors)
    {
        var target = body.Under("target");
        if (target.Str("kind") is not ("" or "Node") and var kind)
        {
            errors.NotSupported(FieldPath.Of("target").Child("kind"), kind, "Node", "<empty>");
        }

        errors.RequiredForm(FieldPath.Of("target").Child("name"), target.Str("name"), NameChecks.Subdomain);
    }
}
