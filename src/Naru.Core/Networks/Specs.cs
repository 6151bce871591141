using System.Collections.Immutable;

namespace Naru.Core.Networks;

/// <summary>A network asked for.</summary>
public sealed record NetworkSpec
{
    /// <summary>Its name.</summary>
    public required string Name { get; init; }

    /// <summary><c>bridge</c>, <c>macvlan</c>, <c>ipvlan</c>; empty: bridge.</summary>
    public string Driver { get; init; } = "";

    /// <summary>Options of the driver.</summary>
    public ImmutableSortedDictionary<string, string> Options { get; init; } = ImmutableSortedDictionary<string, string>.Empty;

    /// <summary>Labels.</summary>
    public ImmutableSortedDictionary<string, string> Labels { get; init; } = ImmutableSortedDictionary<string, string>.Empty;

    /// <summary>No way out of it.</summary>
    public bool Internal { get; init; }

    /// <summary>Containers may be attached by hand; echoed.</summary>
    public bool Attachable { get; init; }

    /// <summary>IPv4 is wanted; null: yes.</summary>
    public bool? EnableIPv4 { get; init; }

    /// <summary>IPv6 is wanted.</summary>
    public bool EnableIPv6 { get; init; }

    /// <summary>Address management driver; empty: <c>default</c>.</summary>
    public string IpamDriver { get; init; } = "";

    /// <summary>Its options; null: none given.</summary>
    public ImmutableSortedDictionary<string, string>? IpamOptions { get; init; }

    /// <summary>Address pools; empty: chosen free on this host.</summary>
    public ImmutableArray<IpamPool> Pools { get; init; } = [];

    /// <summary>The pools must be free on the whole host. Users of Docker may name a pool that the host routes elsewhere; who chooses for himself must not.</summary>
    public bool NeedsFreePools { get; init; }

    /// <summary>Only a template for others.</summary>
    public bool ConfigOnly { get; init; }

    /// <summary>Template to take the configuration from; empty: none.</summary>
    public string ConfigFrom { get; init; } = "";

    /// <summary><c>local</c>, <c>swarm</c>; empty: local.</summary>
    public string Scope { get; init; } = "";

    /// <summary>Ingress network of a swarm; refused outside one.</summary>
    public bool Ingress { get; init; }
}

/// <summary>A pool of addresses.</summary>
public sealed record IpamPool
{
    /// <summary><c>172.30.0.0/16</c>; empty: chosen.</summary>
    public string Subnet { get; init; } = "";

    /// <summary>Part of it that is given out; empty: all.</summary>
    public string IpRange { get; init; } = "";

    /// <summary>Address of the way out; empty: the first.</summary>
    public string Gateway { get; init; } = "";

    /// <summary>Addresses kept for others, by name.</summary>
    public ImmutableSortedDictionary<string, string> Auxiliary { get; init; } = ImmutableSortedDictionary<string, string>.Empty;
}

/// <summary>What a container asks of one network.</summary>
public sealed record EndpointSpec
{
    /// <summary>Fixed IPv4 address; empty: chosen.</summary>
    public string IPv4Address { get; init; } = "";

    /// <summary>Fixed IPv6 address; empty: chosen.</summary>
    public string IPv6Address { get; init; } = "";

    /// <summary>Link-local addresses.</summary>
    public ImmutableArray<string> LinkLocalAddresses { get; init; } = [];

    /// <summary>IPAM settings were given at all; echoed.</summary>
    public bool HasIpam { get; init; }

    /// <summary>Further names in this network; null: none given.</summary>
    public ImmutableArray<string>? Aliases { get; init; }

    /// <summary>Links, <c>container[:alias]</c>; null: none given.</summary>
    public ImmutableArray<string>? Links { get; init; }

    /// <summary>Hardware address; empty: made up.</summary>
    public string MacAddress { get; init; } = "";

    /// <summary>Options of the driver; null: none given.</summary>
    public ImmutableSortedDictionary<string, string>? DriverOptions { get; init; }

    /// <summary>The network with the highest priority is the way out.</summary>
    public int GatewayPriority { get; init; }
}

/// <summary>A port inside.</summary>
/// <param name="Port">1 to 65535.</param>
/// <param name="Protocol"><c>tcp</c>, <c>udp</c> or <c>sctp</c>.</param>
public sealed record PortSpec(ushort Port, string Protocol)
{
    /// <summary><c>80/tcp</c>.</summary>
    public override string ToString() => $"{Port}/{Protocol}";
}

/// <summary>A port published on the host.</summary>
public sealed record PortBinding
{
    /// <summary>The port inside.</summary>
    public required PortSpec Target { get; init; }

    /// <summary>Host address; empty: all, IPv4 and IPv6.</summary>
    public string HostAddress { get; init; } = "";

    /// <summary>First host port; 0: any free one.</summary>
    public ushort HostPortStart { get; init; }

    /// <summary>Last host port of the range to choose from.</summary>
    public ushort HostPortEnd { get; init; }
}
