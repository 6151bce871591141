using System.Net;
using Naru.Core.Names;
using Naru.Objects.Values;

namespace Naru.Agent.Names;

/// <summary>The names of a service, as Kubernetes' specification of DNS-based service discovery (1.1.0) has them. Pure.</summary>
internal static class ServiceRecords
{
    private const int WholeWeight = 100;

    /// <summary>All of them.</summary>
    /// <param name="service">The service.</param>
    /// <param name="slices">Its slices of endpoints.</param>
    /// <param name="domain">Domain of the cluster.</param>
    public static List<NameRecord> Of(MapValue service, IEnumerable<MapValue> slices, string domain)
    {
        var name = $"{service.Text("metadata", "name")}.{service.Text("metadata", "namespace")}.svc.{domain}";
        if (service.Text("spec", "type") == "ExternalName")
        {
            var target = (service.Text("spec", "externalName") ?? "").TrimEnd('.').ToLowerInvariant();
            return target.Length == 0 ? [] : IPAddress.TryParse(target, out var address) ? [new AddressRecord(name, address)] : [new AliasRecord(name, target)];
        }

        var addresses = Addresses(service);
        return addresses.Count > 0 ? OfAddresses(service, name, addresses) : OfEndpoints(slices, name, service.Boolean("spec", "publishNotReadyAddresses") == true);
    }

    private static List<IPAddress> Addresses(MapValue service)
    {
        var texts = service.List("spec", "clusterIPs")?.Texts().ToList() ?? [];
        if (texts.Count == 0 && service.Text("spec", "clusterIP") is { } single)
        {
            texts.Add(single);
        }

        return [.. texts.Select(static text => IPAddress.TryParse(text, out var address) ? address : null).OfType<IPAddress>()];
    }

    private static List<NameRecord> OfAddresses(MapValue service, string name, List<IPAddress> addresses)
    {
        var records = new List<NameRecord>();
        foreach (var address in addresses)
        {
            records.Add(new AddressRecord(name, address));
            records.Add(new PointerRecord(ReverseName.Of(address), name));
        }

        foreach (var port in service.Maps("spec", "ports"))
        {
            AddPort(records, port, name, name, WholeWeight);
        }

        return records;
    }

    // Without an address of its own a service is its endpoints; each has a name too.
    private static List<NameRecord> OfEndpoints(IEnumerable<MapValue> slices, string name, bool publishAll)
    {
        var records = new List<NameRecord>();
        var places = new List<(string Host, MapValue Slice)>();
        foreach (var slice in slices.Where(static one => one.Text("addressType") != "FQDN"))
        {
            foreach (var endpoint in slice.Maps("endpoints").Where(one => publishAll || one.Boolean("conditions", "ready") != false))
            {
                foreach (var address in (endpoint.List("addresses")?.Texts() ?? []).Select(static text => IPAddress.TryParse(text, out var parsed) ? parsed : null).OfType<IPAddress>())
                {
                    var host = $"{(endpoint.Text("hostname") is { Length: > 0 } hostname ? hostname.ToLowerInvariant() : Dashed(address))}.{name}";
                    records.Add(new AddressRecord(name, address));
                    records.Add(new AddressRecord(host, address));
                    records.Add(new PointerRecord(ReverseName.Of(address), host));
                    places.Add((host, slice));
                }
            }
        }

        foreach (var (host, slice) in places)
        {
            foreach (var port in slice.Maps("ports"))
            {
                AddPort(records, port, name, host, Math.Max(WholeWeight / places.Count, 1));
            }
        }

        return [.. records.Distinct()];
    }

    /// <summary>An address as a label.</summary>
    public static string Dashed(IPAddress address) => address.ToString().Replace('.', '-').Replace(':', '-');

    private static void AddPort(List<NameRecord> records, MapValue port, string name, string target, int weight)
    {
        if (port.Integer("port") is not { } number)
        {
            return;
        }

        records.Add(new ServiceRecord(name, 0, (ushort)weight, (ushort)number, target));
        if (port.Text("name") is { Length: > 0 } label)
        {
            var protocol = (port.Text("protocol") ?? "TCP").ToLowerInvariant();
            records.Add(new ServiceRecord($"_{label}._{protocol}.{name}", 0, (ushort)weight, (ushort)number, target));
        }
    }
}
