using Naru.Kinds.Metadata;
using Naru.Kinds.Rules;
using Naru.Objects.Kinds;
using Naru.Objects.Values;

namespace Naru.Kinds.Admission;

/// <summary>Policies in CEL that change or judge. Their expressions are compiled elsewhere.</summary>
internal sealed class AdmissionPolicyRules(bool mutating) : KindRules
{
    /// <inheritdoc/>
    public override bool HasGeneration => true;

    /// <inheritdoc/>
    public override void SetDefaults(MapValue body)
    {
        var spec = body.MakeMap("spec");
        spec.Default("failurePolicy", "Fail");
        SetMatch(spec["matchConstraints"] as MapValue);
    }

    /// <summary>What a description of requests gets where nothing is said.</summary>
    internal static void SetMatch(MapValue? match)
    {
        if (match is null)
        {
            return;
        }

        match.Default("matchPolicy", "Equivalent");
        match.MakeMap("namespaceSelector");
        match.MakeMap("objectSelector");
        foreach (var list in (ReadOnlySpan<string>)["resourceRules", "excludeResourceRules"])
        {
            foreach (var (_, rule) in match.Entries(list))
            {
                rule.Default("scope", "*");
            }
        }
    }

    /// <summary>The rules of a description of requests.</summary>
    internal static void ValidateMatch(MapValue match, FieldPath path, FieldErrors errors)
    {
        errors.OptionalWord(match, path, "matchPolicy", "Equivalent", "Exact");
        LabelRules.ValidateSelector(match["namespaceSelector"] as MapValue, path.Child("namespaceSelector"), errors);
        LabelRules.ValidateSelector(match["objectSelector"] as MapValue, path.Child("objectSelector"), errors);
        foreach (var list in (ReadOnlySpan<string>)["resourceRules", "excludeResourceRules"])
        {
            foreach (var (index, rule) in match.Entries(list))
            {
                WebhookValidation.ValidateRule(rule, path.Child(list).Index(index), errors);
            }
        }
    }

    /// <inheritdoc/>
    protected override void Validate(MapValue body, FieldErrors errors)
    {
        var spec = body.Under("spec");
        errors.RequiredWord(FieldPath.Spec.Child("failurePolicy"), spec.Str("failurePolicy"), "Fail", "Ignore");
        WebhookValidation.ValidateConditions(spec, FieldPath.Spec.Child("matchConditions"), errors);
        ValidateParameters(spec, errors);
        if (spec["matchConstraints"] is MapValue match)
        {
            ValidateMatch(match, FieldPath.Spec.Child("matchConstraints"), errors);
            if (match.CountOf("resourceRules") == 0)
            {
                errors.Required(FieldPath.Spec.Child("matchConstraints", "resourceRules"));
            }
        }
        else
        {
            errors.Required(FieldPath.Spec.Child("matchConstraints"));
        }

        ValidateVariables(spec, errors);
        if (mutating)
        {
            ValidateMutations(spec, errors);
        }
        else
        {
            ValidateValidations(spec, errors);
        }
    }

    private static void ValidateParameters(MapValue spec, FieldErrors errors)
    {
        if (spec["paramKind"] is not MapValue kind)
        {
            return;
        }

        var path = FieldPath.Spec.Child("paramKind");
        errors.RequiredField(kind, path, "apiVersion");
        errors.RequiredField(kind, path, "kind");
        if (kind.Str("apiVersion").Count(static letter => letter == '/') > 1)
        {
            errors.Invalid(path.Child("apiVersion"), kind.Str("apiVersion"), $"unexpected GroupVersion string: {kind.Str("apiVersion")}");
        }
    }

    private static void ValidateVariables(MapValue spec, FieldErrors errors)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (index, variable) in spec.Entries("variables"))
        {
            var place = FieldPath.Spec.Child("variables").Index(index);
            var name = variable.Str("name");
            if (name.Length == 0 || !(char.IsAsciiLetter(name[0]) || name[0] == '_') || !name.All(static letter => char.IsAsciiLetterOrDigit(letter) || letter == '_'))
            {
                errors.Invalid(place.Child("name"), name, "name is not a valid CEL identifier");
            }

            if (!names.Add(name))
            {
                errors.Duplicate(place.Child("name"), name);
            }

            if (variable.Str("expression").Trim().Length == 0)
            {
                errors.Required(place.Child("expression"), "expression is not specified");
            }
        }
    }

    private static void ValidateMutations(MapValue spec, FieldErrors errors)
    {
        var path = FieldPath.Spec.Child("mutations");
        if (spec.CountOf("mutations") == 0)
        {
            errors.Required(path, "must contain at least one mutation");
        }

        foreach (var (index, mutation) in spec.Entries("mutations"))
        {
            var type = mutation.Str("patchType");
            errors.RequiredWord(path.Index(index).Child("patchType"), type, "ApplyConfiguration", "JSONPatch");
            var field = type == "JSONPatch" ? "jsonPatch" : "applyConfiguration";
            if (mutation.Map(field)?.Filled("expression") != true)
            {
                errors.Required(path.Index(index).Child(field, "expression"), "expression is not specified");
            }
        }

        errors.RequiredWord(FieldPath.Spec.Child("reinvocationPolicy"), spec.Str("reinvocationPolicy"), "IfNeeded", "Never");
    }

    private static void ValidateValidations(MapValue spec, FieldErrors errors)
    {
        if (spec.CountOf("validations") == 0 && spec.CountOf("auditAnnotations") == 0)
        {
            errors.Required(FieldPath.Spec.Child("validations"), "validations or auditAnnotations must contain at least one item");
        }

        foreach (var (index, rule) in spec.Entries("validations"))
        {
            var place = FieldPath.Spec.Child("validations").Index(index);
            if (rule.Str("expression").Trim().Length == 0)
            {
                errors.Required(place.Child("expression"), "expression is not specified");
            }

            if (rule["message"] is TextValue message)
            {
                if (message.Text.Trim().Length == 0)
                {
                    errors.Invalid(place.Child("message"), message, "message must be non-empty if specified");
                }
                else if (message.Text.Contains('\n', StringComparison.Ordinal))
                {
                    errors.Invalid(place.Child("message"), message, "message must not contain line breaks");
                }
            }

            errors.OptionalWord(rule, place, "reason", "Forbidden", "Invalid", "RequestEntityTooLarge", "Unauthorized");
        }

        var keys = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (index, annotation) in spec.Entries("auditAnnotations"))
        {
            var place = FieldPath.Spec.Child("auditAnnotations").Index(index);
            errors.RequiredForm(place.Child("key"), annotation.Str("key"), NameChecks.Qualified);
            if (!keys.Add(annotation.Str("key")))
            {
                errors.Duplicate(place.Child("key"), annotation.Str("key"));
            }

            if (annotation.Str("valueExpression").Trim().Length == 0)
            {
                errors.Required(place.Child("valueExpression"), "valueExpression is not specified");
            }
        }
    }
}
