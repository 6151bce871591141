using System.Collections.Immutable;
using Naru.Core.Containers;

namespace Naru.Core.Networks;

/// <summary>A network as one reader sees it.</summary>
public sealed record Network
{
    /// <summary>64 hexadecimal digits.</summary>
    public required string Id { get; init; }

    /// <summary>What was asked, pools and driver filled in.</summary>
    public required NetworkSpec Spec { get; init; }

    /// <summary>When it was made.</summary>
    public required DateTimeOffset Created { get; init; }

    /// <summary>Name of its bridge or parent interface on the host; empty: none.</summary>
    public string Interface { get; init; } = "";

    /// <summary>Made by Naru itself (<c>bridge</c>, <c>host</c>, <c>none</c>); cannot be removed.</summary>
    public bool Predefined { get; init; }

    /// <summary>Its endpoints, by container.</summary>
    public ImmutableDictionary<ContainerId, Endpoint> Endpoints { get; init; } = ImmutableDictionary<ContainerId, Endpoint>.Empty;
}

/// <summary>A container's place in a network.</summary>
public sealed record Endpoint
{
    /// <summary>64 hexadecimal digits; empty while the container does not run.</summary>
    public string Id { get; init; } = "";

    /// <summary>Network.</summary>
    public required string NetworkId { get; init; }

    /// <summary>Network.</summary>
    public required string NetworkName { get; init; }

    /// <summary>Container.</summary>
    public required ContainerId Container { get; init; }

    /// <summary>Name of the container.</summary>
    public string ContainerName { get; init; } = "";

    /// <summary>What was asked.</summary>
    public EndpointSpec Spec { get; init; } = new();

    /// <summary>Name of the interface inside.</summary>
    public string Interface { get; init; } = "";

    /// <summary>Hardware address; empty while the container does not run.</summary>
    public string MacAddress { get; init; } = "";

    /// <summary>IPv4 address; empty: none.</summary>
    public string IPv4Address { get; init; } = "";

    /// <summary>Length of its prefix.</summary>
    public int IPv4Prefix { get; init; }

    /// <summary>IPv4 way out.</summary>
    public string Gateway { get; init; } = "";

    /// <summary>IPv6 address; empty: none.</summary>
    public string IPv6Address { get; init; } = "";

    /// <summary>Length of its prefix.</summary>
    public int IPv6Prefix { get; init; }

    /// <summary>IPv6 way out.</summary>
    public string IPv6Gateway { get; init; } = "";

    /// <summary>Names that resolve to it in this network.</summary>
    public ImmutableArray<string> DnsNames { get; init; } = [];
}

/// <summary>A port that is published now.</summary>
/// <param name="Target">Port inside.</param>
/// <param name="HostAddress">Address on the host, <c>0.0.0.0</c> or <c>::</c> for all.</param>
/// <param name="HostPort">Port on the host.</param>
public sealed record PublishedPort(PortSpec Target, string HostAddress, ushort HostPort);
