using System.Net;
using Naru.Core.Networks;
using Naru.Dialects.Docker.Containers;
using Naru.Dialects.Docker.Http;
using Naru.Dialects.Docker.Wire;

namespace Naru.Dialects.Docker.Networks;

/// <summary>From a create request to what is asked of the network store.</summary>
internal static class NetworkSpecMap
{
    public static NetworkSpec ToCore(NetworkCreateRequest request, ApiVersion version)
    {
        if (string.IsNullOrWhiteSpace(request.Name))
        {
            throw DockerException.BadRequest("network name cannot be empty");
        }
        if (request.Ingress || request.Scope is "swarm" or "global")
        {
            throw DockerException.Unavailable(Swarm.SwarmRoutes.NotManager);
        }
        if (request.Driver is "overlay")
        {
            throw DockerException.Unavailable(Swarm.SwarmRoutes.NotManager);
        }
        return new NetworkSpec
        {
            Name = request.Name,
            Driver = request.Driver ?? "",
            Options = WireMaps.Sorted(request.Options),
            Labels = WireMaps.Sorted(request.Labels),
            Internal = request.Internal,
            Attachable = request.Attachable,
            EnableIPv4 = version.AtLeast(48) ? request.EnableIPv4 : null,
            EnableIPv6 = request.EnableIPv6 ?? false,
            IpamDriver = request.IPAM?.Driver ?? "",
            IpamOptions = WireMaps.OptionalSorted(request.IPAM?.Options),
            Pools = [.. (request.IPAM?.Config ?? []).Where(pool => pool is not null).Select(PoolOf)],
            ConfigOnly = request.ConfigOnly,
            ConfigFrom = request.ConfigFrom?.Network ?? "",
            Scope = request.Scope ?? "",
        };
    }

    private static IpamPool PoolOf(IpamConfig pool)
    {
        CheckPrefix(pool.Subnet, "subnet");
        CheckPrefix(pool.IPRange, "ip-range");
        CheckAddress(pool.Gateway, "gateway");
        var auxiliary = pool.AuxiliaryAddresses ?? pool.AuxAddress;
        foreach (var address in auxiliary?.Values ?? Enumerable.Empty<string>())
        {
            CheckAddress(address, "auxiliary");
        }
        return new IpamPool
        {
            Subnet = pool.Subnet ?? "",
            IpRange = pool.IPRange ?? "",
            Gateway = pool.Gateway ?? "",
            Auxiliary = WireMaps.Sorted(auxiliary),
        };
    }

    private static void CheckPrefix(string? text, string what)
    {
        if (!string.IsNullOrEmpty(text) && !(text.Contains('/', StringComparison.Ordinal) && IsPrefix(text)))
        {
            throw DockerException.BadRequest($"invalid network config:\ninvalid {what} {text}: invalid CIDR address");
        }
    }

    /// <summary>Host bits may be set here; the network store says what it thinks of them.</summary>
    private static bool IsPrefix(string text)
    {
        var slash = text.IndexOf('/');
        return IPAddress.TryParse(text[..slash], out var address) &&
            int.TryParse(text[(slash + 1)..], out var length) &&
            length >= 0 && length <= address.GetAddressBytes().Length * 8;
    }

    private static void CheckAddress(string? text, string what)
    {
        if (!string.IsNullOrEmpty(text) && !IPAddress.TryParse(text, out _))
        {
            throw DockerException.BadRequest($"invalid network config:\ninvalid {what} address: {text}");
        }
    }
}
