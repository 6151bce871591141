using System.Net.NetworkInformation;

namespace Naru.Linux.Netlink;

/// <summary>A pair of linked ends: one here, the other in another network namespace.</summary>
public sealed record VethSpec
{
    public required string Name { get; init; }

    public required string PeerName { get; init; }

    /// <summary>An open descriptor of the peer's namespace; null leaves the peer here.</summary>
    public int? PeerNamespace { get; init; }

    public PhysicalAddress? PeerAddress { get; init; }

    /// <summary>Bytes of payload a frame may carry; null for the kernel's 1500.</summary>
    public int? Mtu { get; init; }

    /// <summary>Index of the bridge that the near end becomes a port of.</summary>
    public int? MasterIndex { get; init; }

    /// <summary>Free text on the near end (ifalias).</summary>
    public string? Alias { get; init; }

    /// <summary>The near end's port cannot talk to other isolated ports of the bridge.</summary>
    public bool IsIsolated { get; init; }

    /// <summary>The bridge may send a frame back by the port it came from: for a container that meets itself by a published port.</summary>
    public bool IsHairpin { get; init; }
}
