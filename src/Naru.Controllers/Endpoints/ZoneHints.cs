using Naru.Objects.Values;

namespace Naru.Controllers.Endpoints;

/// <summary>
/// Spreads endpoints over zones as processors are (<c>service.kubernetes.io/topology-mode: Auto</c>): each is for its own zone, and zones with too few get some of zones that have more than their
/// share. If no zone can be kept from too great a load nothing is hinted. Pure.
/// </summary>
internal static class ZoneHints
{
    // A zone may get so much more traffic for each of its endpoints than the average.
    private const double Overload = 1.2;
    private static readonly string[] Annotations = ["service.kubernetes.io/topology-mode", "service.kubernetes.io/topology-aware-hints"];

    /// <summary>Whether a service asks for it.</summary>
    public static bool IsWanted(MapValue service) =>
        Annotations.Select(name => service.Text("metadata", "annotations", name)).FirstOrDefault(static value => value is not null) is "Auto" or "auto";

    /// <summary>Sets the hints of all endpoints of one family, or of none.</summary>
    /// <param name="endpoints">Endpoints that are ready, with their zones, in a lasting order.</param>
    /// <param name="shares">What part each zone has; null: not known.</param>
    /// <returns>Why nothing is hinted; null: all have hints.</returns>
    public static string? Set(IReadOnlyList<MapValue> endpoints, IReadOnlyDictionary<string, double>? shares)
    {
        if (shares is null)
        {
            return "Insufficient Node information: allocatable CPU or zone not specified on one or more nodes";
        }

        if (endpoints.Count < shares.Count)
        {
            return $"Insufficient number of endpoints ({endpoints.Count}), impossible to safely allocate proportionally";
        }

        var least = shares.ToDictionary(static one => one.Key, one => (int)Math.Ceiling((one.Value * endpoints.Count / Overload) - 1e-9), StringComparer.Ordinal);
        if (least.Values.Sum() > endpoints.Count)
        {
            return "Minimum allocation of required endpoints exceeds overload threshold for one or more zones";
        }

        if (endpoints.Any(static one => one.Text("zone") is not { Length: > 0 }))
        {
            return "No zone specified for one or more endpoints";
        }

        var given = endpoints.GroupBy(static one => one.Text("zone")!, StringComparer.Ordinal).ToDictionary(static zone => zone.Key, static zone => new Stack<MapValue>(zone), StringComparer.Ordinal);
        Even(given, least, shares, endpoints.Count);
        foreach (var (zone, some) in given)
        {
            foreach (var endpoint in some)
            {
                endpoint["hints"] = new MapValue(1) { ["forZones"] = new ListValue([new MapValue(1) { ["name"] = zone }]) };
            }
        }

        return null;
    }

    // One after another goes from the zone with the most above its share to the one that lacks the most.
    private static void Even(Dictionary<string, Stack<MapValue>> given, Dictionary<string, int> least, IReadOnlyDictionary<string, double> shares, int count)
    {
        while (true)
        {
            var (poor, lacks) = least.Select(zone => (zone.Key, Lacks: zone.Value - given.GetValueOrDefault(zone.Key, []).Count)).OrderByDescending(static zone => zone.Lacks).ThenBy(static zone => zone.Key, StringComparer.Ordinal).First();
            if (lacks <= 0)
            {
                return;
            }

            var rich = given.Where(zone => zone.Value.Count > least.GetValueOrDefault(zone.Key))
                .OrderByDescending(zone => zone.Value.Count - (shares.GetValueOrDefault(zone.Key) * count)).ThenBy(static zone => zone.Key, StringComparer.Ordinal).First().Value;
            (given.TryGetValue(poor, out var there) ? there : given[poor] = []).Push(rich.Pop());
        }
    }
}
