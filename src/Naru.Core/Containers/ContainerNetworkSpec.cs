using System.Collections.Immutable;
using Naru.Core.Networks;

namespace Naru.Core.Containers;

/// <summary>Networks, ports and names of a container.</summary>
public sealed record ContainerNetworkSpec
{
    /// <summary><c>default</c> or empty, <c>bridge</c>, <c>host</c>, <c>none</c>, <c>container:NAME</c>, or a network's name or id.</summary>
    public string Mode { get; init; } = "";

    /// <summary>What was asked of each network, by the name or id the caller used.</summary>
    public ImmutableSortedDictionary<string, EndpointSpec> Endpoints { get; init; } = ImmutableSortedDictionary<string, EndpointSpec>.Empty;

    /// <summary>Ports that the image or the caller says are served.</summary>
    public ImmutableArray<PortSpec> Exposed { get; init; } = [];

    /// <summary>Ports published on the host.</summary>
    public ImmutableArray<PortBinding> Bindings { get; init; } = [];

    /// <summary>Publish every exposed port on a free host port.</summary>
    public bool PublishAll { get; init; }

    /// <summary>Name servers; empty: the host's or Naru's own.</summary>
    public ImmutableArray<string> Dns { get; init; } = [];

    /// <summary>Search domains.</summary>
    public ImmutableArray<string> DnsSearch { get; init; } = [];

    /// <summary>Resolver options.</summary>
    public ImmutableArray<string> DnsOptions { get; init; } = [];

    /// <summary>Lines of /etc/hosts, <c>name:address</c>; <c>host-gateway</c> stands for the host's address.</summary>
    public ImmutableArray<string> ExtraHosts { get; init; } = [];

    /// <summary>Legacy links on the default bridge, <c>container[:alias]</c>.</summary>
    public ImmutableArray<string> Links { get; init; } = [];

    /// <summary>Hardware address on the first network; empty: made up.</summary>
    public string MacAddress { get; init; } = "";

    /// <summary>No network at all, whatever the mode says.</summary>
    public bool Disabled { get; init; }
}
