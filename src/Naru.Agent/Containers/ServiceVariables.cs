using System.Globalization;
using Naru.Objects.Values;

namespace Naru.Agent.Containers;

/// <summary>Variables that tell containers of the services in their namespace, and of the API server. Pure.</summary>
internal static class ServiceVariables
{
    public static IEnumerable<(string Name, string Value)> Of(IEnumerable<MapValue> services, string @namespace)
    {
        var master = new List<(string, string)>();
        var own = new List<(string, string)>();
        foreach (var service in services)
        {
            var (space, name, address) = (service.Text("metadata", "namespace"), service.Text("metadata", "name") ?? "", service.Text("spec", "clusterIP") ?? "");
            if (address is "" or "None" || (space == "default" && name == "kubernetes" ? master : space == @namespace ? own : null) is not { } into)
            {
                continue;
            }

            into.AddRange(OfOne(Word(name), address, [.. service.Maps("spec", "ports")]));
        }

        return master.Concat(own);
    }

    private static IEnumerable<(string, string)> OfOne(string prefix, string address, List<MapValue> ports)
    {
        if (ports.Count == 0)
        {
            yield break;
        }

        var first = Port(ports[0]);
        yield return ($"{prefix}_SERVICE_HOST", address);
        yield return ($"{prefix}_SERVICE_PORT", first);
        foreach (var port in ports.Where(static port => port.Text("name") is { Length: > 0 }))
        {
            yield return ($"{prefix}_SERVICE_PORT_{Word(port.Text("name")!)}", Port(port));
        }

        var host = address.Contains(':', StringComparison.Ordinal) ? $"[{address}]" : address;
        yield return ($"{prefix}_PORT", $"{Protocol(ports[0])}://{host}:{first}");
        foreach (var port in ports)
        {
            var (number, protocol) = (Port(port), Protocol(port));
            var one = $"{prefix}_PORT_{number}_{protocol.ToUpperInvariant()}";
            yield return (one, $"{protocol}://{host}:{number}");
            yield return ($"{one}_PROTO", protocol);
            yield return ($"{one}_PORT", number);
            yield return ($"{one}_ADDR", address);
        }
    }

    private static string Port(MapValue port) => (port.Integer("port") ?? 0).ToString(CultureInfo.InvariantCulture);

    private static string Protocol(MapValue port) => (port.Text("protocol") ?? "TCP").ToLowerInvariant();

    private static string Word(string name) => name.ToUpperInvariant().Replace('-', '_');
}
