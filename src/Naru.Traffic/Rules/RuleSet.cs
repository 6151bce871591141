namespace Naru.Traffic.Rules;

/// <summary>The sets and maps of this instance's table. Every packet meets a fixed number of lookups, however many elements there are.</summary>
internal static class RuleSet
{
    /// <summary>Names of the bridges of this instance.</summary>
    internal const string Bridges = "bridges";

    /// <summary>Bridges with no way out.</summary>
    internal const string Internal = "internal";

    /// <summary>Bridges whose addresses may be reached from outside without publishing.</summary>
    internal const string Routed4 = "routed4", Routed6 = "routed6";

    /// <summary>bridge . bridge : what happens to traffic between two ports of it.</summary>
    internal const string Local = "local";

    /// <summary>Subnets that leave with the host's address.</summary>
    internal const string Masquerade4 = "masquerade4", Masquerade6 = "masquerade6";

    /// <summary>container . container: one that meets itself by a published port.</summary>
    internal const string Self4 = "self4", Self6 = "self6";

    /// <summary>subnet . subnet, where the bridge does not show its traffic to the rules: answers between neighbours must come back through the host.</summary>
    internal const string Hairpin4 = "hairpin4", Hairpin6 = "hairpin6";

    /// <summary>protocol . port, or address . protocol . port: to address . port inside.</summary>
    internal const string Any4 = "any4", Any6 = "any6", Address4 = "address4", Address6 = "address6";

    /// <summary>The same keys: whether the host's firewall is asked first.</summary>
    internal const string GuardAny4 = "guard_any4", GuardAny6 = "guard_any6", GuardAddress4 = "guard_address4", GuardAddress6 = "guard_address6";

    /// <summary>Set in a packet's mark while the host's firewall is asked; gone before anybody else looks.</summary>
    internal const uint GuardMark = 0x2000_0000;

    /// <summary>Priorities in prerouting: mark, ask (the copies), clear; then destination translation at -100.</summary>
    internal const int MarkPriority = -112, AskPriority = -111, ClearPriority = -101;

    internal static readonly IReadOnlyList<(string Name, string Declaration)> All =
    [
        (Bridges, "set bridges { type ifname; }"),
        (Internal, "set internal { type ifname; }"),
        (Routed4, "set routed4 { type ifname; }"),
        (Routed6, "set routed6 { type ifname; }"),
        (Local, "map local { type ifname . ifname : verdict; }"),
        (Masquerade4, "set masquerade4 { type ipv4_addr; flags interval; }"),
        (Masquerade6, "set masquerade6 { type ipv6_addr; flags interval; }"),
        (Self4, "set self4 { type ipv4_addr . ipv4_addr; }"),
        (Self6, "set self6 { type ipv6_addr . ipv6_addr; }"),
        (Hairpin4, "set hairpin4 { type ipv4_addr . ipv4_addr; flags interval; }"),
        (Hairpin6, "set hairpin6 { type ipv6_addr . ipv6_addr; flags interval; }"),
        (Any4, "map any4 { type inet_proto . inet_service : ipv4_addr . inet_service; }"),
        (Any6, "map any6 { type inet_proto . inet_service : ipv6_addr . inet_service; }"),
        (Address4, "map address4 { type ipv4_addr . inet_proto . inet_service : ipv4_addr . inet_service; }"),
        (Address6, "map address6 { type ipv6_addr . inet_proto . inet_service : ipv6_addr . inet_service; }"),
        (GuardAny4, "map guard_any4 { type inet_proto . inet_service : verdict; }"),
        (GuardAny6, "map guard_any6 { type inet_proto . inet_service : verdict; }"),
        (GuardAddress4, "map guard_address4 { type ipv4_addr . inet_proto . inet_service : verdict; }"),
        (GuardAddress6, "map guard_address6 { type ipv6_addr . inet_proto . inet_service : verdict; }"),
    ];

    /// <summary>The chains. They never change: only the elements do.</summary>
    internal static readonly string Chains = $$"""
        chain raw { type filter hook prerouting priority raw; policy accept;
          iifname @bridges ip daddr 127.0.0.0/8 drop
        }
        chain publishing { meta mark set meta mark or {{GuardMark}}
        }
        chain guard { type filter hook prerouting priority {{MarkPriority}}; policy accept;
          iifname != "lo" ct state new fib daddr type local jump guarded
        }
        chain guarded {
          ip daddr . meta l4proto . th dport vmap @guard_address4
          meta nfproto ipv4 meta l4proto . th dport vmap @guard_any4
          ip6 daddr . meta l4proto . th dport vmap @guard_address6
          meta nfproto ipv6 meta l4proto . th dport vmap @guard_any6
        }
        chain unguard { type filter hook prerouting priority {{ClearPriority}}; policy accept;
          meta mark and {{GuardMark}} == {{GuardMark}} meta mark set meta mark and {{~GuardMark}}
        }
        chain published {
          meta nfproto ipv4 dnat ip to ip daddr . meta l4proto . th dport map @address4
          meta nfproto ipv4 dnat ip to meta l4proto . th dport map @any4
          meta nfproto ipv6 dnat ip6 to ip6 daddr . meta l4proto . th dport map @address6
          meta nfproto ipv6 dnat ip6 to meta l4proto . th dport map @any6
        }
        chain prerouting { type nat hook prerouting priority dstnat; policy accept;
          fib daddr type local jump published
        }
        chain output { type nat hook output priority -100; policy accept;
          ip6 daddr ::1 accept
          fib daddr type local jump published
        }
        chain forward { type filter hook forward priority filter; policy accept;
          iifname . oifname vmap @local
          oifname @bridges jump inbound
          iifname @internal drop
        }
        chain inbound {
          ct state established,related accept
          ct status dnat accept
          meta nfproto ipv4 oifname @routed4 iifname != @bridges accept
          meta nfproto ipv6 oifname @routed6 iifname != @bridges accept
          drop
        }
        chain postrouting { type nat hook postrouting priority srcnat; policy accept;
          oifname @bridges jump inward
          oifname != @bridges ip saddr @masquerade4 masquerade
          oifname != @bridges ip6 saddr @masquerade6 masquerade
        }
        chain inward {
          ip saddr 127.0.0.0/8 masquerade
          ip saddr . ip daddr @self4 masquerade
          ip6 saddr . ip6 daddr @self6 masquerade
          ct status dnat ip saddr . ip daddr @hairpin4 masquerade
          ct status dnat ip6 saddr . ip6 daddr @hairpin6 masquerade
        }
        """;
}
