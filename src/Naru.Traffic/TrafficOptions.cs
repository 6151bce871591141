using Naru.Core.Lifetime;

namespace Naru.Traffic;

/// <summary>How networks are made on this host.</summary>
public sealed class TrafficOptions
{
    /// <summary>Where state lies; its instance id marks links and rules.</summary>
    public required EngineDirectories Directories { get; init; }

    /// <summary>Name of the default network's bridge; empty: made from the instance id.</summary>
    public string DefaultBridge { get; init; } = "";

    /// <summary>Address and prefix of the default network's bridge, <c>172.17.0.1/16</c>; empty: the first free pool.</summary>
    public string DefaultBridgeAddress { get; init; } = "";

    /// <summary>Largest frame of the default network, bytes.</summary>
    public int DefaultMtu { get; init; } = 1500;

    /// <summary>Blocks that networks without a subnet of their own are cut from.</summary>
    public IReadOnlyList<AddressPoolOption> AddressPools { get; init; } = AddressPoolOption.Defaults;

    /// <summary>Name servers to forward to; empty: those of the host's /etc/resolv.conf.</summary>
    public IReadOnlyList<string> Dns { get; init; } = [];

    /// <summary>Domains that name servers of their own are asked for: <c>corp.example</c> to <c>10.0.0.53</c> or <c>10.0.0.53:5353</c>.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>> DnsRoutes { get; init; } = new Dictionary<string, IReadOnlyList<string>>();

    /// <summary>The name service of the cluster whose pods run here; null: there is none.</summary>
    public ClusterNameOptions? ClusterNames { get; init; }

    /// <summary>Search domains for all containers that name none.</summary>
    public IReadOnlyList<string> DnsSearch { get; init; } = [];

    /// <summary>Resolver options for all containers that name none.</summary>
    public IReadOnlyList<string> DnsOptions { get; init; } = [];

    /// <summary>What <c>host-gateway</c> stands for; empty: the default bridge's address.</summary>
    public string HostGateway { get; init; } = "";

    /// <summary>Published ports obey the input and forward chains of the host's own nftables tables.</summary>
    public bool ObeyHostFirewall { get; init; } = true;

    /// <summary>Turn on forwarding between interfaces, which containers need to reach other hosts.</summary>
    public bool EnableForwarding { get; init; } = true;

    /// <summary>Somebody leads services here; otherwise what an earlier run led is taken away.</summary>
    public bool LeadServices { get; init; } = true;

    /// <summary>Ranges of the addresses that are led to services.</summary>
    public IReadOnlyList<string> ServiceRanges { get; init; } = [];

    /// <summary>Namespaces kept ready for the next containers.</summary>
    public int SpareSandboxes { get; init; } = 4;

    /// <summary>How long an upstream name server may take for one try.</summary>
    public TimeSpan ForwardTimeout { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Network namespace that counts as the host's; empty: that of this process.</summary>
    public string HostNamespacePath { get; init; } = "";

    /// <summary>The host's resolver configuration.</summary>
    public string HostResolvConf { get; init; } = "/etc/resolv.conf";

    /// <summary>The host's names, copied for containers in the host's network.</summary>
    public string HostHosts { get; init; } = "/etc/hosts";
}

/// <summary>A block that networks are cut from.</summary>
/// <param name="Base"><c>172.17.0.0/12</c>.</param>
/// <param name="Size">Prefix length of each network.</param>
public sealed record AddressPoolOption(string Base, int Size)
{
    /// <summary>The pools of a Docker engine: 172.17 to 172.31 by sixteen bits, then 192.168 by twenty.</summary>
    public static IReadOnlyList<AddressPoolOption> Defaults { get; } =
    [
        .. Enumerable.Range(17, 15).Select(static second => new AddressPoolOption($"172.{second}.0.0/16", 16)),
        new AddressPoolOption("192.168.0.0/16", 20),
    ];
}

/// <summary>The name service of a cluster whose pods run here.</summary>
public sealed class ClusterNameOptions
{
    /// <summary>The network that pods are in; its sandboxes see the name server at <see cref="Address"/>.</summary>
    public required string Network { get; init; }

    /// <summary>Address that pods ask, that of the service <c>kube-dns</c>. IPv4.</summary>
    public required string Address { get; init; }

    /// <summary>Domain of the cluster.</summary>
    public string Domain { get; init; } = "cluster.local";

    /// <summary>Ranges of pods and services: an address of theirs without a name has none elsewhere either.</summary>
    public IReadOnlyList<string> Ranges { get; init; } = [];
}
