using System.Net.NetworkInformation;
using Naru.Core.Containers;
using Naru.Core.Errors;
using Naru.Core.Networks;
using Naru.Traffic.Addresses;
using Naru.Traffic.Files;
using Naru.Traffic.Networks;

namespace Naru.Traffic.Sandboxes;

/// <summary>Reads what a container asks of the network: which networks, in which order, and whether it can be had. Changes nothing.</summary>
internal sealed class SandboxPlanner(NetworkCatalog catalog)
{
    internal static bool UsesHost(ContainerNetworkSpec spec) => !spec.Disabled && spec.Mode == "host";

    internal static bool IsShared(ContainerNetworkSpec spec) => spec.Mode.StartsWith("container:", StringComparison.Ordinal);

    /// <summary>The network that the mode names; null when there is to be none.</summary>
    internal static string? Primary(ContainerNetworkSpec spec) => spec.Mode switch
    {
        _ when spec.Disabled || IsShared(spec) => null,
        "" or "default" => "bridge",
        var other => other,
    };

    /// <summary>Refuses what cannot work. Networks that do not exist yet are not refused: they may be made before the start.</summary>
    internal void Check(ContainerNetworkSpec spec)
    {
        foreach (var line in spec.ExtraHosts)
        {
            SandboxFiles.ParseExtraHost(line);
        }

        foreach (var server in spec.Dns.Where(static server => !Subnet.TryParseAddress(server, out _)))
        {
            throw NaruException.Invalid($"invalid DNS server address: \"{server}\" is not an IP address");
        }

        CheckMac(spec.MacAddress);
        foreach (var binding in spec.Bindings)
        {
            CheckBinding(binding);
        }

        if (spec.Disabled || IsShared(spec))
        {
            return;
        }

        foreach (var (key, endpoint) in spec.Endpoints)
        {
            if (catalog.FindLive(Resolve(key)) is { } network)
            {
                CheckEndpoint(network, endpoint);
            }
        }

        var networks = spec.Endpoints.Keys.Append(Primary(spec) ?? "none").Select(key => catalog.FindLive(Resolve(key))).OfType<LiveNetwork>().Distinct().ToList();
        if (networks.Count > 1 && networks.Any(static network => network.Spec.Driver == DriverSettings.Host))
        {
            throw new NaruException(ErrorKind.PermissionDenied, "container cannot be disconnected from host network or connected to host network");
        }

        if (networks.Count > 1 && networks.Any(static network => network.Spec.Driver == DriverSettings.Null))
        {
            throw new NaruException(ErrorKind.PermissionDenied, "container cannot be connected to multiple networks with one of the networks in private (none) mode");
        }
    }

    /// <summary>The networks in order: that of the mode first, the others by name. <see cref="ErrorKind.NotFound"/> for one that does not exist.</summary>
    internal List<(LiveNetwork Network, EndpointSpec Spec)> Networks(ContainerNetworkSpec spec)
    {
        var planned = new List<(LiveNetwork Network, EndpointSpec Spec)>();
        if (Primary(spec) is not { } primary)
        {
            return planned;
        }

        var first = catalog.GetLive(primary);
        planned.Add((first, new EndpointSpec()));
        foreach (var (network, endpoint) in spec.Endpoints.Select(item => (Network: catalog.GetLive(Resolve(item.Key)), item.Value)).OrderBy(static item => item.Network.Name, StringComparer.Ordinal))
        {
            CheckEndpoint(network, endpoint);
            var known = planned.FindIndex(item => item.Network == network);
            if (known >= 0)
            {
                planned[known] = (network, endpoint);
            }
            else
            {
                planned.Add((network, endpoint));
            }
        }

        if (spec.MacAddress.Length > 0 && planned[0].Spec.MacAddress.Length == 0)
        {
            planned[0] = (first, planned[0].Spec with { MacAddress = spec.MacAddress });
        }

        foreach (var (network, _) in planned.Where(static item => item.Network.Spec.ConfigOnly))
        {
            throw new NaruException(ErrorKind.PermissionDenied, $"configuration-only network {network.Name} cannot be used to connect containers");
        }

        return planned;
    }

    /// <summary>Refuses to join a network, in Docker's words.</summary>
    internal static void CheckConnect(SandboxRequest request, LiveNetwork network)
    {
        if (IsShared(request.Network))
        {
            throw Refuse("container sharing network namespace with another container or host cannot be connected to any other network");
        }

        if (UsesHost(request.Network) || network.Spec.Driver == DriverSettings.Host)
        {
            throw Refuse("container cannot be disconnected from host network or connected to host network");
        }

        if (request.Network.Mode == "none" || network.Spec.Driver == DriverSettings.Null)
        {
            throw Refuse("container cannot be connected to multiple networks with one of the networks in private (none) mode");
        }

        if (network.Spec.ConfigOnly)
        {
            throw Refuse($"configuration-only network {network.Name} cannot be used to connect containers");
        }
    }

    internal static void CheckEndpoint(LiveNetwork network, EndpointSpec spec)
    {
        CheckMac(spec.MacAddress);
        foreach (var text in spec.LinkLocalAddresses.Where(static text => !Subnet.TryParseAddress(text, out _)))
        {
            throw NaruException.Invalid($"invalid link-local IP address: {text}");
        }

        foreach (var (text, pool, isV6) in new[] { (spec.IPv4Address, network.PoolV4, false), (spec.IPv6Address, network.PoolV6, true) }.Where(static item => item.Item1.Length > 0))
        {
            if (!Subnet.TryParseAddress(text, out var address) || (address.AddressFamily == System.Net.Sockets.AddressFamily.InterNetworkV6) != isV6)
            {
                throw NaruException.Invalid($"invalid IPv{(isV6 ? 6 : 4)} address: {text}");
            }

            if (network.IsDefaultBridge || !(network.IsBridge || network.IsLayered))
            {
                throw NaruException.Invalid("user specified IP address is supported on user defined networks only");
            }

            // A pool of a family that the network leaves off makes such an address legal, as it always was; it is just not given out.
            if (!(pool?.Subnet.Contains(address) ?? network.Spec.Pools.Any(asked => Subnet.TryParse(asked.Subnet, out var subnet) && subnet.Contains(address))))
            {
                throw NaruException.Invalid($"no configured subnet or ip-range contain the IP address {text}");
            }
        }

        if (spec.Aliases is { IsEmpty: false } && (network.IsDefaultBridge || !(network.IsBridge || network.IsLayered)))
        {
            throw NaruException.Invalid("network-scoped alias is supported only for containers in user defined networks");
        }
    }

    private static void CheckMac(string text)
    {
        if (text.Length > 0 && (!PhysicalAddress.TryParse(text.Replace(':', '-').ToUpperInvariant(), out var address) || address.GetAddressBytes().Length != 6))
        {
            throw NaruException.Invalid($"invalid MAC address: {text}");
        }
    }

    private static void CheckBinding(PortBinding binding)
    {
        if (binding.Target.Port == 0 || binding.Target.Protocol is not ("tcp" or "udp" or "sctp"))
        {
            throw NaruException.Invalid($"invalid port specification: \"{binding.Target}\"");
        }

        if (binding.HostAddress.Length > 0 && !Subnet.TryParseAddress(binding.HostAddress.Trim('[', ']'), out _))
        {
            throw NaruException.Invalid($"invalid IP address: {binding.HostAddress}");
        }

        if (binding.HostPortEnd != 0 && binding.HostPortEnd < binding.HostPortStart)
        {
            throw NaruException.Invalid($"invalid port range: {binding.HostPortStart}-{binding.HostPortEnd}");
        }
    }

    private static string Resolve(string key) => key is "default" or "" ? "bridge" : key;

    private static NaruException Refuse(string message) => new(ErrorKind.PermissionDenied, message);
}
