using Naru.Kinds.Metadata;
using Naru.Kinds.Rules;
using Naru.Objects.Kinds;
using Naru.Objects.Values;

namespace Naru.Kinds.PodTemplates;

/// <summary>The rules of affinity to nodes and pods.</summary>
internal static class AffinityValidation
{
    private const string Must = "requiredDuringSchedulingIgnoredDuringExecution";
    private const string Should = "preferredDuringSchedulingIgnoredDuringExecution";

    /// <summary>All of it.</summary>
    public static void Validate(MapValue affinity, FieldPath path, FieldErrors errors)
    {
        if (affinity["nodeAffinity"] is MapValue node)
        {
            ValidateNode(node, path.Child("nodeAffinity"), errors);
        }

        foreach (var side in (ReadOnlySpan<string>)["podAffinity", "podAntiAffinity"])
        {
            if (affinity[side] is MapValue pods)
            {
                ValidatePods(pods, path.Child(side), errors);
            }
        }
    }

    /// <summary>A selector of nodes: terms of which one must fit.</summary>
    public static void ValidateNodeSelector(MapValue selector, FieldPath path, FieldErrors errors)
    {
        if (selector.CountOf("nodeSelectorTerms") == 0)
        {
            errors.Required(path.Child("nodeSelectorTerms"), "must have at least one node selector term");
        }

        foreach (var (index, term) in selector.Entries("nodeSelectorTerms"))
        {
            ValidateTerm(term, path.Child("nodeSelectorTerms").Index(index), errors);
        }
    }

    private static void ValidateNode(MapValue node, FieldPath path, FieldErrors errors)
    {
        if (node[Must] is MapValue required)
        {
            ValidateNodeSelector(required, path.Child(Must), errors);
        }

        foreach (var (index, preference) in node.Entries(Should))
        {
            var place = path.Child(Should).Index(index);
            ValidateWeight(preference, place, errors);
            ValidateTerm(preference.Under("preference"), place.Child("preference"), errors);
        }
    }

    private static void ValidateWeight(MapValue preference, FieldPath path, FieldErrors errors)
    {
        if (preference.Int("weight") is < 1 or > 100)
        {
            errors.Invalid(path.Child("weight"), preference.Int("weight"), "must be in the range 1-100");
        }
    }

    private static void ValidateTerm(MapValue term, FieldPath path, FieldErrors errors)
    {
        foreach (var (index, expression) in term.Entries("matchExpressions"))
        {
            ValidateExpression(expression, path.Child("matchExpressions").Index(index), errors);
        }

        foreach (var (index, expression) in term.Entries("matchFields"))
        {
            var place = path.Child("matchFields").Index(index);
            if (expression.Str("operator") is not ("In" or "NotIn"))
            {
                errors.Invalid(place.Child("operator"), expression.Str("operator"), "not a valid selector operator");
            }
            else if (expression.CountOf("values") != 1)
            {
                errors.Required(place.Child("values"), "must be only one value when `operator` is 'In' or 'NotIn' for node field selector");
            }

            if (expression.Str("key") != "metadata.name")
            {
                errors.Invalid(place.Child("key"), expression.Str("key"), "not a valid field selector key");
            }
        }
    }

    private static void ValidateExpression(MapValue expression, FieldPath path, FieldErrors errors)
    {
        var count = expression.CountOf("values");
        switch (expression.Str("operator"))
        {
            case "In" or "NotIn":
                if (count == 0)
                {
                    errors.Required(path.Child("values"), "must be specified when `operator` is 'In' or 'NotIn'");
                }

                break;
            case "Exists" or "DoesNotExist":
                if (count > 0)
                {
                    errors.Forbidden(path.Child("values"), "may not be specified when `operator` is 'Exists' or 'DoesNotExist'");
                }

                break;
            case "Gt" or "Lt":
                if (count != 1)
                {
                    errors.Required(path.Child("values"), "must be specified single value when `operator` is 'Lt' or 'Gt'");
                }

                break;
            default:
                errors.Invalid(path.Child("operator"), expression.Str("operator"), "not a valid selector operator");
                break;
        }

        errors.Form(path.Child("key"), expression.Str("key"), NameChecks.Qualified);
        var index = 0;
        foreach (var value in expression.Words("values"))
        {
            errors.Form(path.Child("values").Index(index++), value, NameChecks.LabelValue);
        }
    }

    private static void ValidatePods(MapValue pods, FieldPath path, FieldErrors errors)
    {
        foreach (var (index, term) in pods.Entries(Must))
        {
            ValidatePodTerm(term, path.Child(Must).Index(index), errors);
        }

        foreach (var (index, preference) in pods.Entries(Should))
        {
            var place = path.Child(Should).Index(index);
            ValidateWeight(preference, place, errors);
            ValidatePodTerm(preference.Under("podAffinityTerm"), place.Child("podAffinityTerm"), errors);
        }
    }

    private static void ValidatePodTerm(MapValue term, FieldPath path, FieldErrors errors)
    {
        LabelRules.ValidateSelector(term["labelSelector"] as MapValue, path.Child("labelSelector"), errors);
        LabelRules.ValidateSelector(term["namespaceSelector"] as MapValue, path.Child("namespaceSelector"), errors);
        var index = 0;
        foreach (var name in term.Words("namespaces"))
        {
            errors.Form(path.Child("namespace").Index(index++), name, NameChecks.Label);
        }

        if (term.Str("topologyKey").Length == 0)
        {
            errors.Required(path.Child("topologyKey"), "can not be empty");
        }
        else
        {
            errors.Form(path.Child("topologyKey"), term.Str("topologyKey"), NameChecks.Qualified);
        }

        foreach (var keys in (ReadOnlySpan<string>)["matchLabelKeys", "mismatchLabelKeys"])
        {
            if (term.CountOf(keys) > 0 && term["labelSelector"] is null)
            {
                errors.Forbidden(path.Child(keys), "must not be specified when labelSelector is not set");
            }
        }
    }
}
