using System.Collections.Immutable;
using System.Globalization;
using Naru.Core.Errors;
using Naru.Core.Networks;
using Naru.Traffic.Addresses;

namespace Naru.Traffic.Networks;

/// <summary>The options of a network's driver, read and checked.</summary>
internal sealed record DriverSettings
{
    internal const string Bridge = "bridge", Macvlan = "macvlan", Ipvlan = "ipvlan", Host = "host", Null = "null";
    internal const string BridgeNameOption = "com.docker.network.bridge.name";
    internal const string IccOption = "com.docker.network.bridge.enable_icc";
    internal const string MasqueradeOption = "com.docker.network.bridge.enable_ip_masquerade";
    internal const string HostBindingOption = "com.docker.network.bridge.host_binding_ipv4";
    internal const string MtuOption = "com.docker.network.driver.mtu";
    internal const string DefaultBridgeOption = "com.docker.network.bridge.default_bridge";
    internal const string HairpinOption = "naru.hairpin";
    private const string GatewayModeV4Option = "com.docker.network.bridge.gateway_mode_ipv4";
    private const string GatewayModeV6Option = "com.docker.network.bridge.gateway_mode_ipv6";

    /// <summary>Of a network whose containers meet each other through the host, never from port to port of the bridge: each address is judged and translated as any other.</summary>
    internal const string ThroughHostOption = "naru.through_host";

    internal string BridgeName { get; init; } = "";

    /// <summary>Containers of the network may talk to each other.</summary>
    internal bool Icc { get; init; } = true;

    internal bool ThroughHost { get; init; }

    internal bool Masquerade { get; init; } = true;

    /// <summary>Containers may meet themselves by a service, even without published ports.</summary>
    internal bool Hairpin { get; init; }

    /// <summary>Address that ports are published on when none is named; empty: all.</summary>
    internal string HostBinding { get; init; } = "";

    /// <summary>Null: the kernel's.</summary>
    internal int? Mtu { get; init; }

    internal string InterfacePrefix { get; init; } = "eth";

    /// <summary>Interface of the host below a macvlan or ipvlan; empty: one is made.</summary>
    internal string Parent { get; init; } = "";

    internal string Mode { get; init; } = "";

    /// <summary>Addresses inside can be reached from other hosts without publishing ports.</summary>
    internal bool IsRoutedV4 { get; init; }

    internal bool IsRoutedV6 { get; init; }

    internal static DriverSettings Read(NetworkSpec spec)
    {
        var options = spec.Options;
        return new DriverSettings
        {
            BridgeName = LinkName(options, BridgeNameOption),
            Icc = Flag(options, IccOption, fallback: true),
            ThroughHost = Flag(options, ThroughHostOption, fallback: false),
            Masquerade = Flag(options, MasqueradeOption, fallback: true),
            Hairpin = Flag(options, HairpinOption, fallback: false),
            HostBinding = Address(options, HostBindingOption),
            Mtu = Number(options, MtuOption) ?? Number(options, "mtu"),
            InterfacePrefix = options.GetValueOrDefault("com.docker.network.container_iface_prefix") is { Length: > 0 and < 12 } prefix ? prefix : "eth",
            Parent = LinkName(options, "parent"),
            Mode = ReadMode(spec, options),
            IsRoutedV4 = ReadGatewayMode(options, GatewayModeV4Option),
            IsRoutedV6 = ReadGatewayMode(options, GatewayModeV6Option),
        };
    }

    private static string ReadMode(NetworkSpec spec, ImmutableSortedDictionary<string, string> options)
    {
        var (name, legal) = spec.Driver switch
        {
            Macvlan => ("macvlan_mode", new[] { "", "bridge", "private", "vepa", "passthru" }),
            Ipvlan => ("ipvlan_mode", ["", "l2", "l3", "l3s"]),
            _ => ("", []),
        };
        var value = name.Length == 0 ? "" : options.GetValueOrDefault(name, "");
        return name.Length == 0 || legal.Contains(value, StringComparer.Ordinal)
            ? value
            : throw NaruException.Invalid($"requested {spec.Driver} mode '{value}' is not valid, 'bridge' mode is the {spec.Driver} driver default");
    }

    private static bool ReadGatewayMode(ImmutableSortedDictionary<string, string> options, string name) => options.GetValueOrDefault(name, "") switch
    {
        "" or "nat" or "isolated" => false,
        "routed" or "nat-unprotected" => true,
        var other => throw NaruException.Invalid($"invalid gateway mode '{other}' in {name}: it must be nat, nat-unprotected, routed or isolated"),
    };

    private static bool Flag(ImmutableSortedDictionary<string, string> options, string name, bool fallback) => options.GetValueOrDefault(name, "") switch
    {
        "" => fallback,
        "1" or "t" or "T" or "TRUE" or "true" or "True" => true,
        "0" or "f" or "F" or "FALSE" or "false" or "False" => false,
        var other => throw NaruException.Invalid($"invalid value for option {name}: '{other}' is not true or false"),
    };

    private static int? Number(ImmutableSortedDictionary<string, string> options, string name)
    {
        if (options.GetValueOrDefault(name, "") is not { Length: > 0 } text)
        {
            return null;
        }

        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value) && value is 0 or (>= 68 and <= 65535)
            ? value == 0 ? null : value
            : throw NaruException.Invalid($"invalid value for option {name}: '{text}' is not a number of bytes from 68 to 65535");
    }

    private static string Address(ImmutableSortedDictionary<string, string> options, string name)
    {
        var text = options.GetValueOrDefault(name, "");
        return text.Length == 0 || Subnet.TryParseAddress(text, out _) ? text : throw NaruException.Invalid($"invalid value for option {name}: '{text}' is not an address");
    }

    private static string LinkName(ImmutableSortedDictionary<string, string> options, string name)
    {
        var text = options.GetValueOrDefault(name, "");
        return text.Length <= 15 && text is not ("." or "..") && text.All(static c => c is > ' ' and < (char)127 and not ('/' or ':' or '"' or '\\'))
            ? text
            : throw NaruException.Invalid($"invalid value for option {name}: '{text}' is not the name of a network interface");
    }
}
