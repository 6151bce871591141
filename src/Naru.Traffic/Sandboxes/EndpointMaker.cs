using System.Collections.Immutable;
using System.Net;
using System.Security.Cryptography;
using Naru.Core.Networks;
using Naru.Traffic.Addresses;
using Naru.Traffic.Networks;

namespace Naru.Traffic.Sandboxes;

/// <summary>Takes addresses for endpoints and gives them back.</summary>
internal sealed class EndpointMaker(NetworkCatalog catalog, EndpointLinks links)
{
    /// <summary>A place in a network, its addresses taken. On failure nothing is taken.</summary>
    internal EndpointDocument Make(LiveNetwork network, EndpointSpec spec, SandboxRequest request, IReadOnlyCollection<string> usedInterfaces)
    {
        var hasInterface = network.IsBridge || network.IsLayered;
        IPAddress? v4 = null, v6 = null;
        if (hasInterface)
        {
            lock (catalog.Guard)
            {
                v4 = Take(network.PoolV4, spec.IPv4Address);
                try
                {
                    v6 = Take(network.PoolV6, spec.IPv6Address);
                }
                catch
                {
                    Release(network.PoolV4, v4);
                    throw;
                }
            }
        }

        var endpoint = new Endpoint
        {
            Id = RandomNumberGenerator.GetHexString(64, lowercase: true),
            NetworkId = network.Id,
            NetworkName = network.Name,
            Container = request.Container,
            ContainerName = request.Name,
            Spec = spec,
            Interface = hasInterface ? FreeName(network.Settings.InterfacePrefix, usedInterfaces) : "",
            MacAddress = hasInterface ? spec.MacAddress.Length > 0 ? spec.MacAddress.ToLowerInvariant().Replace('-', ':') : Mac(v4, v6) : "",
            IPv4Address = v4?.ToString() ?? "",
            IPv4Prefix = v4 is null ? 0 : network.PoolV4!.Subnet.PrefixLength,
            Gateway = v4 is null || network.Spec.Internal ? "" : network.PoolV4!.Gateway?.ToString() ?? "",
            IPv6Address = v6?.ToString() ?? "",
            IPv6Prefix = v6 is null ? 0 : network.PoolV6!.Subnet.PrefixLength,
            IPv6Gateway = v6 is null || network.Spec.Internal ? "" : network.PoolV6!.Gateway?.ToString() ?? "",
            DnsNames = DnsNames(network, spec, request),
        };
        return new EndpointDocument { Value = endpoint, HostLink = network.IsBridge ? links.NewHostLink() : "" };
    }

    /// <summary>Takes the addresses of an endpoint that was found alive.</summary>
    internal void Retake(LiveNetwork network, Endpoint endpoint)
    {
        lock (catalog.Guard)
        {
            foreach (var (pool, text) in new[] { (network.PoolV4, endpoint.IPv4Address), (network.PoolV6, endpoint.IPv6Address) })
            {
                if (text.Length > 0 && pool is not null)
                {
                    var address = IPAddress.Parse(text);
                    if (pool.Subnet.Contains(address))
                    {
                        pool.Release(address);
                        pool.Take(address);
                    }
                }
            }
        }
    }

    internal void GiveBack(Endpoint endpoint)
    {
        if (catalog.FindLive(endpoint.NetworkId) is not { } network)
        {
            return;
        }

        lock (catalog.Guard)
        {
            Release(network.PoolV4, endpoint.IPv4Address.Length > 0 ? IPAddress.Parse(endpoint.IPv4Address) : null);
            Release(network.PoolV6, endpoint.IPv6Address.Length > 0 ? IPAddress.Parse(endpoint.IPv6Address) : null);
        }
    }

    /// <summary>The names of a container in one network; the default bridge has none.</summary>
    internal static ImmutableArray<string> DnsNames(LiveNetwork network, EndpointSpec spec, SandboxRequest request)
    {
        if (network.IsDefaultBridge || !(network.IsBridge || network.IsLayered))
        {
            return [];
        }

        var names = new List<string> { request.Name };
        names.AddRange(spec.Aliases ?? []);
        names.Add(request.Container.Short);
        if (request.Hostname.Length > 0)
        {
            names.Add(request.Hostname);
        }

        return [.. names.Where(static name => name.Length > 0).Distinct(StringComparer.OrdinalIgnoreCase)];
    }

    private static IPAddress? Take(AddressPool? pool, string wanted)
    {
        if (pool is null)
        {
            return null;
        }

        if (wanted.Length == 0)
        {
            return pool.Take();
        }

        var address = IPAddress.Parse(wanted);
        pool.Take(address);
        return address;
    }

    private static void Release(AddressPool? pool, IPAddress? address)
    {
        if (pool is not null && address is not null)
        {
            pool.Release(address);
        }
    }

    private static string FreeName(string prefix, IReadOnlyCollection<string> used)
    {
        for (var number = 0; ; number++)
        {
            var name = $"{prefix}{number}";
            if (!used.Contains(name))
            {
                return name;
            }
        }
    }

    // Made from the address: a container that gets the address next has the same hardware address, so that no neighbour is misled by what it remembers.
    private static string Mac(IPAddress? v4, IPAddress? v6)
    {
        var tail = v4?.GetAddressBytes() ?? (v6 is not null ? SHA256.HashData(v6.GetAddressBytes())[..4] : RandomNumberGenerator.GetBytes(4));
        return $"02:42:{tail[0]:x2}:{tail[1]:x2}:{tail[2]:x2}:{tail[3]:x2}";
    }
}
