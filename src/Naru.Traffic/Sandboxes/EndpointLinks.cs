using System.Globalization;
using System.Net;
using System.Net.NetworkInformation;
using System.Security.Cryptography;
using Naru.Core.Networks;
using Naru.Linux.Namespaces;
using Naru.Linux.Netlink;
using Naru.Traffic.Networks;

namespace Naru.Traffic.Sandboxes;

/// <summary>Makes and removes the interfaces of sandboxes.</summary>
internal sealed class EndpointLinks(HostSide host, BridgeLinks bridges, string instanceId)
{
    private int _links = RandomNumberGenerator.GetInt32(int.MaxValue);

    /// <summary>All near ends of this instance begin so.</summary>
    internal string Prefix => $"nv{instanceId}";

    /// <summary>A name that no link has. Names are short: chosen by chance, one of a few hundred links would meet another of them now and then.</summary>
    internal string NewHostLink() => host.Run(() =>
    {
        using var routes = RouteSocket.Open();
        string name;
        do
        {
            name = Prefix + Interlocked.Increment(ref _links).ToString("x8", CultureInfo.InvariantCulture)[^(13 - instanceId.Length)..];
        }
        while (routes.FindLink(name) is not null);
        return name;
    });

    /// <summary>Makes the interfaces of all given endpoints: one request on the host's side, one inside.</summary>
    /// <param name="sandbox">Where they go.</param>
    /// <param name="endpoints">What to make.</param>
    /// <param name="publishes">The container publishes ports, by which it may meet itself.</param>
    internal void Attach(NetworkNamespace sandbox, IReadOnlyList<(LiveNetwork Network, EndpointDocument Endpoint)> endpoints, bool publishes)
    {
        if (endpoints.Count == 0)
        {
            return;
        }

        host.Run(() =>
        {
            using var routes = RouteSocket.Open();
            var batch = new RouteBatch();
            foreach (var (network, endpoint) in endpoints)
            {
                AddOutside(batch, sandbox, network, endpoint, publishes);
            }

            routes.Execute(batch);
        });
        host.Threads.Run(sandbox, () =>
        {
            using var routes = RouteSocket.Open();
            var batch = new RouteBatch();
            foreach (var (network, endpoint) in endpoints)
            {
                AddInside(routes, batch, endpoint.Value, network.Settings.ThroughHost);
            }

            routes.Execute(batch);
        });
    }

    /// <summary>
    /// Waits until the bridges forward to the given endpoints. The kernel takes note of a new carrier a little later (newer ones at once when they
    /// are asked); until then frames are dropped, and a first connection would wait a second for its next try.
    /// </summary>
    internal async Task SettleAsync(IEnumerable<EndpointDocument> endpoints, TimeProvider clock)
    {
        var waiting = endpoints.Select(static endpoint => endpoint.HostLink).Where(static name => name.Length > 0).ToList();
        for (var attempt = 0; attempt < 200; attempt++)
        {
            waiting = host.Run(() =>
            {
                using var routes = RouteSocket.Open();
                return waiting.Where(name => routes.FindLink(name) is { IsOperational: false }).ToList();
            });
            if (waiting.Count == 0)
            {
                return;
            }

            await Task.Delay(TimeSpan.FromMilliseconds(1), clock);
        }
    }

    /// <summary>Removes one interface of a sandbox that lives on.</summary>
    internal void Detach(NetworkNamespace sandbox, EndpointDocument endpoint)
    {
        if (endpoint.HostLink.Length > 0)
        {
            DeleteHostLinks([endpoint.HostLink]);
        }
        else
        {
            host.Threads.Run(sandbox, () =>
            {
                using var routes = RouteSocket.Open();
                routes.Execute(batch => batch.DeleteLink(endpoint.Value.Interface, tolerateMissing: true));
            });
        }
    }

    /// <summary>Points the default routes to the given endpoints; null removes them.</summary>
    internal void SetWayOut(NetworkNamespace sandbox, Endpoint? v4, Endpoint? v6) => host.Threads.Run(sandbox, () =>
    {
        using var routes = RouteSocket.Open();
        var batch = new RouteBatch();
        foreach (var (endpoint, gateway, any) in new[] { (v4, v4?.Gateway, IPAddress.Any), (v6, v6?.IPv6Gateway, IPAddress.IPv6Any) })
        {
            if (endpoint is null)
            {
                batch.DeleteRoute(new RouteInfo(any, 0, null, 0, 0));
            }
            else
            {
                batch.SetRoute(new RouteInfo(any, 0, IPAddress.Parse(gateway!), routes.GetLinkOrThrow(endpoint.Interface).Index, 0));
            }
        }

        routes.Execute(batch);
    });

    internal void DeleteHostLinks(IReadOnlyCollection<string> names) => host.Run(() =>
    {
        using var routes = RouteSocket.Open();
        var batch = new RouteBatch();
        foreach (var name in names)
        {
            batch.DeleteLink(name, tolerateMissing: true);
        }

        routes.Execute(batch);
    });

    /// <summary>The near ends of this instance that exist now.</summary>
    internal IReadOnlySet<string> ListHostLinks() => host.Run<IReadOnlySet<string>>(() =>
    {
        using var routes = RouteSocket.Open();
        return routes.ListLinks().Select(static link => link.Name).Where(name => name.StartsWith(Prefix, StringComparison.Ordinal)).ToHashSet(StringComparer.Ordinal);
    });

    private void AddOutside(RouteBatch batch, NetworkNamespace sandbox, LiveNetwork network, EndpointDocument endpoint, bool publishes)
    {
        var address = PhysicalAddress.Parse(endpoint.Value.MacAddress.Replace(':', '-'));
        switch (network.Spec.Driver)
        {
            case DriverSettings.Macvlan:
                batch.AddMacvlan(endpoint.Value.Interface, network.LinkIndex, Enum.TryParse<MacvlanMode>(network.Settings.Mode, ignoreCase: true, out var mode) ? mode : MacvlanMode.Bridge, address, sandbox.Descriptor, network.Settings.Mtu);
                break;
            case DriverSettings.Ipvlan:
                batch.AddIpvlan(endpoint.Value.Interface, network.LinkIndex, Enum.TryParse<IpvlanMode>(network.Settings.Mode, ignoreCase: true, out var layer) ? layer : IpvlanMode.L2, sandbox.Descriptor, network.Settings.Mtu);
                break;
            default:
                batch.AddVeth(new VethSpec
                {
                    Name = endpoint.HostLink,
                    PeerName = endpoint.Value.Interface,
                    PeerNamespace = sandbox.Descriptor,
                    PeerAddress = address,
                    Mtu = network.Settings.Mtu,
                    MasterIndex = network.LinkIndex,

                    // Where the rules see bridged traffic a packet that they translate to a neighbour is bridged to it: it must get through, and is judged on its way.
                    IsIsolated = (network.Settings.ThroughHost || !network.Settings.Icc) && !bridges.BridgeTrafficIsSeen,
                    IsHairpin = publishes || network.Settings.Hairpin,
                });
                break;
        }
    }

    private static void AddInside(RouteSocket routes, RouteBatch batch, Endpoint endpoint, bool throughHost)
    {
        var index = routes.GetLinkOrThrow(endpoint.Interface).Index;
        if (endpoint.IPv4Address.Length > 0)
        {
            batch.AddAddress(index, IPAddress.Parse(endpoint.IPv4Address), throughHost ? 32 : endpoint.IPv4Prefix);
        }

        if (endpoint.IPv6Address.Length > 0)
        {
            KernelSetting.Write($"net/ipv6/conf/{endpoint.Interface}/disable_ipv6", "0");
            batch.AddAddress(index, IPAddress.Parse(endpoint.IPv6Address), throughHost ? 128 : endpoint.IPv6Prefix);
        }

        foreach (var text in endpoint.Spec.LinkLocalAddresses)
        {
            var address = IPAddress.Parse(text);
            batch.AddAddress(index, address, address.AddressFamily == System.Net.Sockets.AddressFamily.InterNetworkV6 ? 64 : 16);
        }

        batch.SetUp(endpoint.Interface);
        foreach (var gateway in new[] { endpoint.Gateway, endpoint.IPv6Gateway }.Where(text => throughHost && text.Length > 0).Select(IPAddress.Parse))
        {
            batch.SetRoute(new RouteInfo(gateway, 8 * gateway.GetAddressBytes().Length, null, index, 0));
        }
    }
}
