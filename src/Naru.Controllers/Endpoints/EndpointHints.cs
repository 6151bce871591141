using Naru.Objects.Values;

namespace Naru.Controllers.Endpoints;

/// <summary>Says for whom an endpoint is, where the service wants its traffic to stay near. Pure.</summary>
internal static class EndpointHints
{
    /// <summary>Sets the hints of an endpoint that has its node and zone already.</summary>
    /// <param name="endpoint">The endpoint.</param>
    /// <param name="distribution">The service's <c>trafficDistribution</c>; null: it does not care.</param>
    public static void Set(MapValue endpoint, string? distribution)
    {
        if (distribution is not ("PreferClose" or "PreferSameZone" or "PreferSameNode"))
        {
            return;
        }

        var hints = new MapValue(2);
        if (endpoint.Text("zone") is { Length: > 0 } zone)
        {
            hints["forZones"] = new ListValue([new MapValue(1) { ["name"] = zone }]);
        }

        if (distribution == "PreferSameNode" && endpoint.Text("nodeName") is { Length: > 0 } node)
        {
            hints["forNodes"] = new ListValue([new MapValue(1) { ["name"] = node }]);
        }

        if (hints.Count > 0)
        {
            endpoint["hints"] = hints;
        }
    }
}
