using Naru.Core.Errors;
using Naru.Core.Networks;
using Naru.Traffic.Addresses;

namespace Naru.Traffic.Networks;

/// <summary>What may be asked of a new network. Pure; refusals are in Docker's words.</summary>
internal static class NetworkRules
{
    internal static readonly string[] PredefinedNames = ["bridge", "host", "none", "default"];

    /// <summary>Checks all that needs no knowledge of the host and fills in defaults.</summary>
    internal static NetworkSpec Normalise(NetworkSpec asked)
    {
        var spec = asked with
        {
            Driver = asked.Driver.Length == 0 || asked.Driver == "default" ? DriverSettings.Bridge : asked.Driver,
            IpamDriver = asked.IpamDriver.Length == 0 ? "default" : asked.IpamDriver,
            Scope = asked.Scope.Length == 0 ? "local" : asked.Scope,
        };
        CheckName(spec.Name);
        CheckKind(spec);
        foreach (var pool in spec.Pools)
        {
            CheckPool(pool);
        }

        var subnets = spec.Pools.Select(static pool => Subnet.TryParse(pool.Subnet, out var subnet) ? subnet : default).Where(static subnet => subnet != default).ToList();
        if (subnets.Where((subnet, index) => subnets.Take(index).Any(subnet.Overlaps)).Any())
        {
            throw OverlapRefusal();
        }

        if (spec is { EnableIPv4: false, EnableIPv6: false, ConfigOnly: false })
        {
            throw NaruException.Invalid("IPv4 or IPv6 must be enabled");
        }

        DriverSettings.Read(spec);
        return spec;
    }

    internal static NaruException OverlapRefusal() => new(ErrorKind.PermissionDenied, "invalid pool request: Pool overlaps with other one on this address space");

    private static void CheckName(string name)
    {
        if (string.IsNullOrWhiteSpace(name))
        {
            throw NaruException.Invalid("invalid name: name is empty");
        }

        if (PredefinedNames.Contains(name, StringComparer.Ordinal))
        {
            throw new NaruException(ErrorKind.PermissionDenied, $"operation is not permitted on predefined {name} network");
        }

        if (name.Length > 255 || name.Any(static c => char.IsControl(c) || c is '/' or '\\' or ':') || char.IsWhiteSpace(name[0]))
        {
            throw NaruException.Invalid($"invalid name: \"{name}\" has characters that a network's name may not have");
        }
    }

    private static void CheckKind(NetworkSpec spec)
    {
        const string NoSwarm = "This node is not a swarm manager. Use \"docker swarm init\" or \"docker swarm join\" to connect this node to swarm and try again.";
        if (spec.Driver is "overlay" || spec.Scope is "swarm" || spec.Ingress)
        {
            throw new NaruException(ErrorKind.Unavailable, NoSwarm);
        }

        switch (spec.Driver)
        {
            case DriverSettings.Bridge or DriverSettings.Macvlan or DriverSettings.Ipvlan:
                break;
            case DriverSettings.Host or DriverSettings.Null:
                throw new NaruException(ErrorKind.PermissionDenied, $"only one instance of \"{spec.Driver}\" network is allowed");
            default:
                throw NaruException.NotFound($"could not find a network driver: plugin \"{spec.Driver}\" not found");
        }

        if (spec.IpamDriver is not ("default" or "null"))
        {
            throw NaruException.NotFound($"could not find an IPAM driver: plugin \"{spec.IpamDriver}\" not found");
        }

        if (spec.Scope is not "local")
        {
            throw NaruException.Invalid($"invalid network scope '{spec.Scope}': it must be local");
        }

        if (spec.ConfigOnly && spec.ConfigFrom.Length > 0)
        {
            throw new NaruException(ErrorKind.PermissionDenied, "configuration-only networks cannot depend on another configuration network");
        }
    }

    private static void CheckPool(IpamPool pool)
    {
        if (pool.Subnet.Length == 0)
        {
            if (pool.IpRange.Length > 0 || pool.Gateway.Length > 0 || pool.Auxiliary.Count > 0)
            {
                throw NaruException.Invalid("invalid network config:\nno matching subnet for the ip-range, gateway or auxiliary address given");
            }

            return;
        }

        // Host bits are dropped, not refused: older clients write them, and older engines took them.
        if (!Subnet.TryParse(pool.Subnet, out var subnet))
        {
            throw NaruException.Invalid($"invalid network config:\ninvalid subnet {pool.Subnet}: invalid CIDR block notation");
        }

        if (pool.IpRange.Length > 0 && (!Subnet.TryParse(pool.IpRange, out var range) || !subnet.Contains(range)))
        {
            throw NaruException.Invalid($"invalid network config:\ninvalid ip-range {pool.IpRange}: parent subnet ({subnet}) doesn't contain ip-range");
        }

        if (pool.Gateway.Length > 0 && (!Subnet.TryParseAddress(pool.Gateway, out var gateway) || !subnet.Contains(gateway)))
        {
            throw NaruException.Invalid($"invalid network config:\ninvalid gateway {pool.Gateway}: parent subnet ({subnet}) doesn't contain this address");
        }

        foreach (var (_, text) in pool.Auxiliary)
        {
            if (!Subnet.TryParseAddress(text, out var address) || !subnet.Contains(address))
            {
                throw NaruException.Invalid($"invalid network config:\ninvalid auxiliary address {text}: parent subnet ({subnet}) doesn't contain this address");
            }
        }
    }
}
