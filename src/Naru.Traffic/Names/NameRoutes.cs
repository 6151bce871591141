using System.Net;
using Naru.Traffic.Addresses;

namespace Naru.Traffic.Names;

/// <summary>Domains that servers of their own are asked for; the longest that fits counts.</summary>
internal sealed class NameRoutes(TrafficOptions options)
{
    private readonly (string Domain, IPEndPoint[] Servers)[] _routes = [.. options.DnsRoutes
        .Select(static route => (route.Key.Trim('.').ToLowerInvariant(), route.Value.Select(Parse).OfType<IPEndPoint>().ToArray()))
        .OrderByDescending(static route => route.Item1.Length)];

    /// <summary>The servers for a name; null: those for all other names.</summary>
    internal IReadOnlyList<IPEndPoint>? Find(string name)
    {
        foreach (var (domain, servers) in _routes)
        {
            if (name == domain || (name.Length > domain.Length && name[^(domain.Length + 1)] == '.' && name.EndsWith(domain, StringComparison.Ordinal)))
            {
                return servers;
            }
        }

        return null;
    }

    private static IPEndPoint? Parse(string text) =>
        Subnet.TryParseAddress(text, out var address) ? new IPEndPoint(address, 53)
        : IPEndPoint.TryParse(text, out var place) ? place
        : null;
}
