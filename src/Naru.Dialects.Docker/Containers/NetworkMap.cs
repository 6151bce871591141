using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using Naru.Core.Containers;
using Naru.Core.Networks;
using Naru.Dialects.Docker.Http;
using Naru.Dialects.Docker.Wire;

namespace Naru.Dialects.Docker.Containers;

/// <summary>A container's networks and ports, both ways.</summary>
internal static class NetworkMap
{
    public static ContainerNetworkSpec ToCore(ContainerCreateRequest request, HostConfig host)
    {
        var mode = host.NetworkMode is null or "" or "default" ? "bridge" : host.NetworkMode;
        return new ContainerNetworkSpec
        {
            Mode = mode,
            Endpoints = Endpoints(request.NetworkingConfig, mode),
            Exposed = [.. (request.ExposedPorts?.Keys ?? Enumerable.Empty<string>()).SelectMany(WireMaps.Ports).Distinct()],
            Bindings = [.. (host.PortBindings ?? []).SelectMany(entry => Bindings(entry.Key, entry.Value))],
            PublishAll = host.PublishAllPorts,
            Dns = CheckAddresses(host.Dns),
            DnsSearch = WireMaps.List(host.DnsSearch),
            DnsOptions = WireMaps.List(host.DnsOptions),
            ExtraHosts = CheckExtraHosts(host.ExtraHosts),
            Links = WireMaps.List(host.Links),
            MacAddress = request.MacAddress ?? "",
            Disabled = request.NetworkDisabled,
        };
    }

    public static EndpointSpec ToCore(EndpointSettings? wire) => wire is null
        ? new EndpointSpec()
        : new EndpointSpec
        {
            IPv4Address = CheckAddress(wire.IPAMConfig?.IPv4Address, "IPv4"),
            IPv6Address = CheckAddress(wire.IPAMConfig?.IPv6Address, "IPv6"),
            LinkLocalAddresses = WireMaps.List(wire.IPAMConfig?.LinkLocalIPs),
            HasIpam = wire.IPAMConfig is not null,
            Aliases = WireMaps.OptionalList(wire.Aliases),
            Links = WireMaps.OptionalList(wire.Links),
            MacAddress = wire.MacAddress ?? "",
            DriverOptions = WireMaps.OptionalSorted(wire.DriverOpts),
            GatewayPriority = (int)Math.Clamp(wire.GwPriority, int.MinValue, int.MaxValue),
        };

    /// <summary>The published ports as they were asked.</summary>
    public static SortedDictionary<string, Wire.PortBinding[]?> Show(ImmutableArray<Core.Networks.PortBinding> bindings)
    {
        var map = new SortedDictionary<string, Wire.PortBinding[]?>(StringComparer.Ordinal);
        foreach (var group in bindings.GroupBy(binding => binding.Target.ToString(), StringComparer.Ordinal))
        {
            map[group.Key] = [.. group.Select(binding => new Wire.PortBinding { HostIp = binding.HostAddress, HostPort = PortText(binding) })];
        }
        return map;
    }

    /// <summary>The ports as they are: every exposed one, with its places on the host where it is published.</summary>
    public static SortedDictionary<string, Wire.PortBinding[]?> Show(Container container)
    {
        var map = new SortedDictionary<string, Wire.PortBinding[]?>(StringComparer.Ordinal);
        if (!container.IsLive)
        {
            return map;
        }
        foreach (var port in container.Spec.Network.Exposed)
        {
            map[port.ToString()] = null;
        }
        foreach (var group in container.Status.Network.Ports.GroupBy(port => port.Target.ToString(), StringComparer.Ordinal))
        {
            map[group.Key] =
            [
                .. group.Select(port => new Wire.PortBinding { HostIp = port.HostAddress, HostPort = port.HostPort.ToString(CultureInfo.InvariantCulture) }),
            ];
        }
        return map;
    }

    /// <summary>One endpoint as it is.</summary>
    public static EndpointSettings Show(Endpoint endpoint, ApiVersion version, Container container)
    {
        var asked = endpoint.Spec;
        var aliases = asked.Aliases;
        if (version.Below(45) && endpoint.DnsNames.Length > 0 && aliases is not null)
        {
            // Up to 1.44 the short id stood among the aliases.
            aliases = aliases.Value.Contains(container.Id.Short) ? aliases : aliases.Value.Add(container.Id.Short);
        }
        else if (version.Below(45) && endpoint.DnsNames.Contains(container.Id.Short))
        {
            aliases = [container.Id.Short];
        }
        return new EndpointSettings
        {
            IPAMConfig = Ipam(asked),
            Links = WireMaps.Array(asked.Links),
            Aliases = WireMaps.Array(aliases),
            DriverOpts = WireMaps.MapOrNull(asked.DriverOptions),
            GwPriority = asked.GatewayPriority,
            NetworkID = endpoint.NetworkId,
            EndpointID = endpoint.Id,
            Gateway = endpoint.Gateway,
            IPAddress = endpoint.IPv4Address,
            MacAddress = endpoint.MacAddress.Length > 0 ? endpoint.MacAddress : asked.MacAddress,
            IPPrefixLen = endpoint.IPv4Prefix,
            IPv6Gateway = endpoint.IPv6Gateway,
            GlobalIPv6Address = endpoint.IPv6Address,
            GlobalIPv6PrefixLen = endpoint.IPv6Prefix,
            DNSNames = endpoint.DnsNames.IsEmpty ? null : [.. endpoint.DnsNames],
        };
    }

    /// <summary>One endpoint that is asked for but not live.</summary>
    public static EndpointSettings Show(EndpointSpec asked, string networkId) => new()
    {
        IPAMConfig = Ipam(asked),
        Links = WireMaps.Array(asked.Links),
        Aliases = WireMaps.Array(asked.Aliases),
        DriverOpts = WireMaps.MapOrNull(asked.DriverOptions),
        GwPriority = asked.GatewayPriority,
        NetworkID = networkId,
        MacAddress = asked.MacAddress,
    };

    private static EndpointIpamConfig? Ipam(EndpointSpec asked) => asked.HasIpam
        ? new EndpointIpamConfig
        {
            IPv4Address = WireMaps.NullIfEmpty(asked.IPv4Address),
            IPv6Address = WireMaps.NullIfEmpty(asked.IPv6Address),
            LinkLocalIPs = asked.LinkLocalAddresses.IsEmpty ? null : [.. asked.LinkLocalAddresses],
        }
        : null;

    private static ImmutableSortedDictionary<string, EndpointSpec> Endpoints(NetworkingConfig? networking, string mode)
    {
        var endpoints = ImmutableSortedDictionary.CreateBuilder<string, EndpointSpec>(StringComparer.Ordinal);
        foreach (var (name, settings) in networking?.EndpointsConfig ?? [])
        {
            endpoints[name is "default" ? mode : name] = ToCore(settings);
        }
        return endpoints.ToImmutable();
    }

    private static IEnumerable<Core.Networks.PortBinding> Bindings(string port, Wire.PortBinding[]? bindings)
    {
        foreach (var target in WireMaps.Ports(port))
        {
            // No place on the host means any place.
            foreach (var binding in bindings is null or [] ? [new Wire.PortBinding()] : bindings)
            {
                var address = binding.HostIp ?? "";
                if (address.Length > 0 && !IPAddress.TryParse(address, out _))
                {
                    throw DockerException.BadRequest($"invalid host IP address '{address}' for port {port}");
                }
                var (first, last) = WireMaps.PortRange(binding.HostPort ?? "", $"invalid port specification: \"{binding.HostPort}\"");
                yield return new Core.Networks.PortBinding { Target = target, HostAddress = address, HostPortStart = first, HostPortEnd = last };
            }
        }
    }

    private static string PortText(Core.Networks.PortBinding binding) => binding.HostPortStart == 0
        ? ""
        : binding.HostPortEnd <= binding.HostPortStart
            ? binding.HostPortStart.ToString(CultureInfo.InvariantCulture)
            : string.Create(CultureInfo.InvariantCulture, $"{binding.HostPortStart}-{binding.HostPortEnd}");

    private static string CheckAddress(string? address, string family)
    {
        if (string.IsNullOrEmpty(address))
        {
            return "";
        }
        var wanted = family == "IPv4" ? System.Net.Sockets.AddressFamily.InterNetwork : System.Net.Sockets.AddressFamily.InterNetworkV6;
        return IPAddress.TryParse(address, out var parsed) && parsed.AddressFamily == wanted
            ? address
            : throw DockerException.BadRequest($"invalid endpoint settings: invalid {family} address: {address}");
    }

    private static ImmutableArray<string> CheckAddresses(string[]? servers)
    {
        foreach (var server in servers ?? [])
        {
            if (!IPAddress.TryParse(server, out _))
            {
                throw DockerException.BadRequest($"invalid DNS address: {server}");
            }
        }
        return WireMaps.List(servers);
    }

    private static ImmutableArray<string> CheckExtraHosts(string[]? hosts)
    {
        foreach (var host in hosts ?? [])
        {
            var colon = host.IndexOf(':');
            var address = colon < 0 ? "" : host[(colon + 1)..].Trim('[', ']');
            if (colon <= 0 || !(address == "host-gateway" || IPAddress.TryParse(address, out _)))
            {
                throw DockerException.BadRequest(colon <= 0 ? $"bad format for add-host: \"{host}\"" : $"invalid IP address in add-host: \"{address}\"");
            }
        }
        return WireMaps.List(hosts);
    }
}
