using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using Naru.Core.Policies;

namespace Naru.Traffic.Policies;

/// <summary>
/// Writes a picture as a table. A packet's two addresses are looked up once each; an isolated one leads to the chain of all addresses with the same policies, which asks these policies one by one and
/// drops what none allows. Peers are elements of sets, so that sandboxes which come and go change elements only. Pure.
/// </summary>
internal static class PolicyRules
{
    private const string Replies = "ct state established,related accept\nmeta l4proto icmpv6 icmpv6 type { nd-neighbor-solicit, nd-neighbor-advert, nd-router-solicit, nd-router-advert } accept\n";
    private const string Itself = "ip saddr . ip daddr @self4 accept\nip6 saddr . ip6 daddr @self6 accept\n";
    // What belongs to no known connection and does not begin one: the rest of a connection that was ended, which a sandbox could otherwise go on with from its own side.
    private const string Strays = "ct state new meta l4proto tcp tcp flags & (fin | syn | rst | ack) != syn jump stray\n";
    private static readonly (string Family, string Header, string Type)[] Families = [("4", "ip", "ipv4_addr"), ("6", "ip6", "ipv6_addr")];

    internal static PolicyTable Write(TrafficPolicies picture)
    {
        var table = new PolicyTable { IsEmpty = picture.Places.IsEmpty };
        if (table.IsEmpty)
        {
            return table;
        }

        foreach (var (family, _, type) in Families)
        {
            table.Set("self" + family, "set", $"type {type} . {type};").Set("judged" + family, "set", $"type {type};").Set("ingress" + family, "map", $"type {type} : verdict;").Set("egress" + family, "map", $"type {type} : verdict;");
        }

        table.Chain("stray", string.Concat(Families.Select(static one => $"{one.Header} saddr @judged{one.Family} drop\n{one.Header} daddr @judged{one.Family} drop\n")));

        // What leaves a sandbox is judged before what arrives at one: both must allow it. The host's own packets pass neither hook.
        table.Chain("leaving", "type filter hook forward priority 5; policy accept;\n" + Replies + Itself + Strays + "ip saddr vmap @egress4\nip6 saddr vmap @egress6\n");
        table.Chain("leaving_to_host", "type filter hook input priority 5; policy accept;\n" + Replies + Strays + "ip saddr vmap @egress4\nip6 saddr vmap @egress6\n");
        table.Chain("arriving", "type filter hook forward priority 6; policy accept;\n" + Replies + Itself + "ip daddr vmap @ingress4\nip6 daddr vmap @ingress6\n");
        foreach (var place in picture.Places)
        {
            var family = FamilyOf(place.Address);
            table.Element("self" + family, $"{place.Address} . {place.Address}");
            table.Element("judged" + family, place.Address.ToString());
            AddPlace(table, picture, "ingress", place.Address, place.Ingress);
            AddPlace(table, picture, "egress", place.Address, place.Egress);
        }

        return table;
    }

    private static void AddPlace(PolicyTable table, TrafficPolicies picture, string direction, IPAddress address, ImmutableArray<string>? policies)
    {
        if (policies is not { } names)
        {
            return;
        }

        var chain = $"{direction}_{Hash(string.Join('\n', names.Order(StringComparer.Ordinal)))}";
        table.Element(direction + FamilyOf(address), address.ToString(), "goto " + chain);
        if (table.HasChain(chain))
        {
            return;
        }

        var rules = new StringBuilder();
        foreach (var name in names.Order(StringComparer.Ordinal))
        {
            rules.Append("jump ").Append(ChainOf(table, direction, name, picture.Policies[name])).Append('\n');
        }

        table.Chain(chain, rules.Append("drop\n").ToString());
    }

    private static string ChainOf(PolicyTable table, string direction, string name, TrafficPolicy policy)
    {
        var id = $"p{Hash(name)}_{direction}";
        if (!table.HasChain(id))
        {
            var lines = (direction == "ingress" ? policy.Ingress : policy.Egress).SelectMany((rule, index) => Lines(table, string.Create(CultureInfo.InvariantCulture, $"{id}_{index}"), rule, direction == "ingress" ? "saddr" : "daddr"));
            table.Chain(id, string.Concat(lines.Select(static line => line + "\n")));
        }

        return id;
    }

    private static IEnumerable<string> Lines(PolicyTable table, string id, TrafficRule rule, string side)
    {
        var peers = Peers(table, id, rule, side).ToList();
        var ports = Ports(table, id, rule).ToList();
        return from peer in peers
               from port in ports
               where peer.Family.Length == 0 || port.Family.Length == 0 || peer.Family == port.Family
               select $"{peer.Match}{port.Match}accept";
    }

    private static IEnumerable<(string Family, string Match)> Peers(PolicyTable table, string id, TrafficRule rule, string side)
    {
        if (rule.AnyPeer)
        {
            yield return ("", "");
            yield break;
        }

        foreach (var (family, header, type) in Families)
        {
            if (rule.Peers is { } peers)
            {
                var set = $"{id}_a{family}";
                table.Set(set, "set", $"type {type};");
                foreach (var peer in peers.Where(one => FamilyOf(one) == family))
                {
                    table.Element(set, peer.ToString());
                }

                yield return (family, $"{header} {side} @{set} ");
            }

            var ranges = rule.Ranges.Where(one => FamilyOf(one.First) == family).Select(static one => one.First.Equals(one.Last) ? one.First.ToString() : $"{one.First}-{one.Last}").ToList();
            if (ranges.Count > 0)
            {
                // Other ranges make another set: elements of ranges are never changed one by one.
                var set = $"{id}_r{family}_{Hash(string.Join(' ', ranges))}";
                table.Set(set, "set", $"type {type}; flags interval;");
                ranges.ForEach(range => table.Element(set, range));
                yield return (family, $"{header} {side} @{set} ");
            }
        }
    }

    private static IEnumerable<(string Family, string Match)> Ports(PolicyTable table, string id, TrafficRule rule)
    {
        if (rule.AnyPort)
        {
            yield return ("", "");
            yield break;
        }

        foreach (var port in rule.Ports)
        {
            yield return ("", port switch
            {
                { First: 0, Last: ushort.MaxValue } => $"meta l4proto {port.Protocol} ",
                _ when port.First == port.Last => string.Create(CultureInfo.InvariantCulture, $"{port.Protocol} dport {port.First} "),
                _ => string.Create(CultureInfo.InvariantCulture, $"{port.Protocol} dport {port.First}-{port.Last} "),
            });
        }

        if (rule.PlacePorts is not { } places)
        {
            yield break;
        }

        foreach (var (family, header, type) in Families)
        {
            var set = $"{id}_n{family}";
            table.Set(set, "set", $"type {type} . inet_proto . inet_service;");
            foreach (var place in places.Where(one => FamilyOf(one.Address) == family))
            {
                table.Element(set, string.Create(CultureInfo.InvariantCulture, $"{place.Address} . {place.Protocol} . {place.Port}"));
            }

            yield return (family, $"{header} daddr . meta l4proto . th dport @{set} ");
        }
    }

    private static string FamilyOf(IPAddress address) => address.AddressFamily == AddressFamily.InterNetworkV6 ? "6" : "4";

    private static string Hash(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)))[..12];
}
