using System.Net;
using System.Net.Sockets;
using Naru.Core.Containers;
using Naru.Core.Errors;
using Naru.Core.Networks;
using Naru.Linux.Netlink;
using Naru.Traffic.Addresses;
using Naru.Traffic.Networks;
using Naru.Traffic.Rules;

namespace Naru.Traffic.Ports;

/// <summary>Publishes the ports of a sandbox: keeps them on the host, and says which rules lead inside.</summary>
internal sealed class Publisher(PortKeeper keeper, HostSide host)
{
    /// <summary>Keeps all ports that the container asks for; on failure none.</summary>
    internal List<PortReservation> Keep(ContainerNetworkSpec spec, LiveNetwork network, Endpoint endpoint)
    {
        var kept = new List<PortReservation>();
        try
        {
            foreach (var binding in Wanted(spec))
            {
                var addresses = Addresses(binding, network);
                if (addresses.Count > 0)
                {
                    kept.AddRange(keeper.Keep(binding.Target, addresses, binding.HostPortStart, binding.HostPortEnd));
                }
            }

            return kept;
        }
        catch (NaruException refusal)
        {
            kept.ForEach(static reservation => reservation.Dispose());
            throw new NaruException(refusal.Kind, $"driver failed programming external connectivity on endpoint {endpoint.ContainerName} ({endpoint.Id}): {refusal.Message}", refusal);
        }
    }

    /// <summary>Keeps ports again that are published already; one that somebody took meanwhile stays with its rule alone.</summary>
    internal List<PortReservation> Rekeep(IEnumerable<PublishedPort> ports, Action<PublishedPort> lost)
    {
        var kept = new List<PortReservation>();
        foreach (var port in ports)
        {
            try
            {
                kept.AddRange(keeper.Keep(port.Target, [IPAddress.Parse(port.HostAddress)], port.HostPort, port.HostPort));
            }
            catch (NaruException)
            {
                lost(port);
            }
        }

        return kept;
    }

    /// <summary>Carries by hand what no rule can: kept ports of IPv6 for an endpoint without an IPv6 address, and IPv6 loopback.</summary>
    internal void Relay(IEnumerable<PortReservation> reservations, Endpoint endpoint)
    {
        foreach (var reservation in reservations)
        {
            var isV6 = reservation.Port.HostAddress.Contains(':', StringComparison.Ordinal);
            var inside = isV6 && endpoint.IPv6Address.Length > 0 ? endpoint.IPv6Address : endpoint.IPv4Address.Length > 0 ? endpoint.IPv4Address : endpoint.IPv6Address;
            reservation.Relay(new IPEndPoint(IPAddress.Parse(inside), reservation.Port.Target.Port), host);
        }
    }

    /// <summary>The rules that lead published ports to an endpoint.</summary>
    internal static RuleChange Rules(IEnumerable<PublishedPort> ports, Endpoint endpoint)
    {
        var change = new RuleChange();
        var (hasV4, hasV6) = (false, false);
        foreach (var port in ports)
        {
            var address = IPAddress.Parse(port.HostAddress);
            var isV6 = address.AddressFamily == AddressFamily.InterNetworkV6;
            var inside = isV6 ? endpoint.IPv6Address : endpoint.IPv4Address;
            if (inside.Length == 0)
            {
                continue;
            }

            var isAny = address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any);
            var key = isAny ? $"{port.Target.Protocol} . {port.HostPort}" : $"{address} . {port.Target.Protocol} . {port.HostPort}";
            change.Add((isV6, isAny) switch { (true, true) => RuleSet.Any6, (true, false) => RuleSet.Address6, (false, true) => RuleSet.Any4, _ => RuleSet.Address4 }, key, $"{inside} . {port.Target.Port}");
            change.Add((isV6, isAny) switch { (true, true) => RuleSet.GuardAny6, (true, false) => RuleSet.GuardAddress6, (false, true) => RuleSet.GuardAny4, _ => RuleSet.GuardAddress4 }, key, "jump publishing");
            hasV4 |= !isV6;
            hasV6 |= isV6;
        }

        if (hasV4)
        {
            change.Add(RuleSet.Self4, $"{endpoint.IPv4Address} . {endpoint.IPv4Address}");
        }

        if (hasV6)
        {
            change.Add(RuleSet.Self6, $"{endpoint.IPv6Address} . {endpoint.IPv6Address}");
        }

        return change;
    }

    /// <summary>
    /// Makes the kernel forget the UDP flows to these ports, or to this endpoint: a client that sends without pause would otherwise be sent for ever where its first
    /// datagram went, to the host itself or to a container that is gone. Streams start anew by themselves.
    /// </summary>
    internal void ForgetDatagramFlows(IEnumerable<PublishedPort> ports, IEnumerable<Endpoint> gone)
    {
        const byte Udp = 17;
        var numbers = ports.Where(static port => port.Target.Protocol == "udp").Select(static port => port.HostPort).ToHashSet();
        if (numbers.Count == 0)
        {
            return;
        }

        var addresses = gone.SelectMany(static endpoint => new[] { endpoint.IPv4Address, endpoint.IPv6Address }).Where(static text => text.Length > 0).Select(IPAddress.Parse).ToHashSet();
        host.Run(() => ConnectionTracking.Forget(flow => flow.Protocol == Udp && (numbers.Contains(flow.OriginalDestinationPort) || addresses.Contains(flow.ReplySource))));
    }

    private static IEnumerable<PortBinding> Wanted(ContainerNetworkSpec spec)
    {
        // Fixed ports first: a free one must not be taken that the next line asks for.
        foreach (var binding in spec.Bindings.OrderBy(static binding => binding.HostPortStart == 0 ? 2 : binding.HostPortEnd > binding.HostPortStart ? 1 : 0))
        {
            yield return binding;
        }

        if (spec.PublishAll)
        {
            foreach (var port in spec.Exposed.Where(port => !spec.Bindings.Any(binding => binding.Target == port)).OrderBy(static port => port.Port))
            {
                yield return new PortBinding { Target = port };
            }
        }
    }

    private List<IPAddress> Addresses(PortBinding binding, LiveNetwork network)
    {
        var text = binding.HostAddress.Length > 0 ? binding.HostAddress.Trim('[', ']') : network.Settings.HostBinding is "0.0.0.0" ? "" : network.Settings.HostBinding;
        if (Subnet.TryParseAddress(text, out var given))
        {
            return [given];
        }

        return keeper.HasIPv6 ? [IPAddress.Any, IPAddress.IPv6Any] : [IPAddress.Any];
    }
}
