using Naru.Kinds.Metadata;
using Naru.Kinds.Rules;
using Naru.Objects.Kinds;
using Naru.Objects.Values;

namespace Naru.Kinds.Rbac;

/// <summary>Roles in a namespace and in the cluster.</summary>
internal sealed class RoleRules : KindRules
{
    /// <inheritdoc/>
    public override bool CreatesOnUpdate => true;

    /// <inheritdoc/>
    protected override NameRule NameRule => NameRule.PathSegment;

    /// <inheritdoc/>
    protected override void Validate(MapValue body, FieldErrors errors)
    {
        foreach (var (index, rule) in body.Entries("rules"))
        {
            ValidateRule(rule, FieldPath.Of("rules").Index(index), errors);
        }

        foreach (var (index, selector) in body.Under("aggregationRule").Entries("clusterRoleSelectors"))
        {
            LabelRules.ValidateSelector(selector, FieldPath.Of("aggregationRule").Child("clusterRoleSelectors").Index(index), errors);
        }

        if (body["aggregationRule"] is MapValue aggregation && aggregation.CountOf("clusterRoleSelectors") == 0)
        {
            errors.Required(FieldPath.Of("aggregationRule").Child("clusterRoleSelectors"), "at least one clusterRoleSelector required if aggregationRule is non-nil");
        }
    }

    private void ValidateRule(MapValue rule, FieldPath path, FieldErrors errors)
    {
        if (rule.CountOf("verbs") == 0)
        {
            errors.Required(path.Child("verbs"), "verbs must contain at least one value");
        }

        if (rule.CountOf("nonResourceURLs") > 0)
        {
            if (Namespaced)
            {
                errors.Invalid(path.Child("nonResourceURLs"), rule["nonResourceURLs"], "namespaced rules cannot apply to non-resource URLs");
            }

            if (rule.CountOf("apiGroups") > 0 || rule.CountOf("resources") > 0 || rule.CountOf("resourceNames") > 0)
            {
                errors.Invalid(path.Child("nonResourceURLs"), rule["nonResourceURLs"], "rules cannot apply to both regular resources and non-resource URLs");
            }

            return;
        }

        if (rule.CountOf("apiGroups") == 0)
        {
            errors.Required(path.Child("apiGroups"), "resource rules must supply at least one api group");
        }

        if (rule.CountOf("resources") == 0)
        {
            errors.Required(path.Child("resources"), "resource rules must supply at least one resource");
        }
    }
}
