using Naru.Kinds.Rules;
using Naru.Objects.Kinds;
using Naru.Objects.Values;

namespace Naru.Kinds.Core;

/// <summary>Limit ranges.</summary>
internal sealed class LimitRangeRules : KindRules
{
    /// <inheritdoc/>
    public override bool CreatesOnUpdate => true;

    /// <inheritdoc/>
    public override void SetDefaults(MapValue body)
    {
        foreach (var (_, item) in body.Under("spec").Entries("limits"))
        {
            if (item.Str("type") != "Container")
            {
                continue;
            }

            var limits = item["default"] as MapValue ?? [];
            var requests = item["defaultRequest"] as MapValue ?? [];
            Fill(limits, item.Under("max"));
            Fill(requests, limits);
            Fill(requests, item.Under("min"));
            item["default"] = limits.Count == 0 ? null : limits;
            item["defaultRequest"] = requests.Count == 0 ? null : requests;
        }
    }

    /// <inheritdoc/>
    protected override void Validate(MapValue body, FieldErrors errors)
    {
        var types = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (index, item) in body.Under("spec").Entries("limits"))
        {
            var place = FieldPath.Spec.Child("limits").Index(index);
            var type = item.Str("type");
            if (!types.Add(type))
            {
                errors.Duplicate(place.Child("type"), type);
            }

            if (type == "Pod")
            {
                foreach (var side in (ReadOnlySpan<string>)["default", "defaultRequest"])
                {
                    if (item.Filled(side))
                    {
                        errors.Forbidden(place.Child(side), "may not be specified when `type` is 'Pod'");
                    }
                }
            }

            if (type == "PersistentVolumeClaim" && item.Under("min")["storage"] is null && item.Under("max")["storage"] is null)
            {
                errors.Required(place.Child("limits"), "either minimum or maximum storage value is required, but neither was provided");
            }

            ValidateOrder(item, place, errors);
        }
    }

    private static void Fill(MapValue target, MapValue source)
    {
        foreach (var (name, amount) in source.AsSpan())
        {
            target.Default(name, amount);
        }
    }

    private static void ValidateOrder(MapValue item, FieldPath path, FieldErrors errors)
    {
        foreach (var (low, high, words) in ((string, string, string)[])
                 [
                     ("min", "max", "min value {0} is greater than max value {1}"),
                     ("min", "defaultRequest", "min value {0} is greater than default request value {1}"),
                     ("defaultRequest", "max", "default request value {0} is greater than max value {1}"),
                     ("defaultRequest", "default", "default request value {0} is greater than default limit value {1}"),
                     ("min", "default", "min value {0} is greater than default value {1}"),
                     ("default", "max", "default value {0} is greater than max value {1}"),
                 ])
        {
            foreach (var (name, value) in item.Under(low).AsSpan())
            {
                if (Reading.AmountOf(value) is { } less && item.Under(high).Amount(name) is { } more && less > more)
                {
                    errors.Invalid(path.Child(low).Key(name), value, words.Replace("{0}", less.ToString(), StringComparison.Ordinal).Replace("{1}", more.ToString(), StringComparison.Ordinal));
                }
            }
        }

        foreach (var (name, value) in item.Under("maxLimitRequestRatio").AsSpan())
        {
            if (Reading.AmountOf(value) is { } ratio && ratio < Objects.Quantities.Quantity.FromUnits(1))
            {
                errors.Invalid(path.Child("maxLimitRequestRatio").Key(name), value, $"ratio {ratio} is less than 1");
            }
        }
    }
}
