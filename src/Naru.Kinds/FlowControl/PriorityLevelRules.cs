using Naru.Kinds.Rules;
using Naru.Objects.Kinds;
using Naru.Objects.Values;

namespace Naru.Kinds.FlowControl;

/// <summary>Priority levels of requests.</summary>
internal sealed class PriorityLevelRules : KindRules
{
    /// <inheritdoc/>
    public override bool HasGeneration => true;

    /// <inheritdoc/>
    public override void SetDefaults(MapValue body)
    {
        var spec = body.MakeMap("spec");
        if (spec.Str("type") == "Exempt")
        {
            var exempt = spec.MakeMap("exempt");
            exempt.Default("nominalConcurrencyShares", 0);
            exempt.Default("lendablePercent", 0);
        }

        if (spec["limited"] is not MapValue limited)
        {
            return;
        }

        limited.Default("nominalConcurrencyShares", 30);
        limited.Default("lendablePercent", 0);
        if (limited.Map("limitResponse", "queuing") is { } queuing)
        {
            queuing.DefaultNumber("queues", 64);
            queuing.DefaultNumber("handSize", 8);
            queuing.DefaultNumber("queueLengthLimit", 50);
        }
    }

    /// <inheritdoc/>
    protected override void Validate(MapValue body, FieldErrors errors)
    {
        var spec = body.Under("spec");
        var type = spec.Str("type");
        var limited = spec["limited"] as MapValue;
        if (body.Text("metadata", "name") == "exempt" && type != "Exempt")
        {
            errors.Invalid(FieldPath.Spec.Child("type"), type, "must be 'Exempt' if the name is 'exempt'");
        }

        switch (type)
        {
            case "Exempt":
                if (limited is not null)
                {
                    errors.Forbidden(FieldPath.Spec.Child("limited"), "must be nil if the type is not Limited");
                }

                break;
            case "Limited":
                if (spec.Has("exempt"))
                {
                    errors.Forbidden(FieldPath.Spec.Child("exempt"), "must be nil if the type is Limited");
                }

                if (limited is null)
                {
                    errors.Required(FieldPath.Spec.Child("limited"), "must not be empty when type is Limited");
                }
                else
                {
                    ValidateLimited(limited, FieldPath.Spec.Child("limited"), errors);
                }

                break;
            default:
                errors.NotSupported(FieldPath.Spec.Child("type"), type, "Exempt", "Limited");
                break;
        }
    }

    private static void ValidateLimited(MapValue limited, FieldPath path, FieldErrors errors)
    {
        errors.NotNegative(limited, path, "nominalConcurrencyShares");
        if (limited.Integer("lendablePercent") is < 0 or > 100)
        {
            errors.Invalid(path.Child("lendablePercent"), limited["lendablePercent"], "must be between 0 and 100, inclusive");
        }

        var response = limited.Under("limitResponse");
        var place = path.Child("limitResponse");
        switch (response.Str("type"))
        {
            case "Reject":
                if (response.Has("queuing"))
                {
                    errors.Forbidden(place.Child("queuing"), "must be nil if limited.limitResponse.type is not Queue");
                }

                break;
            case "Queue":
                if (response["queuing"] is MapValue queuing)
                {
                    ValidateQueuing(queuing, place.Child("queuing"), errors);
                }
                else
                {
                    errors.Required(place.Child("queuing"), "must not be empty if limited.limitResponse.type is Queue");
                }

                break;
            default:
                errors.NotSupported(place.Child("type"), response.Str("type"), "Queue", "Reject");
                break;
        }
    }

    private static void ValidateQueuing(MapValue queuing, FieldPath path, FieldErrors errors)
    {
        foreach (var name in (ReadOnlySpan<string>)["queues", "handSize", "queueLengthLimit"])
        {
            if (queuing.Int(name) <= 0)
            {
                errors.Invalid(path.Child(name), queuing.Int(name), "must be positive");
            }
        }

        if (queuing.Int("handSize") > queuing.Int("queues"))
        {
            errors.Invalid(path.Child("handSize"), queuing.Int("handSize"), $"should not be greater than queues ({queuing["queues"]})");
        }

        if (queuing.Int("queues") > 10_000_000)
        {
            errors.Invalid(path.Child("queues"), queuing["queues"], "must not be greater than 10000000");
        }
    }
}
