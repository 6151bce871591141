using Naru.Core.Networks;
using Naru.Traffic.Networks;

namespace Naru.Traffic.Sandboxes;

/// <summary>Which of a sandbox's networks is its way out: the highest priority asked for, then the first name. Internal networks lead nowhere.</summary>
internal static class WayOut
{
    internal static Endpoint? Choose(IEnumerable<(LiveNetwork Network, Endpoint Endpoint)> endpoints, bool isV6) => endpoints
        .Where(item => !item.Network.Spec.Internal && (isV6 ? item.Endpoint.IPv6Gateway : item.Endpoint.Gateway).Length > 0)
        .OrderByDescending(static item => item.Endpoint.Spec.GatewayPriority)
        .ThenBy(static item => item.Network.Name, StringComparer.Ordinal)
        .Select(static item => item.Endpoint)
        .FirstOrDefault();
}
