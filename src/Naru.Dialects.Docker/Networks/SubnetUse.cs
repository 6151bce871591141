using System.Net;
using Naru.Core.Networks;
using Naru.Dialects.Docker.Wire;

namespace Naru.Dialects.Docker.Networks;

/// <summary>How full a network's subnets are (since 1.52).</summary>
internal static class SubnetUse
{
    public static NetworkStatus? Of(Network network)
    {
        var status = new NetworkStatus();
        foreach (var pool in network.Spec.Pools)
        {
            if (!IPNetwork.TryParse(pool.Subnet, out var subnet))
            {
                continue;
            }
            var inside = network.Endpoints.Values.Count(endpoint => IsIn(subnet, endpoint.IPv4Address) || IsIn(subnet, endpoint.IPv6Address));
            var bits = (subnet.BaseAddress.GetAddressBytes().Length * 8) - subnet.PrefixLength;
            var all = bits >= 64 ? ulong.MaxValue : 1UL << bits;
            // The network's own address, the way out, and in IPv4 the broadcast address are never free.
            var kept = (ulong)inside + (pool.Gateway.Length > 0 ? 1UL : 0) + (subnet.BaseAddress.GetAddressBytes().Length == 4 ? 2UL : 1UL) + (ulong)pool.Auxiliary.Count;
            status.IPAM.Subnets[pool.Subnet] = new SubnetStatus { IPsInUse = kept, DynamicIPsAvailable = all > kept ? all - kept : 0 };
        }
        return status.IPAM.Subnets.Count == 0 ? null : status;
    }

    private static bool IsIn(IPNetwork subnet, string address) => IPAddress.TryParse(address, out var parsed) && subnet.Contains(parsed);
}
