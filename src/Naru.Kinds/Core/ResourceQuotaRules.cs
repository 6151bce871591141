using Naru.Kinds.Metadata;
using Naru.Kinds.Rules;
using Naru.Objects.Kinds;
using Naru.Objects.Values;

namespace Naru.Kinds.Core;

/// <summary>Resource quotas.</summary>
internal sealed class ResourceQuotaRules : KindRules
{
    private static readonly string[] Scopes = ["BestEffort", "CrossNamespacePodAffinity", "NotBestEffort", "NotTerminating", "PriorityClass", "Terminating", "VolumeAttributesClass"];

    private static readonly string[] Standard =
    [
        "cpu", "memory", "ephemeral-storage", "requests.cpu", "requests.memory", "requests.storage", "requests.ephemeral-storage", "limits.cpu", "limits.memory", "limits.ephemeral-storage",
        "pods", "resourcequotas", "services", "replicationcontrollers", "secrets", "persistentvolumeclaims", "configmaps", "services.nodeports", "services.loadbalancers",
    ];

    /// <inheritdoc/>
    protected override void Validate(MapValue body, FieldErrors errors)
    {
        var spec = body.Under("spec");
        ValidateAmounts(spec.Under("hard"), FieldPath.Spec.Child("hard"), errors);
        var scopes = spec.Words("scopes").ToList();
        foreach (var scope in scopes)
        {
            if (!Scopes.Contains(scope))
            {
                errors.Invalid(FieldPath.Spec.Child("scopes"), scopes.Count == 1 ? scope : string.Join(",", scopes), "unsupported scope");
            }
        }

        foreach (var (one, other) in ((string, string)[])[("BestEffort", "NotBestEffort"), ("Terminating", "NotTerminating")])
        {
            if (scopes.Contains(one) && scopes.Contains(other))
            {
                errors.Invalid(FieldPath.Spec.Child("scopes"), string.Join(",", scopes), "conflicting scopes");
            }
        }

        foreach (var (_, term) in spec.Under("scopeSelector").Entries("matchExpressions"))
        {
            ValidateTerm(term, FieldPath.Spec.Child("scopeSelector", "matchExpressions"), errors);
        }
    }

    /// <inheritdoc/>
    protected override void ValidateChange(MapValue body, MapValue old, FieldErrors errors)
    {
        Validate(body, errors);
        errors.Unchanged(FieldPath.Spec.Child("scopes"), body.At("spec", "scopes"), old.At("spec", "scopes"));
        errors.Unchanged(FieldPath.Spec.Child("scopeSelector"), body.At("spec", "scopeSelector"), old.At("spec", "scopeSelector"));
    }

    /// <inheritdoc/>
    protected override void ValidateStatus(MapValue body, MapValue old, FieldErrors errors)
    {
        ValidateAmounts(body.Under("status").Under("hard"), FieldPath.Status.Child("hard"), errors);
        ValidateAmounts(body.Under("status").Under("used"), FieldPath.Status.Child("used"), errors);
    }

    private static void ValidateTerm(MapValue term, FieldPath path, FieldErrors errors)
    {
        if (!Scopes.Contains(term.Str("scopeName")))
        {
            errors.Invalid(path.Child("scopeName"), term.Str("scopeName"), "unsupported scope");
        }

        switch (term.Str("operator"))
        {
            case "In" or "NotIn":
                errors.RequiredField(term, path, "values", "must be at least one value when `operator` is 'In' or 'NotIn' for scope selector");
                break;
            case "Exists" or "DoesNotExist":
                if (term.Filled("values"))
                {
                    errors.Invalid(path.Child("values"), term["values"], "must be no value when `operator` is 'Exists' or 'DoesNotExist' for scope selector");
                }

                break;
            default:
                errors.Invalid(path.Child("operator"), term.Str("operator"), "not a valid selector operator");
                break;
        }
    }

    private static void ValidateAmounts(MapValue amounts, FieldPath path, FieldErrors errors)
    {
        foreach (var (name, value) in amounts.AsSpan())
        {
            errors.Form(path.Key(name), name, NameChecks.Qualified);
            if (!name.Contains('/', StringComparison.Ordinal) && !Standard.Contains(name) && !name.Contains("hugepages-", StringComparison.Ordinal))
            {
                errors.Invalid(path.Key(name), name, "must be a standard resource for quota");
            }

            if (Reading.AmountOf(value) is not { } amount || amount.Sign < 0)
            {
                errors.Invalid(path.Key(name), value, "must be greater than or equal to 0");
            }
            else if (amount.MilliValue % 1000 != 0 && (name.StartsWith("count/", StringComparison.Ordinal) || name is "pods" or "services" or "secrets" or "configmaps" or "persistentvolumeclaims" or "replicationcontrollers" or "resourcequotas"))
            {
                errors.Invalid(path.Key(name), value, "must be an integer");
            }
        }
    }
}
