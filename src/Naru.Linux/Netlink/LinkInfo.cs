using System.Net;
using System.Net.NetworkInformation;

namespace Naru.Linux.Netlink;

/// <summary>A network link as the kernel lists it.</summary>
public sealed record LinkInfo
{
    public required int Index { get; init; }

    public required string Name { get; init; }

    /// <summary>bridge, veth, macvlan ... ; empty for hardware and loopback.</summary>
    public required string Kind { get; init; }

    /// <summary>The free text that a host's administrator (or Naru, to mark what is its own) gave the link; empty if none.</summary>
    public required string Alias { get; init; }

    public required PhysicalAddress Address { get; init; }

    /// <summary>Bytes of payload a frame may carry.</summary>
    public required int Mtu { get; init; }

    public required bool IsUp { get; init; }

    public required bool IsLoopback { get; init; }

    public required bool HasCarrier { get; init; }

    /// <summary>Frames pass: up, or a kind that does not tell (RFC 2863). A bridge forwards to a port from then on.</summary>
    public required bool IsOperational { get; init; }

    /// <summary>Index of the bridge it is a port of; 0 if none.</summary>
    public required int MasterIndex { get; init; }

    /// <summary>Index of the link below or at the other end (in that one's namespace); 0 if none.</summary>
    public required int LowerIndex { get; init; }

    public required LinkCounters Counters { get; init; }
}

/// <summary>What passed a link since it was made.</summary>
public readonly record struct LinkCounters
{
    public required ulong ReceivedBytes { get; init; }

    public required ulong ReceivedPackets { get; init; }

    public required ulong ReceiveErrors { get; init; }

    public required ulong ReceiveDropped { get; init; }

    public required ulong SentBytes { get; init; }

    public required ulong SentPackets { get; init; }

    public required ulong SendErrors { get; init; }

    public required ulong SendDropped { get; init; }
}

/// <summary>An address on a link.</summary>
public sealed record AddressInfo(int LinkIndex, IPAddress Address, int PrefixLength);

/// <summary>A route of the main table.</summary>
/// <param name="Destination">Base address of the destination; the unspecified address for the default route.</param>
/// <param name="PrefixLength">Bits of the destination.</param>
/// <param name="Gateway">Next hop, or null when on link.</param>
/// <param name="LinkIndex">Index of the link it leaves by; 0 if unknown.</param>
/// <param name="Metric">Lower wins.</param>
public sealed record RouteInfo(IPAddress Destination, int PrefixLength, IPAddress? Gateway, int LinkIndex, uint Metric);

/// <summary>An entry of the neighbour table.</summary>
public sealed record NeighbourInfo(int LinkIndex, IPAddress Address, PhysicalAddress LinkAddress);
