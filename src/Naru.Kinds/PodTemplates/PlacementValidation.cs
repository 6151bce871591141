using Naru.Kinds.Metadata;
using Naru.Kinds.Rules;
using Naru.Objects.Kinds;
using Naru.Objects.Values;

namespace Naru.Kinds.PodTemplates;

/// <summary>The rules of where a pod may, should and must not run.</summary>
internal static class PlacementValidation
{
    /// <summary>Gates, tolerations, spreading and affinity.</summary>
    public static void Validate(MapValue spec, FieldPath path, FieldErrors errors)
    {
        if (spec.CountOf("tolerations") > 0)
        {
            ValidateTolerations(spec, path.Child("tolerations"), errors);
        }

        if (spec.CountOf("schedulingGates") > 0)
        {
            ValidateGates(spec, path.Child("schedulingGates"), errors);
        }

        if (spec.CountOf("topologySpreadConstraints") > 0)
        {
            SpreadValidation.Validate(spec, path.Child("topologySpreadConstraints"), errors);
        }

        if (spec["affinity"] is MapValue affinity)
        {
            AffinityValidation.Validate(affinity, path.Child("affinity"), errors);
        }
    }

    /// <summary>A list of tolerations.</summary>
    public static void ValidateTolerations(MapValue holder, FieldPath path, FieldErrors errors)
    {
        foreach (var (index, toleration) in holder.Entries("tolerations"))
        {
            var place = path.Index(index);
            var key = toleration.Str("key");
            var way = toleration.Str("operator");
            var effect = toleration.Str("effect");
            if (key.Length > 0)
            {
                errors.Form(place.Child("key"), key, NameChecks.Qualified);
            }
            else if (way != "Exists")
            {
                errors.Invalid(place.Child("operator"), way, "operator must be Exists when `key` is empty, which means \"match all values and all keys\"");
            }

            if (toleration.Has("tolerationSeconds") && effect != "NoExecute")
            {
                errors.Invalid(place.Child("effect"), effect, "effect must be 'NoExecute' when `tolerationSeconds` is set");
            }

            ValidateOperator(way, toleration.Str("value"), place.Child("operator"), errors);
            if (effect.Length > 0)
            {
                errors.Word(place.Child("effect"), effect, "NoSchedule", "PreferNoSchedule", "NoExecute");
            }
        }
    }

    private static void ValidateOperator(string way, string value, FieldPath path, FieldErrors errors)
    {
        switch (way)
        {
            case "" or "Equal":
                errors.Form(path, value, NameChecks.LabelValue);
                break;
            case "Exists":
                if (value.Length > 0)
                {
                    errors.Invalid(path, value, "value must be empty when `operator` is 'Exists'");
                }

                break;
            default:
                errors.NotSupported(path, way, "Equal", "Exists");
                break;
        }
    }

    private static void ValidateGates(MapValue spec, FieldPath path, FieldErrors errors)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (index, gate) in spec.Entries("schedulingGates"))
        {
            var name = gate.Str("name");
            errors.Form(path.Index(index), name, NameChecks.Qualified);
            if (!names.Add(name))
            {
                errors.Duplicate(path.Index(index), name);
            }
        }
    }
}
