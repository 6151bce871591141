using System.Collections.Immutable;
using System.Net;

namespace Naru.Core.Policies;

/// <summary>A picture of all policies.</summary>
public sealed record TrafficPolicies
{
    /// <summary>No policy: everybody may talk to everybody.</summary>
    public static TrafficPolicies None { get; } = new();

    /// <summary>The addresses that a policy is about; all others are free.</summary>
    public ImmutableArray<IsolatedPlace> Places { get; init; } = [];

    /// <summary>The policies, by their names.</summary>
    public ImmutableSortedDictionary<string, TrafficPolicy> Policies { get; init; } = ImmutableSortedDictionary<string, TrafficPolicy>.Empty;
}

/// <summary>An address whose traffic is judged.</summary>
/// <param name="Address">Address of a sandbox.</param>
/// <param name="Ingress">Names of the policies of which one must allow what comes in; null: all of it may.</param>
/// <param name="Egress">The same for what goes out.</param>
public sealed record IsolatedPlace(IPAddress Address, ImmutableArray<string>? Ingress, ImmutableArray<string>? Egress);

/// <summary>What one policy allows.</summary>
/// <param name="Ingress">One of these must fit what comes in.</param>
/// <param name="Egress">One of these must fit what goes out.</param>
public sealed record TrafficPolicy(ImmutableArray<TrafficRule> Ingress, ImmutableArray<TrafficRule> Egress);

/// <summary>Traffic that is allowed: a peer and a port must fit.</summary>
public sealed record TrafficRule
{
    /// <summary>Everybody is a peer.</summary>
    public bool AnyPeer { get; init; }

    /// <summary>Peers, sandboxes; null where none can ever be.</summary>
    public ImmutableHashSet<IPAddress>? Peers { get; init; }

    /// <summary>Peers, whole ranges; they do not overlap.</summary>
    public ImmutableArray<AddressRange> Ranges { get; init; } = [];

    /// <summary>Every port of every protocol fits.</summary>
    public bool AnyPort { get; init; }

    /// <summary>Ports that fit, of whoever is talked to.</summary>
    public ImmutableArray<PortRange> Ports { get; init; } = [];

    /// <summary>Ports that fit of certain addresses only (ports have names, which mean another number in each sandbox); null where none can ever be.</summary>
    public ImmutableHashSet<PlacePort>? PlacePorts { get; init; }
}

/// <summary>Addresses from one to another, both included.</summary>
public sealed record AddressRange(IPAddress First, IPAddress Last);

/// <summary>Ports of a protocol (<c>tcp</c>, <c>udp</c>, <c>sctp</c>) from one to another; 0 to 65535: the whole protocol.</summary>
public sealed record PortRange(string Protocol, ushort First, ushort Last);

/// <summary>A port at an address.</summary>
public sealed record PlacePort(IPAddress Address, string Protocol, ushort Port);
