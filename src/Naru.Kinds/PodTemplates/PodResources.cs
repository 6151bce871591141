using Naru.Kinds.Rules;
using Naru.Objects.Quantities;
using Naru.Objects.Values;

namespace Naru.Kinds.PodTemplates;

/// <summary>Resources of a pod as a whole, and the class of service that they earn it.</summary>
internal static class PodResources
{
    private static readonly string[] Computing = ["cpu", "memory"];

    /// <summary>Whether a resource may be asked for by the pod as a whole.</summary>
    public static bool IsForPods(string name) => name is "cpu" or "memory" || name.StartsWith("hugepages-", StringComparison.Ordinal);

    /// <summary>Requests of the pod where only its limits are given: the sum of its containers', or the limit.</summary>
    public static void SetDefaults(MapValue spec, MapValue resources)
    {
        if (resources["limits"] is not MapValue { Count: > 0 } limits)
        {
            return;
        }

        var requests = resources["requests"] as MapValue ?? [];
        foreach (var (name, amount) in Sum(spec, "requests"))
        {
            if (name is "cpu" or "memory")
            {
                requests.Default(name, amount.ToString());
            }
        }

        foreach (var (name, amount) in limits.AsSpan())
        {
            if (IsForPods(name))
            {
                requests.Default(name, amount);
            }
        }

        if (requests.Count > 0)
        {
            resources["requests"] = requests;
        }
    }

    /// <summary>What the containers need together: init containers run before the others, those that stay run beside them.</summary>
    public static Dictionary<string, Quantity> Sum(MapValue spec, string side)
    {
        var sum = new Dictionary<string, Quantity>(StringComparer.Ordinal);
        foreach (var (_, container) in spec.Entries("containers"))
        {
            Add(sum, container.Under("resources").Under(side), static (one, other) => one + other);
        }

        var staying = new Dictionary<string, Quantity>(StringComparer.Ordinal);
        var most = new Dictionary<string, Quantity>(StringComparer.Ordinal);
        foreach (var (_, container) in spec.Entries("initContainers"))
        {
            var amounts = container.Under("resources").Under(side);
            if (container.Str("restartPolicy") == "Always")
            {
                Add(sum, amounts, static (one, other) => one + other);
                Add(staying, amounts, static (one, other) => one + other);
                continue;
            }

            foreach (var (name, value) in amounts.AsSpan())
            {
                var needed = (Reading.AmountOf(value) ?? default) + staying.GetValueOrDefault(name);
                most[name] = Quantity.Max(most.GetValueOrDefault(name), needed);
            }
        }

        foreach (var (name, amount) in most)
        {
            sum[name] = sum.TryGetValue(name, out var there) ? Quantity.Max(there, amount) : amount;
        }

        return sum;
    }

    /// <summary><c>Guaranteed</c>, <c>Burstable</c> or <c>BestEffort</c>.</summary>
    public static string QualityOf(MapValue spec)
    {
        var any = false;
        var guaranteed = true;
        if (spec["resources"] is MapValue { Count: > 0 } whole)
        {
            Judge(whole, ref any, ref guaranteed);
            return Word(any, guaranteed);
        }

        foreach (var list in (ReadOnlySpan<string>)["containers", "initContainers"])
        {
            foreach (var (_, container) in spec.Entries(list))
            {
                Judge(container.Under("resources"), ref any, ref guaranteed);
            }
        }

        return Word(any, guaranteed);
    }

    private static string Word(bool any, bool guaranteed) => !any ? "BestEffort" : guaranteed ? "Guaranteed" : "Burstable";

    private static void Judge(MapValue resources, ref bool any, ref bool guaranteed)
    {
        var requests = resources["requests"] as MapValue;
        var limits = resources["limits"] as MapValue;
        foreach (var name in Computing)
        {
            var request = requests?.Amount(name) is { Sign: > 0 } asked ? asked : (Quantity?)null;
            var limit = limits?.Amount(name) is { Sign: > 0 } most ? most : (Quantity?)null;
            any |= request is not null || limit is not null;
            guaranteed &= limit is not null && (request is null || request == limit);
        }
    }

    private static void Add(Dictionary<string, Quantity> sum, MapValue amounts, Func<Quantity, Quantity, Quantity> join)
    {
        foreach (var (name, value) in amounts.AsSpan())
        {
            var amount = Reading.AmountOf(value) ?? default;
            sum[name] = sum.TryGetValue(name, out var there) ? join(there, amount) : amount;
        }
    }
}
