using System.Globalization;
using Naru.Kinds.Rules;
using Naru.Objects.Kinds;
using Naru.Objects.Values;

namespace Naru.Kinds.Printing;

/// <summary>The tables of services and what lies behind and before them.</summary>
internal static class ServicePrinters
{
    /// <summary>Services.</summary>
    public static ITablePrinter Services { get; } = new TablePrinter("Name, Type, Cluster-IP, External-IP, Port(s), Age, Selector+", static (body, now) =>
    [
        Cell.Name(body), Cell.Text(body, "", "spec", "type"), Cell.Text(body, Cell.None, "spec", "clusterIP"), External(body), Ports(body), Cell.Age(body, now), Cell.Labels(body.Map("spec", "selector")),
    ]);

    /// <summary>Endpoints.</summary>
    public static ITablePrinter Endpoints { get; } = new TablePrinter("Name, Endpoints, Age", static (body, now) =>
    {
        var all = body.Maps("subsets").SelectMany(static subset => subset.Entries("addresses").SelectMany(address => subset.CountOf("ports") == 0
            ? [address.Entry.Str("ip")]
            : subset.Entries("ports").Select(port => Join(address.Entry.Str("ip"), port.Entry.Int("port"))))).ToList();
        return [Cell.Name(body), Some(all), Cell.Age(body, now)];
    });

    /// <summary>Slices of endpoints.</summary>
    public static ITablePrinter Slices { get; } = new TablePrinter("Name, AddressType, Ports, Endpoints, Age", static (body, now) =>
    {
        var ports = body.Maps("ports").Select(static one => one["port"]?.ToString() ?? "*").ToList();
        var addresses = body.Maps("endpoints").SelectMany(static one => one.Words("addresses")).ToList();
        return [Cell.Name(body), Cell.Text(body, "", "addressType"), ports.Count == 0 ? "<unset>" : Some(ports), addresses.Count == 0 ? "<unset>" : Some(addresses), Cell.Age(body, now)];
    });

    /// <summary>Ingresses.</summary>
    public static ITablePrinter Ingresses { get; } = new TablePrinter("Name, Class, Hosts, Address, Ports, Age", static (body, now) =>
    {
        var hosts = body.Maps("spec", "rules").Select(static one => one.Str("host")).Where(static one => one.Length > 0).ToList();
        return
        [
            Cell.Name(body), Cell.Text(body, Cell.None, "spec", "ingressClassName"), hosts.Count == 0 ? "*" : hosts.Count > 3 ? Some(hosts) : string.Join(',', hosts),
            Balanced(body), body.Under("spec").CountOf("tls") > 0 ? "80, 443" : "80", Cell.Age(body, now),
        ];
    });

    private static string Some(List<string> all) =>
        all.Count == 0 ? Cell.None : all.Count <= 3 ? string.Join(',', all) : string.Create(CultureInfo.InvariantCulture, $"{string.Join(',', all.Take(3))} + {all.Count - 3} more...");

    private static string Join(string address, long port) =>
        string.Create(CultureInfo.InvariantCulture, $"{(address.Contains(':', StringComparison.Ordinal) ? $"[{address}]" : address)}:{port}");

    private static string Balanced(MapValue body) =>
        string.Join(',', body.Maps("status", "loadBalancer", "ingress").Select(static one => one.Str("ip") is { Length: > 0 } address ? address : one.Str("hostname")).Distinct().Order(StringComparer.Ordinal));

    private static string External(MapValue body)
    {
        var given = body.Under("spec").Words("externalIPs").ToList();
        var plain = given.Count > 0 ? string.Join(',', given) : Cell.None;
        switch (body.Text("spec", "type"))
        {
            case "ExternalName":
                return body.Text("spec", "externalName") ?? "";
            case "LoadBalancer":
                var balanced = Balanced(body);
                return balanced.Length > 0 ? (given.Count > 0 ? $"{balanced},{plain}" : balanced) : given.Count > 0 ? plain : "<pending>";
            default:
                return plain;
        }
    }

    private static string Ports(MapValue body)
    {
        var ports = body.Maps("spec", "ports").Select(static one => one.Int("nodePort") is not 0 and var node
            ? string.Create(CultureInfo.InvariantCulture, $"{one.Int("port")}:{node}/{one.Str("protocol")}")
            : string.Create(CultureInfo.InvariantCulture, $"{one.Int("port")}/{one.Str("protocol")}")).ToList();
        return ports.Count == 0 ? Cell.None : string.Join(',', ports);
    }
}
