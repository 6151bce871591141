using System.Collections.Concurrent;
using System.Net;
using Naru.Core.Traffic;

namespace Naru.Traffic.Ports;

/// <summary>The ports of this host that services lead on: containers cannot publish them. Any thread.</summary>
internal sealed class NodePorts
{
    private readonly ConcurrentDictionary<(string Protocol, ushort Port), string> _services = new();

    /// <summary>A service has other ports now.</summary>
    /// <returns>Those that it had not before.</returns>
    public IReadOnlyList<(string Protocol, ushort Port)> Set(string service, ServiceRoutes? before, ServiceRoutes? now)
    {
        var (old, wanted) = (Of(before), Of(now));
        foreach (var port in old.Where(port => !wanted.Contains(port)))
        {
            _services.TryRemove(KeyValuePair.Create(port, service));
        }

        foreach (var port in wanted)
        {
            _services[port] = service;
        }

        return [.. wanted.Where(port => !old.Contains(port))];
    }

    /// <summary>A service has the port.</summary>
    public bool Holds(string protocol, ushort port) => _services.ContainsKey((protocol, port));

    private static HashSet<(string Protocol, ushort Port)> Of(ServiceRoutes? routes) =>
        (routes?.Frontends ?? []).Where(static one => one.Address.Equals(IPAddress.Any) || one.Address.Equals(IPAddress.IPv6Any)).Select(static one => (one.Protocol, one.Port)).ToHashSet();
}
