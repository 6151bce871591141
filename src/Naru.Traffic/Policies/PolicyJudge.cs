using System.Collections.Immutable;
using System.Net;
using Naru.Core.Policies;

namespace Naru.Traffic.Policies;

/// <summary>Says of connections what the rules made of a picture say of their first packet. Pure.</summary>
internal sealed class PolicyJudge(TrafficPolicies picture)
{
    private readonly Dictionary<IPAddress, IsolatedPlace> _places = picture.Places.ToDictionary(static one => one.Address);

    /// <summary>Whether a connection may be.</summary>
    /// <param name="from">Who began it.</param>
    /// <param name="to">Who answers, after translation.</param>
    /// <param name="protocol">Number of the protocol.</param>
    /// <param name="port">Port of who answers.</param>
    internal bool Allows(IPAddress from, IPAddress to, byte protocol, ushort port)
    {
        if (from.Equals(to))
        {
            return true;
        }

        var name = protocol switch { 6 => "tcp", 17 => "udp", 132 => "sctp", _ => "" };
        return Passes(_places.GetValueOrDefault(from)?.Egress, static policy => policy.Egress, to, to, name, port)
            && Passes(_places.GetValueOrDefault(to)?.Ingress, static policy => policy.Ingress, from, to, name, port);
    }

    private bool Passes(ImmutableArray<string>? policies, Func<TrafficPolicy, ImmutableArray<TrafficRule>> rules, IPAddress peer, IPAddress to, string protocol, ushort port)
    {
        if (policies is not { } names)
        {
            return true;
        }

        foreach (var name in names)
        {
            foreach (var rule in rules(picture.Policies[name]))
            {
                if (IsPeer(rule, peer) && IsPort(rule, to, protocol, port))
                {
                    return true;
                }
            }
        }

        return false;
    }

    private static bool IsPeer(TrafficRule rule, IPAddress peer) => rule.AnyPeer || rule.Peers?.Contains(peer) == true || rule.Ranges.Any(range => Contains(range, peer));

    private static bool IsPort(TrafficRule rule, IPAddress to, string protocol, ushort port) => rule.AnyPort
        || rule.Ports.Any(one => one.Protocol == protocol && one.First <= port && port <= one.Last)
        || rule.PlacePorts?.Contains(new PlacePort(to, protocol, port)) == true;

    private static bool Contains(AddressRange range, IPAddress address)
    {
        if (range.First.AddressFamily != address.AddressFamily)
        {
            return false;
        }

        var bytes = address.GetAddressBytes().AsSpan();
        return bytes.SequenceCompareTo(range.First.GetAddressBytes()) >= 0 && bytes.SequenceCompareTo(range.Last.GetAddressBytes()) <= 0;
    }
}
