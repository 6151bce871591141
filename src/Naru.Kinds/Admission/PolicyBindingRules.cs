using Naru.Kinds.Metadata;
using Naru.Kinds.Rules;
using Naru.Objects.Kinds;
using Naru.Objects.Values;

namespace Naru.Kinds.Admission;

/// <summary>Bindings of policies to what they are about.</summary>
internal sealed class PolicyBindingRules(bool mutating) : KindRules
{
    /// <inheritdoc/>
    public override bool HasGeneration => true;

    /// <inheritdoc/>
    public override void SetDefaults(MapValue body) => AdmissionPolicyRules.SetMatch(body.MakeMap("spec")["matchResources"] as MapValue);

    /// <inheritdoc/>
    protected override void Validate(MapValue body, FieldErrors errors)
    {
        var spec = body.Under("spec");
        errors.RequiredForm(FieldPath.Spec.Child("policyName"), spec.Str("policyName"), NameChecks.Subdomain);
        if (spec["paramRef"] is MapValue parameters)
        {
            ValidateParameters(parameters, FieldPath.Spec.Child("paramRef"), errors);
        }

        if (spec["matchResources"] is MapValue match)
        {
            AdmissionPolicyRules.ValidateMatch(match, FieldPath.Spec.Child("matchResources"), errors);
        }

        if (!mutating)
        {
            ValidateActions(spec, FieldPath.Spec.Child("validationActions"), errors);
        }
    }

    private static void ValidateParameters(MapValue parameters, FieldPath path, FieldErrors errors)
    {
        if (parameters.Filled("name") && parameters.Has("selector"))
        {
            errors.Forbidden(path.Child("name"), "name and selector are mutually exclusive");
        }
        else if (!parameters.Filled("name") && !parameters.Has("selector"))
        {
            errors.Required(path, "one of name or selector must be specified");
        }

        errors.RequiredWord(path.Child("parameterNotFoundAction"), parameters.Str("parameterNotFoundAction"), "Allow", "Deny");
    }

    private static void ValidateActions(MapValue spec, FieldPath path, FieldErrors errors)
    {
        if (spec.CountOf("validationActions") == 0)
        {
            errors.Required(path, "at least one validation action is required");
        }

        var seen = new HashSet<string>(StringComparer.Ordinal);
        var index = 0;
        foreach (var action in spec.Words("validationActions"))
        {
            errors.Word(path.Index(index), action, "Audit", "Deny", "Warn");
            if (!seen.Add(action))
            {
                errors.Duplicate(path.Index(index), action);
            }

            index++;
        }

        if (seen.Contains("Deny") && seen.Contains("Warn"))
        {
            errors.Invalid(path, spec["validationActions"], "must not contain both Deny and Warn (repeating the same validation failure information in the API response and headers serves no purpose)");
        }
    }
}
