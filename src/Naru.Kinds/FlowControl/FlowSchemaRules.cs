using Naru.Kinds.Metadata;
using Naru.Kinds.Rules;
using Naru.Objects.Kinds;
using Naru.Objects.Values;

namespace Naru.Kinds.FlowControl;

/// <summary>Which requests go to which priority level.</summary>
internal sealed class FlowSchemaRules : KindRules
{
    /// <inheritdoc/>
    public override bool HasGeneration => true;

    /// <inheritdoc/>
    public override void SetDefaults(MapValue body)
    {
        var spec = body.MakeMap("spec");
        spec.DefaultNumber("matchingPrecedence", 1000);
    }

    /// <inheritdoc/>
    protected override void Validate(MapValue body, FieldErrors errors)
    {
        var spec = body.Under("spec");
        var precedence = spec.Int("matchingPrecedence");
        if (precedence is < 1 or > 10000)
        {
            errors.Invalid(FieldPath.Spec.Child("matchingPrecedence"), precedence, precedence < 1 ? "must be a positive value" : "must not be greater than 10000");
        }
        else if (precedence == 1 && body.Text("metadata", "name") != "exempt")
        {
            errors.Invalid(FieldPath.Spec.Child("matchingPrecedence"), precedence, "only the schema named 'exempt' may have matchingPrecedence 1");
        }

        var level = spec.Under("priorityLevelConfiguration").Str("name");
        errors.RequiredForm(FieldPath.Spec.Child("priorityLevelConfiguration", "name"), level, NameChecks.Subdomain);
        if (spec["distinguisherMethod"] is MapValue method)
        {
            errors.RequiredWord(FieldPath.Spec.Child("distinguisherMethod", "type"), method.Str("type"), "ByNamespace", "ByUser");
        }

        foreach (var (index, rule) in spec.Entries("rules"))
        {
            ValidateRule(rule, FieldPath.Spec.Child("rules").Index(index), errors);
        }
    }

    private static void ValidateRule(MapValue rule, FieldPath path, FieldErrors errors)
    {
        if (rule.CountOf("subjects") == 0)
        {
            errors.Required(path.Child("subjects"), "subjects must contain at least one value");
        }

        foreach (var (index, subject) in rule.Entries("subjects"))
        {
            var place = path.Child("subjects").Index(index);
            var field = subject.Str("kind") switch { "User" => "user", "Group" => "group", "ServiceAccount" => "serviceAccount", _ => "" };
            if (field.Length == 0)
            {
                errors.NotSupported(place.Child("kind"), subject.Str("kind"), "Group", "ServiceAccount", "User");
            }
            else if (subject[field] is not MapValue who)
            {
                errors.Required(place.Child(field), $"{field} is required when subject kind is '{subject.Str("kind")}'");
            }
            else
            {
                errors.RequiredField(who, place.Child(field), "name");
            }
        }

        if (rule.CountOf("resourceRules") == 0 && rule.CountOf("nonResourceRules") == 0)
        {
            errors.Required(path, "at least one of resourceRules and nonResourceRules has to be non-empty");
        }

        foreach (var (index, one) in rule.Entries("resourceRules"))
        {
            var place = path.Child("resourceRules").Index(index);
            foreach (var name in (ReadOnlySpan<string>)["verbs", "apiGroups", "resources"])
            {
                errors.RequiredField(one, place, name);
            }

            if (!one.Flag("clusterScope") && one.CountOf("namespaces") == 0)
            {
                errors.Required(place.Child("namespaces"), "resource rules that are not cluster scoped must supply at least one namespace");
            }
        }

        foreach (var (index, one) in rule.Entries("nonResourceRules"))
        {
            errors.RequiredField(one, path.Child("nonResourceRules").Index(index), "verbs");
            errors.RequiredField(one, path.Child("nonResourceRules").Index(index), "nonResourceURLs");
        }
    }
}
