using Naru.Objects.Quantities;
using Naru.Objects.Values;

namespace Naru.Objects.Quotas;

/// <summary>What a pod asks for as a whole: its containers together, or the largest moment of its start, and what running it costs.</summary>
public static class PodResources
{
    /// <summary>Requests by resource.</summary>
    public static Dictionary<string, Quantity> Requests(MapValue pod) => Sum(pod, "requests");

    /// <summary>Limits by resource. Overhead counts only for what has a limit at all.</summary>
    public static Dictionary<string, Quantity> Limits(MapValue pod) => Sum(pod, "limits");

    /// <summary>Neither the pod nor a container of it asks for any CPU or memory.</summary>
    public static bool IsBestEffort(MapValue pod) =>
        !Containers(pod).Append(pod.Map("spec")).Any(static one => HasCompute(one?.Map("resources", "requests")) || HasCompute(one?.Map("resources", "limits")));

    /// <summary>Init containers, then containers.</summary>
    public static IEnumerable<MapValue> Containers(MapValue pod) => pod.Maps("spec", "initContainers").Concat(pod.Maps("spec", "containers"));

    /// <summary>Quantities of a map; what cannot be read is left out.</summary>
    public static Dictionary<string, Quantity> Read(MapValue? map)
    {
        var all = new Dictionary<string, Quantity>(StringComparer.Ordinal);
        foreach (var (name, value) in map ?? [])
        {
            if (Quantity.TryParse(value.ToString(), out var quantity))
            {
                all[name] = quantity;
            }
        }

        return all;
    }

    private static Dictionary<string, Quantity> Sum(MapValue pod, string field)
    {
        var all = new Dictionary<string, Quantity>(StringComparer.Ordinal);
        foreach (var container in pod.Maps("spec", "containers"))
        {
            Add(all, Read(container.Map("resources", field)));
        }

        // Sidecars run beside everything after them; other init containers run alone, but for the sidecars before them.
        var sidecars = new Dictionary<string, Quantity>(StringComparer.Ordinal);
        var start = new Dictionary<string, Quantity>(StringComparer.Ordinal);
        foreach (var container in pod.Maps("spec", "initContainers"))
        {
            var own = Read(container.Map("resources", field));
            if (container.Text("restartPolicy") == "Always")
            {
                Add(all, own);
                Add(sidecars, own);
                Raise(start, sidecars);
            }
            else
            {
                Add(own, sidecars);
                Raise(start, own);
            }
        }

        Raise(all, start);
        foreach (var (name, quantity) in Read(pod.Map("spec", "resources", field)))
        {
            all[name] = quantity;
        }

        foreach (var (name, quantity) in Read(pod.Map("spec", "overhead")))
        {
            if (field == "requests" || all.ContainsKey(name))
            {
                all[name] = all.GetValueOrDefault(name) + quantity;
            }
        }

        return all;
    }

    private static void Add(Dictionary<string, Quantity> all, Dictionary<string, Quantity> more)
    {
        foreach (var (name, quantity) in more)
        {
            all[name] = all.GetValueOrDefault(name) + quantity;
        }
    }

    private static void Raise(Dictionary<string, Quantity> all, Dictionary<string, Quantity> other)
    {
        foreach (var (name, quantity) in other)
        {
            all[name] = Quantity.Max(all.GetValueOrDefault(name), quantity);
        }
    }

    private static bool HasCompute(MapValue? map) => Read(map).Any(static one => one.Key is "cpu" or "memory" && !one.Value.IsZero);
}
