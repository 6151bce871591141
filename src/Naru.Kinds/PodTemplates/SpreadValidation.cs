using Naru.Kinds.Metadata;
using Naru.Kinds.Rules;
using Naru.Objects.Kinds;
using Naru.Objects.Values;

namespace Naru.Kinds.PodTemplates;

/// <summary>The rules of spreading pods over topologies.</summary>
internal static class SpreadValidation
{
    /// <summary>A list of constraints.</summary>
    public static void Validate(MapValue spec, FieldPath path, FieldErrors errors)
    {
        var pairs = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (index, constraint) in spec.Entries("topologySpreadConstraints"))
        {
            var place = path.Index(index);
            var key = constraint.Str("topologyKey");
            var way = constraint.Str("whenUnsatisfiable");
            if (constraint.Int("maxSkew") <= 0)
            {
                errors.Invalid(place.Child("maxSkew"), constraint.Int("maxSkew"), "must be greater than zero");
            }

            if (key.Length == 0)
            {
                errors.Required(place.Child("topologyKey"), "can not be empty");
            }
            else
            {
                errors.Form(place.Child("topologyKey"), key, NameChecks.Qualified);
            }

            errors.Word(place.Child("whenUnsatisfiable"), way, "DoNotSchedule", "ScheduleAnyway");
            if (!pairs.Add($"{key}, {way}"))
            {
                errors.Duplicate(place.Child("{topologyKey, whenUnsatisfiable}"), $"{{{key}, {way}}}");
            }

            if (constraint["minDomains"] is IntegerValue domains)
            {
                if (domains.Number <= 0)
                {
                    errors.Invalid(place.Child("minDomains"), domains, "must be greater than zero");
                }

                if (way != "DoNotSchedule")
                {
                    errors.Invalid(place.Child("minDomains"), domains, $"can only use minDomains if whenUnsatisfiable=DoNotSchedule, not {way}");
                }
            }

            errors.OptionalWord(constraint, place, "nodeAffinityPolicy", "Ignore", "Honor");
            errors.OptionalWord(constraint, place, "nodeTaintsPolicy", "Ignore", "Honor");
            LabelRules.ValidateSelector(constraint["labelSelector"] as MapValue, place.Child("labelSelector"), errors);
            ValidateKeys(constraint, place, errors);
        }
    }

    private static void ValidateKeys(MapValue constraint, FieldPath path, FieldErrors errors)
    {
        if (constraint.CountOf("matchLabelKeys") == 0)
        {
            return;
        }

        if (constraint["labelSelector"] is null)
        {
            errors.Forbidden(path.Child("matchLabelKeys"), "must not be specified when labelSelector is not set");
            return;
        }

        var index = 0;
        foreach (var key in constraint.Words("matchLabelKeys"))
        {
            errors.Form(path.Child("matchLabelKeys").Index(index++), key, NameChecks.Qualified);
        }
    }
}
