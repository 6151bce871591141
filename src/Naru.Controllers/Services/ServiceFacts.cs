using System.Globalization;
using Naru.Objects.Values;

namespace Naru.Controllers.Services;

/// <summary>What a service holds.</summary>
internal static class ServiceFacts
{
    public const string None = "None";

    /// <summary>Addresses of the cluster; empty for headless services and names of others.</summary>
    public static List<string> AddressesOf(MapValue service)
    {
        var listed = service.List("spec", "clusterIPs")?.Texts().ToList() ?? [];
        if (listed.Count == 0 && service.Text("spec", "clusterIP") is { Length: > 0 } single)
        {
            listed.Add(single);
        }

        listed.RemoveAll(static one => one is "" or None);
        return listed;
    }

    /// <summary>Ports on every node.</summary>
    public static IEnumerable<int> PortsOf(MapValue service)
    {
        var ports = service.Maps("spec", "ports").Select(static one => one.Integer("nodePort") ?? 0).Append(service.Integer("spec", "healthCheckNodePort") ?? 0);
        return ports.Where(static one => one > 0).Select(static one => (int)one).Distinct();
    }

    /// <summary>Everything that nobody else may hold, as the keys of allocations.</summary>
    public static IEnumerable<string> HoldingsOf(MapValue service) => AddressesOf(service).Concat(PortsOf(service).Select(KeyOf));

    /// <summary>Key of a port.</summary>
    public static string KeyOf(int port) => string.Create(CultureInfo.InvariantCulture, $"port {port}");

    public static string TypeOf(MapValue service) => service.Text("spec", "type") ?? "ClusterIP";

    public static bool IsExternalName(MapValue service) => TypeOf(service) == "ExternalName";

    public static bool IsHeadless(MapValue service) => service.Text("spec", "clusterIP") == None;

    public static bool HasSelector(MapValue service) => service.Map("spec", "selector") is { Count: > 0 };
}
