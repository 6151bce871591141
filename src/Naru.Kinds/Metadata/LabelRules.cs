using Naru.Kinds.Rules;
using Naru.Objects.Kinds;
using Naru.Objects.Values;

namespace Naru.Kinds.Metadata;

/// <summary>The rules of labels and of selectors over them.</summary>
internal static class LabelRules
{
    /// <summary>Labels, or a plain selector of labels.</summary>
    public static void ValidateLabels(MapValue labels, FieldPath path, FieldErrors errors)
    {
        foreach (var (key, value) in labels.AsSpan())
        {
            if (NameChecks.Qualified(key) is { } wrong)
            {
                errors.Invalid(path, key, wrong);
            }

            if (value is TextValue text && NameChecks.LabelValue(text.Text) is { } wrongValue)
            {
                errors.Invalid(path, text.Text, wrongValue);
            }
        }
    }

    /// <summary>A selector with <c>matchLabels</c> and <c>matchExpressions</c>; null is good.</summary>
    public static void ValidateSelector(MapValue? selector, FieldPath path, FieldErrors errors)
    {
        if (selector is null)
        {
            return;
        }

        if (selector["matchLabels"] is MapValue labels)
        {
            ValidateLabels(labels, path.Child("matchLabels"), errors);
        }

        if (selector["matchExpressions"] is ListValue terms)
        {
            for (var index = 0; index < terms.Count; index++)
            {
                if (terms[index] is MapValue term)
                {
                    ValidateTerm(term, path.Child("matchExpressions").Index(index), errors);
                }
            }
        }
    }

    /// <summary>A selector that chooses nothing in particular.</summary>
    public static bool IsEmpty(MapValue? selector) => selector is null || (SameValue.IsEmpty(selector["matchLabels"]) && SameValue.IsEmpty(selector["matchExpressions"]));

    private static void ValidateTerm(MapValue term, FieldPath path, FieldErrors errors)
    {
        var values = term.List("values");
        var count = values?.Count ?? 0;
        switch (term.Text("operator"))
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
            default:
                errors.Invalid(path.Child("operator"), term.Text("operator") ?? "", "not a valid selector operator");
                break;
        }

        var key = term.Text("key") ?? "";
        if (NameChecks.Qualified(key) is { } wrong)
        {
            errors.Invalid(path.Child("key"), key, wrong);
        }

        for (var index = 0; index < count; index++)
        {
            if (values![index] is TextValue text && NameChecks.LabelValue(text.Text) is { } wrongValue)
            {
                errors.Invalid(path.Child("values").Index(index), text.Text, wrongValue);
            }
        }
    }
}
