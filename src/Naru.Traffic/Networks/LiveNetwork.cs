using System.Net;
using Naru.Core.Networks;
using Naru.Traffic.Addresses;

namespace Naru.Traffic.Networks;

/// <summary>A network with what it gives out. Guarded by the catalogue's lock, but for the constant parts.</summary>
internal sealed class LiveNetwork
{
    internal LiveNetwork(NetworkDocument document)
    {
        Document = document;
        Settings = DriverSettings.Read(document.Spec);
        Value = new Network
        {
            Id = document.Id,
            Spec = document.Spec,
            Created = document.Created,
            Interface = document.Interface,
            Predefined = document.Predefined,
        };
        foreach (var pool in document.Spec.ConfigOnly ? [] : document.Spec.Pools)
        {
            if (!Subnet.TryParse(pool.Subnet, out var subnet) || (subnet.IsV6 && !document.Spec.EnableIPv6) || (!subnet.IsV6 && document.Spec.EnableIPv4 == false))
            {
                continue;
            }

            var made = Make(pool, subnet, hasGateway: document.Spec.Driver != DriverSettings.Ipvlan || !Settings.Mode.StartsWith("l3", StringComparison.Ordinal));
            if (subnet.IsV6)
            {
                PoolV6 ??= made;
            }
            else
            {
                PoolV4 ??= made;
            }
        }
    }

    internal NetworkDocument Document { get; }

    internal DriverSettings Settings { get; }

    internal NetworkSpec Spec => Document.Spec;

    internal string Id => Document.Id;

    internal string Name => Document.Spec.Name;

    internal bool IsBridge => Spec is { Driver: DriverSettings.Bridge, ConfigOnly: false };

    internal bool IsLayered => Spec is { Driver: DriverSettings.Macvlan or DriverSettings.Ipvlan, ConfigOnly: false };

    /// <summary>The network called <c>bridge</c>: no name service, legacy links.</summary>
    internal bool IsDefaultBridge => IsBridge && Document.Predefined;

    /// <summary>Index of its bridge or parent on the host.</summary>
    internal int LinkIndex { get; set; }

    internal AddressPool? PoolV4 { get; }

    internal AddressPool? PoolV6 { get; }

    /// <summary>As readers see it; replaced whole.</summary>
    internal Network Value { get; set; }

    internal IEnumerable<Subnet> Subnets => new[] { PoolV4?.Subnet, PoolV6?.Subnet }.OfType<Subnet>();

    private static AddressPool Make(IpamPool pool, Subnet subnet, bool hasGateway)
    {
        var range = Subnet.TryParse(pool.IpRange, out var part) ? part : (Subnet?)null;
        IPAddress? gateway = null;
        if (Subnet.TryParseAddress(pool.Gateway, out var given))
        {
            gateway = given;
        }
        else if (hasGateway)
        {
            var whole = subnet.PrefixLength >= (subnet.IsV6 ? 127 : 31);
            gateway = subnet.At(whole ? subnet.First : subnet.First + 1);
        }

        var auxiliary = pool.Auxiliary.Values.Select(static text => Subnet.TryParseAddress(text, out var address) ? address : null).OfType<IPAddress>();
        return new AddressPool(subnet, range, gateway, [.. auxiliary.Where(address => !address.Equals(gateway))]);
    }
}
