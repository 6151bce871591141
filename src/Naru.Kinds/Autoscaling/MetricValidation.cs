using Naru.Kinds.Rules;
using Naru.Objects.Kinds;
using Naru.Objects.Values;

namespace Naru.Kinds.Autoscaling;

/// <summary>The rules of what an autoscaler watches and how fast it may move.</summary>
internal static class MetricValidation
{
    private static readonly (string Type, string Field)[] Sources = [("ContainerResource", "containerResource"), ("External", "external"), ("Object", "object"), ("Pods", "pods"), ("Resource", "resource")];

    /// <summary>Metrics and behaviour.</summary>
    public static void Validate(MapValue spec, FieldPath path, FieldErrors errors)
    {
        foreach (var (index, metric) in spec.Entries("metrics"))
        {
            ValidateMetric(metric, path.Child("metrics").Index(index), errors);
        }

        if (spec["behavior"] is MapValue behavior)
        {
            foreach (var side in (ReadOnlySpan<string>)["scaleUp", "scaleDown"])
            {
                if (behavior[side] is MapValue rules)
                {
                    ValidateRules(rules, path.Child("behavior", side), errors);
                }
            }
        }
    }

    private static void ValidateMetric(MapValue metric, FieldPath path, FieldErrors errors)
    {
        var type = metric.Str("type");
        if (type.Length == 0)
        {
            errors.Required(path.Child("type"), "must specify a metric source type");
            return;
        }

        var known = Sources.FirstOrDefault(one => one.Type == type);
        if (known.Field is null)
        {
            errors.NotSupported(path.Child("type"), type, Sources.Select(static one => one.Type));
            return;
        }

        foreach (var (_, field) in Sources)
        {
            if (field != known.Field && metric.Has(field))
            {
                errors.Forbidden(path.Child(field), "must populate the given metric source only");
            }
        }

        if (metric[known.Field] is not MapValue source)
        {
            errors.Required(path.Child(known.Field), "must populate information for the given metric source");
            return;
        }

        var place = path.Child(known.Field);
        if (type is "Resource" or "ContainerResource")
        {
            errors.RequiredField(source, place, "name", "must specify a resource name");
            if (type == "ContainerResource")
            {
                errors.RequiredField(source, place, "container", "must specify a container");
            }
        }
        else
        {
            errors.RequiredField(source.Under("metric"), place.Child("metric"), "name", "must specify a metric name");
        }

        ValidateTarget(source.Under("target"), type, place.Child("target"), errors);
    }

    private static void ValidateTarget(MapValue target, string type, FieldPath path, FieldErrors errors)
    {
        errors.RequiredWord(path.Child("type"), target.Str("type"), "AverageValue", "Utilization", "Value");
        if (target.Integer("averageUtilization") is < 1 and var share)
        {
            errors.Invalid(path.Child("averageUtilization"), share, "must be greater than 0");
        }

        foreach (var name in (ReadOnlySpan<string>)["value", "averageValue"])
        {
            if (target.Amount(name) is { Sign: <= 0 })
            {
                errors.Invalid(path.Child(name), target[name], "must be positive");
            }
        }

        var hasShare = target.Has("averageUtilization");
        if (type is "Resource" or "ContainerResource" && hasShare == target.Has("averageValue"))
        {
            if (hasShare)
            {
                errors.Forbidden(path.Child("averageValue"), "may not set both a target raw value and a target utilization");
            }
            else
            {
                errors.Required(path.Child("averageUtilization"), "must set either a target raw value or a target utilization");
            }
        }
    }

    private static void ValidateRules(MapValue rules, FieldPath path, FieldErrors errors)
    {
        if (rules["stabilizationWindowSeconds"] is IntegerValue window)
        {
            if (window.Number < 0)
            {
                errors.Invalid(path.Child("stabilizationWindowSeconds"), window, "must be greater than or equal to zero");
            }
            else if (window.Number > 3600)
            {
                errors.Invalid(path.Child("stabilizationWindowSeconds"), window, "must be less than or equal to 3600");
            }
        }

        errors.OptionalWord(rules, path, "selectPolicy", "Disabled", "Max", "Min");
        if (rules.CountOf("policies") == 0)
        {
            errors.Required(path.Child("policies"), "must specify at least one Policy");
        }

        foreach (var (index, policy) in rules.Entries("policies"))
        {
            var place = path.Child("policies").Index(index);
            errors.Word(place.Child("type"), policy.Str("type"), "Percent", "Pods");
            if (policy.Int("value") <= 0)
            {
                errors.Invalid(place.Child("value"), policy.Int("value"), "must be greater than zero");
            }

            if (policy.Int("periodSeconds") <= 0)
            {
                errors.Invalid(place.Child("periodSeconds"), policy.Int("periodSeconds"), "must be greater than zero");
            }
            else if (policy.Int("periodSeconds") > 1800)
            {
                errors.Invalid(place.Child("periodSeconds"), policy.Int("periodSeconds"), "must be less than or equal to 1800");
            }
        }
    }
}
