using Naru.Core.Networks;
using Naru.Dialects.Docker.Containers;
using Naru.Dialects.Docker.Http;
using Naru.Dialects.Docker.Wire;

namespace Naru.Dialects.Docker.Networks;

/// <summary>From a network to what docker shows of it.</summary>
internal static class NetworkViewMap
{
    public static NetworkResource Show(Network network, bool inspect) => new()
    {
        Name = network.Spec.Name,
        Id = network.Id,
        Created = GoTime.Format(network.Created),
        Scope = network.Spec.Scope.Length > 0 ? network.Spec.Scope : "local",
        Driver = DriverOf(network),
        EnableIPv4 = network.Spec.EnableIPv4 ?? true,
        EnableIPv6 = network.Spec.EnableIPv6,
        IPAM = new Ipam
        {
            Driver = network.Spec.IpamDriver.Length > 0 ? network.Spec.IpamDriver : "default",
            Options = network.Spec.IpamOptions is { } options ? WireMaps.Map(options) : null,
            Config = [.. network.Spec.Pools.Select(ShowPool)],
        },
        Internal = network.Spec.Internal,
        Attachable = network.Spec.Attachable,
        Ingress = network.Spec.Ingress,
        ConfigFrom = new ConfigReference { Network = network.Spec.ConfigFrom },
        ConfigOnly = network.Spec.ConfigOnly,
        Containers = inspect ? ShowEndpoints(network) : [],
        Options = WireMaps.Map(network.Spec.Options),
        Labels = WireMaps.Map(network.Spec.Labels),
        Status = inspect ? SubnetUse.Of(network) : null,
    };

    public static string DriverOf(Network network) => network.Spec.Driver switch
    {
        "" => "bridge",
        "none" => "null",
        var driver => driver,
    };

    private static IpamConfig ShowPool(IpamPool pool) => new()
    {
        Subnet = WireMaps.NullIfEmpty(pool.Subnet),
        IPRange = WireMaps.NullIfEmpty(pool.IpRange),
        Gateway = WireMaps.NullIfEmpty(pool.Gateway),
        AuxiliaryAddresses = WireMaps.MapOrNull(pool.Auxiliary),
    };

    private static SortedDictionary<string, EndpointResource> ShowEndpoints(Network network)
    {
        var map = new SortedDictionary<string, EndpointResource>(StringComparer.Ordinal);
        foreach (var (container, endpoint) in network.Endpoints)
        {
            map[container.Value] = new EndpointResource
            {
                Name = endpoint.ContainerName,
                EndpointID = endpoint.Id,
                MacAddress = endpoint.MacAddress,
                IPv4Address = WithPrefix(endpoint.IPv4Address, endpoint.IPv4Prefix),
                IPv6Address = WithPrefix(endpoint.IPv6Address, endpoint.IPv6Prefix),
            };
        }
        return map;
    }

    private static string WithPrefix(string address, int length) => address.Length == 0 ? "" : $"{address}/{length}";
}
