using System.Globalization;
using System.Text;

namespace Naru.Traffic.Services;

/// <summary>
/// The table of services: its sets, maps and chains. A first packet is looked up by address, protocol and port, which gives the number of targets; the target is looked up by
/// the same and a random number below that. There is no chain for a service: chains are made for numbers of targets, which few services do not share.
/// </summary>
internal static class ServiceSets
{
    /// <summary>Between the names of sets and of their families.</summary>
    internal const string V4 = "4", V6 = "6";

    /// <summary>address . protocol . port (for ports of the host: protocol . port) to the chain that chooses; from this host and its containers, and from elsewhere.</summary>
    internal const string Inside = "inside", Outside = "outside", NodeInside = "node_inside", NodeOutside = "node_outside";

    /// <summary>The same keys (the protocol is part of the name) with a number, to address . port.</summary>
    internal const string Targets = "targets", OutsideTargets = "outside_targets", NodeTargets = "node_targets", NodeOutsideTargets = "node_outside_targets";

    /// <summary>The same keys as <see cref="Inside"/>, to what becomes of those that nobody answers.</summary>
    internal const string Refused = "refused", OutsideRefused = "outside_refused", NodeRefused = "node_refused", NodeOutsideRefused = "node_outside_refused";

    /// <summary>Addresses that are services' alone.</summary>
    internal const string Own = "own";

    /// <summary>client . address . protocol . port to address . port: filled by packets.</summary>
    internal const string Affinity = "affinity4";

    /// <summary>address . protocol . port, or protocol . port: to the chain that remembers.</summary>
    internal const string Sticky = "sticky4", NodeSticky = "node_sticky4";

    /// <summary>address . address: who may meet itself.</summary>
    internal const string Self = "self";

    /// <summary>Targets on other hosts: their answers must come back through this one.</summary>
    internal const string Remote = "remote";

    /// <summary>address . protocol . port that not everybody may come to, and the same with who may.</summary>
    internal const string Guarded = "guarded", Sources = "sources";

    /// <summary>Names of bridges whose ports are containers of this instance.</summary>
    internal const string Bridges = "bridges";

    /// <summary>Before the table of networks (-100) and after that has asked the host's firewall about published ports.</summary>
    private const int TranslatePriority = -105;

    private const string Port = "meta l4proto . th dport";
    private static readonly string[] Protocols = ["tcp", "udp", "sctp"];
    private static readonly (string Family, string Header, string Type)[] Families = [(V4, "ip", "ipv4_addr"), (V6, "ip6", "ipv6_addr")];

    /// <summary>Name and declaration of each.</summary>
    internal static IReadOnlyList<(string Name, string Declaration)> All { get; } = 
    [
        ("bridges", "set bridges { type ifname; }"),
        (Sticky, $"map {Sticky} {{ type ipv4_addr . inet_proto . inet_service : verdict; }}"),
        (NodeSticky, $"map {NodeSticky} {{ type inet_proto . inet_service : verdict; }}"),
        (Affinity, $"map {Affinity} {{ type ipv4_addr . ipv4_addr . inet_proto . inet_service : ipv4_addr . inet_service; size 262144; flags dynamic,timeout; }}"),
        .. Families.SelectMany(static one => Of(one.Family, one.Header, one.Type)),
    ];

    /// <summary>The chains that are always there.</summary>
    internal static string Chains { get; } = WriteChains();

    /// <summary>A number that changes when <see cref="All"/> or <see cref="Chains"/> do: a table of another shape is made anew.</summary>
    internal static string Version { get; } = Hash(string.Concat(All.Select(static one => one.Declaration)) + Chains);

    /// <summary>The chain that chooses one of so many targets out of a map.</summary>
    internal static string Chooser(string targets, int count, bool isSticky) => string.Create(CultureInfo.InvariantCulture, $"{(isSticky ? "keep" : "pick")}_{targets}_{count}");

    /// <summary>Name of a map of targets.</summary>
    internal static string TargetsOf(string kind, string family, string protocol) => $"{kind}{family}_{protocol}";

    /// <summary>The rules of such a chain.</summary>
    internal static string ChooserRules(string kind, string family, string protocol, int count, bool isSticky)
    {
        var header = family == V4 ? "ip" : "ip6";
        var key = kind.StartsWith("node_", StringComparison.Ordinal) ? $"{protocol} dport" : $"{header} daddr . {protocol} dport";
        var kept = isSticky && family == V4 ? $"dnat ip to ip saddr . ip daddr . {Port} map @{Affinity}\n" : "";

        // What a client of IPv6 was led to cannot be noted: key and value need more than the registers that libnftables has. Its address is taken in place of chance.
        var number = isSticky && family == V6 ? $"jhash ip6 saddr mod {count} seed 0x6e617275" : $"numgen random mod {count}";
        return string.Create(CultureInfo.InvariantCulture, $"{kept}dnat {header} to {key} . {number} map @{TargetsOf(kind, family, protocol)}\n");
    }

    /// <summary>The chain that remembers where a client went for so long.</summary>
    internal static string Rememberer(long seconds) => string.Create(CultureInfo.InvariantCulture, $"remember_{seconds}");

    /// <summary>The rules of such a chain. A protocol each: what a port is depends on it.</summary>
    internal static string RemembererRules(long seconds) =>
        string.Concat(Protocols.Select(protocol => string.Create(
            CultureInfo.InvariantCulture,
            $"meta l4proto {protocol} update @{Affinity} {{ ip saddr . ct original ip daddr . meta l4proto . ct original proto-dst timeout {seconds}s : ip daddr . {protocol} dport }}\n")));

    private static IEnumerable<(string Name, string Declaration)> Of(string family, string header, string type)
    {
        (string, string) Map(string name, string from, string to, string more = "") => (name + family, $"map {name}{family} {{ type {from} : {to}; {more}}}");
        var place = $"{type} . inet_proto . inet_service";
        foreach (var name in new[] { Inside, Outside, Refused, OutsideRefused })
        {
            yield return Map(name, place, "verdict");
        }

        foreach (var name in new[] { NodeInside, NodeOutside, NodeRefused, NodeOutsideRefused })
        {
            yield return Map(name, "inet_proto . inet_service", "verdict");
        }

        // A map for each protocol: nftables 1.0.6 cannot read back one that says th where a number is part of the key.
        foreach (var protocol in Protocols)
        {
            var port = $"{protocol} dport . numgen random mod 65536 : {header} daddr . {protocol} dport";
            foreach (var name in new[] { Targets, OutsideTargets })
            {
                yield return ($"{name}{family}_{protocol}", $"map {name}{family}_{protocol} {{ typeof {header} daddr . {port}; }}");
            }

            foreach (var name in new[] { NodeTargets, NodeOutsideTargets })
            {
                yield return ($"{name}{family}_{protocol}", $"map {name}{family}_{protocol} {{ typeof {port}; }}");
            }
        }

        yield return (Own + family, $"set {Own}{family} {{ type {type}; }}");
        yield return (Remote + family, $"set {Remote}{family} {{ type {type}; }}");
        yield return (Self + family, $"set {Self}{family} {{ type {type} . {type}; }}");
        yield return (Guarded + family, $"set {Guarded}{family} {{ type {place}; }}");
        yield return (Sources + family, $"set {Sources}{family} {{ type {place} . {type}; flags interval; }}");
    }

    private static string WriteChains()
    {
        var text = new StringBuilder();
        text.Append("chain refuse {\nmeta l4proto tcp reject with tcp reset\nreject\n}\n");
        WriteTranslation(text);
        WriteRefusal(text);
        WriteReturn(text);
        return text.ToString();
    }

    private static void WriteTranslation(StringBuilder text)
    {
        text.Append("chain guard { type filter hook prerouting priority -110; policy accept;\nct state established,related return\n");
        foreach (var (family, header, _) in Families)
        {
            var place = $"{header} daddr . {Port}";
            text.Append(CultureInfo.InvariantCulture, $"{place} @{Guarded}{family} {place} . {header} saddr != @{Sources}{family} drop\n");
        }

        text.Append("}\n");
        foreach (var (chain, places, ports) in new[] { ("from_inside", Inside, NodeInside), ("from_outside", Outside, NodeOutside) })
        {
            text.Append(CultureInfo.InvariantCulture, $"chain {chain}_port {{\nmeta nfproto ipv4 {Port} vmap @{ports}4\nip6 daddr != ::1 {Port} vmap @{ports}6\n}}\n");
            text.Append(CultureInfo.InvariantCulture, $"chain {chain} {{\nip daddr . {Port} vmap @{places}4\nip6 daddr . {Port} vmap @{places}6\nfib daddr type local jump {chain}_port\n}}\n");
        }

        text.Append(CultureInfo.InvariantCulture, $"chain prerouting {{ type nat hook prerouting priority {TranslatePriority}; policy accept;\niifname @bridges goto from_inside\ngoto from_outside\n}}\n");
        text.Append(CultureInfo.InvariantCulture, $"chain output {{ type nat hook output priority {TranslatePriority}; policy accept;\ngoto from_inside\n}}\n");
    }

    private static void WriteRefusal(StringBuilder text)
    {
        foreach (var (chain, places, ports) in new[] { ("refuse_inside", Refused, NodeRefused), ("refuse_outside", OutsideRefused, NodeOutsideRefused) })
        {
            text.Append(CultureInfo.InvariantCulture, $"chain {chain} {{\nip daddr . {Port} vmap @{places}4\nip6 daddr . {Port} vmap @{places}6\n");
            text.Append(chain == "refuse_inside" ? $"ip daddr @{Own}4 goto refuse\nip6 daddr @{Own}6 goto refuse\n" : "");
            text.Append(CultureInfo.InvariantCulture, $"fib daddr type != local return\nmeta nfproto ipv4 {Port} vmap @{ports}4\nip6 daddr != ::1 {Port} vmap @{ports}6\n}}\n");
        }

        foreach (var hook in new[] { "input", "forward" })
        {
            text.Append(CultureInfo.InvariantCulture, $"chain {hook} {{ type filter hook {hook} priority -10; policy accept;\nct state established,related return\niifname \"lo\" return\niifname @bridges goto refuse_inside\ngoto refuse_outside\n}}\n");
        }

        text.Append("chain refuse_output { type filter hook output priority -10; policy accept;\nct state established,related return\ngoto refuse_inside\n}\n");
    }

    private static void WriteReturn(StringBuilder text)
    {
        text.Append("chain remember_first {\n");
        foreach (var protocol in Protocols)
        {
            text.Append(CultureInfo.InvariantCulture, $"meta l4proto {protocol} ct original ip daddr . meta l4proto . ct original proto-dst vmap @{Sticky}\n");
            text.Append(CultureInfo.InvariantCulture, $"meta nfproto ipv4 meta l4proto {protocol} meta l4proto . ct original proto-dst vmap @{NodeSticky}\n");
        }

        text.Append("}\nchain remember { type filter hook postrouting priority 90; policy accept;\nct state new ct status dnat jump remember_first\n}\nchain way_back {\n");
        foreach (var (family, header, _) in Families)
        {
            text.Append(CultureInfo.InvariantCulture, $"{header} saddr . {header} daddr @{Self}{family} masquerade\n");
            text.Append(CultureInfo.InvariantCulture, $"iifname != @bridges oifname != @bridges {header} daddr @{Remote}{family} masquerade\n");
        }

        text.Append("}\nchain postrouting { type nat hook postrouting priority 95; policy accept;\nct status dnat jump way_back\n}\n");
    }

    // Not for secrets: FNV-1a.
    private static string Hash(string text)
    {
        var hash = 2166136261u;
        foreach (var letter in text)
        {
            hash = unchecked((hash ^ letter) * 16777619u);
        }

        return hash.ToString("x8", CultureInfo.InvariantCulture);
    }
}
