using System.Collections.Immutable;
using System.Net;
using Naru.Core.Policies;

namespace Naru.Agent.Tests.Policies;

/// <summary>Judges a packet by a picture, as the rules made of it do.</summary>
internal static class PictureReader
{
    public static bool Allows(TrafficPolicies picture, IPAddress from, IPAddress to, string protocol, int port) => from.Equals(to)
        || (Passes(picture, from, static place => place.Egress, static policy => policy.Egress, to, to, protocol, port)
            && Passes(picture, to, static place => place.Ingress, static policy => policy.Ingress, from, to, protocol, port));

    private static bool Passes(
        TrafficPolicies picture, IPAddress judged, Func<IsolatedPlace, ImmutableArray<string>?> names, Func<TrafficPolicy, ImmutableArray<TrafficRule>> rules, IPAddress peer, IPAddress to, string protocol, int port)
    {
        var place = picture.Places.SingleOrDefault(one => one.Address.Equals(judged));
        return place is null || names(place) is not { } policies || policies.Any(name => rules(picture.Policies[name]).Any(rule => IsPeer(rule, peer) && IsPort(rule, to, protocol, port)));
    }

    private static bool IsPeer(TrafficRule rule, IPAddress peer) => rule.AnyPeer || rule.Peers?.Contains(peer) == true || rule.Ranges.Any(range => Compare(range.First, peer) <= 0 && Compare(peer, range.Last) <= 0);

    private static bool IsPort(TrafficRule rule, IPAddress to, string protocol, int port) =>
        rule.AnyPort || rule.Ports.Any(one => one.Protocol == protocol && one.First <= port && port <= one.Last) || rule.PlacePorts?.Contains(new PlacePort(to, protocol, (ushort)port)) == true;

    private static int Compare(IPAddress one, IPAddress other) => one.AddressFamily != other.AddressFamily ? 2 : one.GetAddressBytes().AsSpan().SequenceCompareTo(other.GetAddressBytes());
}
