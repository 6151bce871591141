using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using System.Security.Cryptography;
using Naru.Core.Errors;
using Naru.Linux.Namespaces;
using Naru.Linux.Netlink;
using Naru.Traffic.Addresses;

namespace Naru.Traffic.Networks;

/// <summary>The interfaces of networks on the host: bridges, and what lies below macvlans. Every call may be repeated.</summary>
internal sealed class BridgeLinks(HostSide host, string instanceId, IReadOnlyList<string> serviceRanges)
{
    private static readonly IPAddress LinkLocal = IPAddress.Parse("fe80::1");
    private readonly Lazy<bool> _bridgeTrafficIsSeen = new(() => host.Run(NetworkElements.ReadBridgeTrafficIsSeen));

    /// <summary>Marks links as this instance's (shown by <c>ip -d link</c> as alias).</summary>
    internal string Mark => $"naru:{instanceId}";

    /// <summary>Makes the network's interface unless it is there, and sets its index. An interface that somebody else made is used as it is.</summary>
    /// <returns>True if the interface is this instance's.</returns>
    internal bool Ensure(LiveNetwork network) => host.Run(() =>
    {
        using var routes = RouteSocket.Open();
        var found = routes.FindLink(network.Document.Interface);
        var owned = found is null || found.Alias.StartsWith(Mark, StringComparison.Ordinal);
        if (network.IsLayered)
        {
            found ??= MakeParent(routes, network);
            CheckKind(routes, network, found);
        }
        else if (found is null)
        {
            var address = RandomNumberGenerator.GetBytes(6);
            (address[0], address[1]) = (0x02, 0x42);
            routes.Execute(batch => batch.AddBridge(network.Document.Interface, new PhysicalAddress(address), network.Settings.Mtu, $"{Mark}:{network.Id[..12]}"));
            found = routes.GetLinkOrThrow(network.Document.Interface);
        }
        else if (found.Kind != "bridge")
        {
            throw new NaruException(ErrorKind.InvalidArgument, $"interface {found.Name} is not a bridge");
        }

        network.LinkIndex = found.Index;
        if (network.IsBridge)
        {
            Configure(routes, network, found);
        }

        return owned;
    });

    /// <summary>Traffic between two ports of a bridge meets the rules (br_netfilter); read once.</summary>
    internal bool BridgeTrafficIsSeen => _bridgeTrafficIsSeen.Value;

    /// <summary>Deletes a link if it carries this instance's mark.</summary>
    internal void DeleteOwned(string name) => host.Run(() =>
    {
        using var routes = RouteSocket.Open();
        if (routes.FindLink(name) is { } link && link.Alias.StartsWith(Mark, StringComparison.Ordinal))
        {
            routes.Execute(batch => batch.DeleteLink(name, tolerateMissing: true));
        }
    });

    /// <summary>Names of the links that carry this instance's mark.</summary>
    internal IReadOnlyList<string> ListOwned() => host.Run<IReadOnlyList<string>>(() =>
    {
        using var routes = RouteSocket.Open();
        return [.. routes.ListLinks().Where(link => link.Alias.StartsWith(Mark, StringComparison.Ordinal)).Select(static link => link.Name)];
    });

    /// <summary>What the host's links and routes use already; the default route does not count.</summary>
    internal IReadOnlyList<Subnet> UsedSubnets() => host.Run<IReadOnlyList<Subnet>>(static () =>
    {
        using var routes = RouteSocket.Open();
        var used = routes.ListAddresses().Select(static address => Subnet.Of(address.Address, address.PrefixLength)).ToList();
        used.AddRange(routes.ListRoutes().Where(static route => route.PrefixLength > 0).Select(static route => Subnet.Of(route.Destination, route.PrefixLength)));
        return used;
    });

    private void Configure(RouteSocket routes, LiveNetwork network, LinkInfo link)
    {
        var batch = new RouteBatch();
        foreach (var pool in new[] { network.PoolV4, network.PoolV6 }.OfType<AddressPool>())
        {
            if (pool.Gateway is { } gateway)
            {
                batch.AddAddress(link.Index, gateway, pool.Subnet.PrefixLength, tolerateExisting: true);
            }
        }

        if (network.PoolV6 is not null)
        {
            // Ready at once: without a link-local address that is past its checks the host cannot ask who has a container's address.
            batch.AddAddress(link.Index, LinkLocal, 64, tolerateExisting: true);
        }

        var setting = $"net/ipv6/conf/{link.Name}/";
        KernelSetting.Write(setting + "accept_ra", "0");
        KernelSetting.Write(setting + "disable_ipv6", network.PoolV6 is null ? "1" : "0");

        // Ports published on the host's loopback: answers come back over the bridge. The rules keep others from using this way in.
        KernelSetting.Write($"net/ipv4/conf/{link.Name}/route_localnet", "1");
        if (network.Settings.ThroughHost)
        {
            // Their neighbours are nearer than the host, but are not to be met directly. The kernel looks at both settings; other links keep theirs.
            KernelSetting.Write("net/ipv4/conf/all/send_redirects", "0");
            KernelSetting.Write($"net/ipv4/conf/{link.Name}/send_redirects", "0");
        }

        batch.SetUp(link.Name);
        AddServiceRoutes(routes, batch, network, link);
        routes.Execute(batch);
    }

    // The host's own packets to a service are translated only once the kernel has a way for them. Hosts without a way out in IPv6 are many: there the pods' bridge is one.
    private void AddServiceRoutes(RouteSocket routes, RouteBatch batch, LiveNetwork network, LinkInfo link)
    {
        if (!network.Settings.ThroughHost || network.PoolV6 is null)
        {
            return;
        }

        var ranges = serviceRanges.Select(static text => Subnet.TryParse(text, out var range) ? range : default).Where(static range => range.IsV6).ToList();
        var ways = ranges.Count == 0 ? [] : routes.ListRoutes().Where(static one => one.Destination.AddressFamily == AddressFamily.InterNetworkV6).ToList();
        foreach (var range in ranges.Where(range => !ways.Exists(way => Subnet.Of(way.Destination, way.PrefixLength).Contains(range.Base))))
        {
            batch.SetRoute(new RouteInfo(range.Base, range.PrefixLength, null, link.Index, 0));
        }
    }

    // A kernel without ipvlan says so only when one is made.
    private void CheckKind(RouteSocket routes, LiveNetwork network, LinkInfo parent)
    {
        if (network.Spec.Driver != DriverSettings.Ipvlan)
        {
            return;
        }

        const int NotSupported = 95;
        var probe = $"np{instanceId}";
        try
        {
            routes.Execute(batch => batch.AddIpvlan(probe, parent.Index, IpvlanMode.L2));
        }
        catch (NetlinkException refusal) when (refusal.Errno == NotSupported)
        {
            throw new NaruException(ErrorKind.NotImplemented, "this host's kernel has no ipvlan", refusal);
        }
        finally
        {
            routes.Execute(batch => batch.DeleteLink(probe, tolerateMissing: true));
        }
    }

    private LinkInfo MakeParent(RouteSocket routes, LiveNetwork network)
    {
        var name = network.Document.Interface;
        var dot = name.LastIndexOf('.');
        if (dot > 0 && ushort.TryParse(name.AsSpan(dot + 1), out var vlan) && vlan is > 0 and < 4095)
        {
            var below = routes.FindLink(name[..dot]) ?? throw NaruException.Invalid($"-o parent interface was not found on the host: {name[..dot]}");
            routes.Execute(batch => batch.AddVlan(name, below.Index, vlan).SetAlias(name, Mark));
        }
        else if (network.Settings.Parent.Length > 0)
        {
            throw NaruException.Invalid($"-o parent interface was not found on the host: {name}");
        }
        else
        {
            // Without a parent the network is an island: a bridge without ports stands in for the wire.
            routes.Execute(batch => batch.AddBridge(name, null, network.Settings.Mtu, $"{Mark}:{network.Id[..12]}"));
        }

        return routes.GetLinkOrThrow(name);
    }
}
