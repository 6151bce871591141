using System.Globalization;
using System.Text;
using Naru.Agent.Pods;
using Naru.Objects.Quantities;

namespace Naru.Agent.Eviction;

/// <summary>Who has to go when something runs short. Pure.</summary>
internal static class EvictionOrder
{
    /// <summary>The pod to be ended: first those that use more than they asked for, then those of lower priority, then those that use most beyond what they asked for. Null: none may be.</summary>
    public static PodPressure? Choose(IEnumerable<PodPressure> pods) => pods
        .Where(static one => one.Pod is { IsCritical: false, IsTerminal: false, IsDeleted: false })
        .OrderByDescending(static one => one.Used > one.Asked)
        .ThenBy(static one => one.Pod.Priority)
        .ThenByDescending(static one => one.Used - one.Asked)
        .ThenBy(static one => one.Pod.Uid, StringComparer.Ordinal)
        .FirstOrDefault();

    /// <summary>How its status tells it.</summary>
    /// <param name="chosen">The pod.</param>
    /// <param name="resource">What is short: memory, ephemeral-storage.</param>
    /// <param name="threshold">The least that has to be available, bytes.</param>
    /// <param name="available">What is, bytes.</param>
    public static PodEnd EndOf(PodPressure chosen, string resource, long threshold, long available)
    {
        var message = new StringBuilder(string.Create(CultureInfo.InvariantCulture, $"The node was low on resource: {resource}. Threshold quantity: {Text(threshold)}, available: {Text(available / 1024 * 1024)}. "));
        foreach (var (name, used, asked) in chosen.Containers.Where(static one => !Quantity.TryParse(one.Asked, out var quantity) || one.Used > quantity.Value))
        {
            message.Append(CultureInfo.InvariantCulture, $"Container {name} was using {Text(used / 1024 * 1024)}, request is {asked}, has larger consumption of {resource}. ");
        }

        return new PodEnd("Evicted", message.ToString(), IsDisruption: true, Grace: TimeSpan.Zero);
    }

    private static string Text(long bytes) => Quantity.FromUnits(bytes, QuantityFormat.BinarySI).ToString();
}
