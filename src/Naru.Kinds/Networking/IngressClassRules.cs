using Naru.Kinds.Metadata;
using Naru.Kinds.Rules;
using Naru.Objects.Kinds;
using Naru.Objects.Values;

namespace Naru.Kinds.Networking;

/// <summary>Classes of ingresses.</summary>
internal sealed class IngressClassRules : KindRules
{
    /// <inheritdoc/>
    public override bool HasGeneration => true;

    /// <inheritdoc/>
    public override void SetDefaults(MapValue body)
    {
        if (body.Map("spec", "parameters") is { } parameters)
        {
            parameters.Default("scope", "Cluster");
        }
    }

    /// <inheritdoc/>
    protected override void Validate(MapValue body, FieldErrors errors)
    {
        var controller = body.Under("spec").Str("controller");
        var path = FieldPath.Spec.Child("controller");
        if (controller.Length == 0)
        {
            errors.Required(path);
        }
        else if (controller.Length > 250)
        {
            errors.TooLong(path, 250);
        }
        else
        {
            errors.Form(path, controller, NameChecks.DomainPrefixed);
        }

        if (body.Map("spec", "parameters") is not { } parameters)
        {
            return;
        }

        var place = FieldPath.Spec.Child("parameters");
        errors.RequiredField(parameters, place, "kind");
        errors.RequiredField(parameters, place, "name");
        errors.Word(place.Child("scope"), parameters.Str("scope"), "Cluster", "Namespace");
        if (parameters.Str("scope") == "Namespace")
        {
            errors.RequiredField(parameters, place, "namespace", "`parameters.scope` is set to 'Namespace'");
        }
        else if (parameters.Has("namespace"))
        {
            errors.Forbidden(place.Child("namespace"), "`parameters.scope` is set to 'Cluster'");
        }
    }

    /// <inheritdoc/>
    protected override void ValidateChange(MapValue body, MapValue old, FieldErrors errors)
    {
        Validate(body, errors);
        errors.Unchanged(FieldPath.Spec.Child("controller"), body.At("spec", "controller"), old.At("spec", "controller"));
    }
}
