using Naru.Kinds.Metadata;
using Naru.Kinds.Rules;
using Naru.Objects.Kinds;
using Naru.Objects.Values;

namespace Naru.Kinds.PodTemplates;

/// <summary>The rules of what containers and pods ask for and may use.</summary>
internal static class ResourceValidation
{
    /// <summary>A container's resources.</summary>
    public static void ValidateContainer(MapValue resources, PodScope scope, FieldPath path, FieldErrors errors)
    {
        ValidateSides(resources, path, static name => name is "cpu" or "memory" or "ephemeral-storage" || name.StartsWith("hugepages-", StringComparison.Ordinal), errors);
        HashSet<string>? seen = null;
        foreach (var (index, claim) in resources.Entries("claims"))
        {
            var name = claim.Str("name");
            var place = path.Child("claims").Index(index);
            if (name.Length == 0)
            {
                errors.Required(place.Child("name"));
            }
            else if (!(seen ??= new(StringComparer.Ordinal)).Add($"{name}/{claim.Str("request")}"))
            {
                errors.Duplicate(place.Child("name"), name);
            }
            else if (scope.Claims?.Contains(name) != true)
            {
                errors.NotFound(place.Child("name"), name);
            }
        }
    }

    /// <summary>Resources of a pod as a whole.</summary>
    public static void ValidatePod(MapValue spec, MapValue resources, FieldPath path, FieldErrors errors)
    {
        if (resources.Has("claims"))
        {
            errors.Forbidden(path.Child("claims"), "claims cannot be set for Resources at pod-level");
        }

        foreach (var side in (ReadOnlySpan<string>)["limits", "requests"])
        {
            foreach (var (name, _) in resources.Under(side).AsSpan())
            {
                if (!PodResources.IsForPods(name))
                {
                    errors.NotSupported(path.Child(side).Key(name), name, "cpu", "hugepages-*", "memory");
                }
            }
        }

        ValidateSides(resources, path, PodResources.IsForPods, errors);
        foreach (var (name, sum) in PodResources.Sum(spec, "requests"))
        {
            var asked = resources.Under("requests").Amount(name) ?? default;
            if (PodResources.IsForPods(name) && sum > asked)
            {
                errors.Invalid(path.Child("requests").Key(name), asked.ToString(), $"must be greater than or equal to aggregate container requests of {sum}");
            }
        }
    }

    /// <summary>Amounts by name of resource, none below zero.</summary>
    public static void ValidateAmounts(MapValue amounts, FieldPath path, FieldErrors errors)
    {
        foreach (var (name, value) in amounts.AsSpan())
        {
            errors.Form(path.Key(name), name, NameChecks.Qualified);
            ValidateAmount(name, value, path.Key(name), errors);
        }
    }

    private static void ValidateSides(MapValue resources, FieldPath path, Func<string, bool> isNative, FieldErrors errors)
    {
        var limits = resources["limits"] as MapValue;
        var requests = resources["requests"] as MapValue;
        if (limits is not null)
        {
            ValidateSide(limits, path.Child("limits"), isNative, errors);
        }

        if (requests is null)
        {
            return;
        }

        ValidateSide(requests, path.Child("requests"), isNative, errors);
        foreach (var (name, value) in requests.AsSpan())
        {
            var fixedAmount = IsFixed(name);
            if (limits?.Amount(name) is not { } limit)
            {
                if (fixedAmount)
                {
                    errors.Required(path.Child("limits"), "Limit must be set for non overcommitable resources");
                }

                continue;
            }

            if (Reading.AmountOf(value) is { } request && (fixedAmount ? request != limit : request > limit))
            {
                errors.Invalid(path.Child("requests"), value, fixedAmount ? $"must be equal to {name} limit of {limit}" : $"must be less than or equal to {name} limit of {limit}");
            }
        }
    }

    private static void ValidateSide(MapValue amounts, FieldPath path, Func<string, bool> isNative, FieldErrors errors)
    {
        foreach (var (name, value) in amounts.AsSpan())
        {
            if (!isNative(name) && !name.Contains('/', StringComparison.Ordinal))
            {
                if (NameChecks.Qualified(name) is { } wrong)
                {
                    errors.Invalid(path.Key(name), name, wrong);
                }

                errors.Invalid(path.Key(name), name, "must be a standard resource type or fully qualified");
                errors.Invalid(path.Key(name), name, "must be a standard resource for containers");
            }
            else if (name.Contains('/', StringComparison.Ordinal) && NameChecks.Qualified(name) is { } wrong)
            {
                errors.Invalid(path.Key(name), name, wrong);
            }

            ValidateAmount(name, value, path.Key(name), errors);
        }
    }

    private static void ValidateAmount(string name, Value value, FieldPath path, FieldErrors errors)
    {
        if (Reading.AmountOf(value) is not { } amount)
        {
            errors.Invalid(path, value, "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'");
        }
        else if (amount.Sign < 0)
        {
            errors.Invalid(path, amount.ToString(), "must be greater than or equal to 0");
        }
        else if (IsExtended(name) && amount.MilliValue % 1000 != 0)
        {
            errors.Invalid(path, amount.ToString(), "must be an integer");
        }
    }

    private static bool IsFixed(string name) => name.StartsWith("hugepages-", StringComparison.Ordinal) || IsExtended(name);

    private static bool IsExtended(string name) => name.Contains('/', StringComparison.Ordinal) && !name.Contains("kubernetes.io/", StringComparison.Ordinal);

}
