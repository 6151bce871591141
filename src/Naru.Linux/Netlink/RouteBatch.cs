using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using static Naru.Linux.Netlink.RouteProtocol;

namespace Naru.Linux.Netlink;

/// <summary>
/// Changes to links, addresses, routes and neighbours that go to the kernel in one system call. The kernel carries them out in order and
/// goes on after a refusal; <see cref="RouteSocket"/> throws the first refusal that was not tolerated.
/// </summary>
public sealed class RouteBatch
{
    private const ushort Ask = Request | Acknowledge;
    private readonly List<Step> _steps = [];

    internal NetlinkWriter Writer { get; } = new();

    internal IReadOnlyList<Step> Steps => _steps;

    public int Count => _steps.Count;

    /// <summary>Makes a bridge and sets it up. Spanning tree stays off.</summary>
    public RouteBatch AddBridge(string name, PhysicalAddress? address = null, int? mtu = null, string? alias = null)
    {
        BeginLink(NewLink, Create | Exclusive, $"add bridge {name}", 0, FlagUp, FlagUp);
        LinkBasics(name, address, mtu);
        LinkKind("bridge", static writer => writer.AttributeValue<uint>(BridgeStp, 0));
        return alias is null ? this : SetAlias(name, alias);
    }

    /// <summary>Makes a veth pair; the near end is up, the peer is not yet.</summary>
    public RouteBatch AddVeth(VethSpec spec)
    {
        ArgumentNullException.ThrowIfNull(spec);
        BeginLink(NewLink, Create | Exclusive, $"add veth {spec.Name}", 0, FlagUp, FlagUp);
        LinkBasics(spec.Name, null, spec.Mtu);
        if (spec.MasterIndex is { } master)
        {
            Writer.AttributeValue(IflaMaster, master);
        }

        LinkKind("veth", writer =>
        {
            var peer = writer.BeginNest(VethPeer);
            writer.Struct(default(LinkHeader));
            writer.Attribute(IflaName, spec.PeerName);
            if (spec.PeerAddress is { } address)
            {
                writer.Attribute(IflaAddress, address.GetAddressBytes());
            }

            if (spec.Mtu is { } mtu)
            {
                writer.AttributeValue(IflaMtu, mtu);
            }

            if (spec.PeerNamespace is { } descriptor)
            {
                writer.AttributeValue(IflaNetNsFd, descriptor);
            }

            writer.EndNest(peer);
        });
        if (spec.Alias is { } alias)
        {
            SetAlias(spec.Name, alias);
        }

        return spec.IsIsolated || spec.IsHairpin ? SetBridgePort(spec.Name, spec.IsIsolated, spec.IsHairpin) : this;
    }

    /// <summary>Makes a macvlan above <paramref name="parentIndex"/>, in another namespace when a descriptor is given.</summary>
    public RouteBatch AddMacvlan(string name, int parentIndex, MacvlanMode mode, PhysicalAddress? address = null, int? targetNamespace = null, int? mtu = null)
    {
        BeginLink(NewLink, Create | Exclusive, $"add macvlan {name}", 0, 0, 0);
        LinkBasics(name, address, mtu);
        Writer.AttributeValue(IflaLink, parentIndex);
        Namespace(targetNamespace);
        LinkKind("macvlan", writer => writer.AttributeValue(RouteProtocol.MacvlanMode, (uint)mode));
        return this;
    }

    /// <summary>Makes an ipvlan above <paramref name="parentIndex"/>; refused by kernels built without it.</summary>
    public RouteBatch AddIpvlan(string name, int parentIndex, IpvlanMode mode, int? targetNamespace = null, int? mtu = null)
    {
        BeginLink(NewLink, Create | Exclusive, $"add ipvlan {name}", 0, 0, 0);
        LinkBasics(name, null, mtu);
        Writer.AttributeValue(IflaLink, parentIndex);
        Namespace(targetNamespace);
        LinkKind("ipvlan", writer => writer.AttributeValue(RouteProtocol.IpvlanMode, (ushort)mode));
        return this;
    }

    public RouteBatch AddVlan(string name, int parentIndex, ushort vlan)
    {
        BeginLink(NewLink, Create | Exclusive, $"add vlan {name}", 0, FlagUp, FlagUp);
        LinkBasics(name, null, null);
        Writer.AttributeValue(IflaLink, parentIndex);
        LinkKind("vlan", writer => writer.AttributeValue(VlanId, vlan));
        return this;
    }

    public RouteBatch DeleteLink(string name, bool tolerateMissing = false)
    {
        BeginLink(RouteProtocol.DeleteLink, 0, $"delete link {name}", 0, 0, 0, tolerateMissing ? Tolerance.Missing : Tolerance.None);
        Writer.Attribute(IflaName, name);
        return this;
    }

    public RouteBatch SetUp(string name) => SetFlags(name, FlagUp);

    public RouteBatch SetDown(string name) => SetFlags(name, 0);

    public RouteBatch SetMtu(string name, int mtu)
    {
        BeginLink(NewLink, 0, $"set mtu {mtu} of {name}", 0, 0, 0);
        Writer.Attribute(IflaName, name);
        Writer.AttributeValue(IflaMtu, mtu);
        return this;
    }

    /// <summary>Sets a link's free text (the kernel takes it for links that are there already, not while they are made).</summary>
    public RouteBatch SetAlias(string name, string alias)
    {
        BeginLink(NewLink, 0, $"set alias of {name}", 0, 0, 0);
        Writer.Attribute(IflaName, name);
        Writer.Attribute(IflaAlias, System.Text.Encoding.UTF8.GetBytes(alias));
        return this;
    }

    /// <summary>Renames a link, by its index; it must be down on older kernels.</summary>
    public RouteBatch Rename(int index, string name)
    {
        BeginLink(NewLink, 0, $"rename link {index} to {name}", index, 0, 0);
        Writer.Attribute(IflaName, name);
        return this;
    }

    public RouteBatch SetMaster(string name, int masterIndex)
    {
        BeginLink(NewLink, 0, $"make {name} a port of link {masterIndex}", 0, 0, 0);
        Writer.Attribute(IflaName, name);
        Writer.AttributeValue(IflaMaster, masterIndex);
        return this;
    }

    public RouteBatch SetBridgePort(string name, bool isolated = false, bool hairpin = false)
    {
        BeginLink(NewLink, 0, $"set bridge port {name}", 0, 0, 0);
        Writer.Attribute(IflaName, name);
        var info = Writer.BeginNest(IflaLinkInfo);
        Writer.Attribute(InfoSlaveKind, "bridge"u8);
        var data = Writer.BeginNest(InfoSlaveData);
        Writer.AttributeValue(BridgePortHairpin, (byte)(hairpin ? 1 : 0));
        Writer.AttributeValue(BridgePortIsolated, (byte)(isolated ? 1 : 0));
        Writer.EndNest(data);
        Writer.EndNest(info);
        return this;
    }

    /// <summary>Gives a link an address; IPv6 ones are usable at once (no duplicate detection).</summary>
    public RouteBatch AddAddress(int linkIndex, IPAddress address, int prefixLength, bool tolerateExisting = false)
    {
        Begin(NewAddress, Create | (tolerateExisting ? Replace : Exclusive), $"add address {address}/{prefixLength} to link {linkIndex}", tolerateExisting ? Tolerance.Existing : Tolerance.None);
        AddressBody(linkIndex, address, prefixLength);
        return this;
    }

    public RouteBatch DeleteAddress(int linkIndex, IPAddress address, int prefixLength)
    {
        Begin(RouteProtocol.DeleteAddress, 0, $"delete address {address}/{prefixLength} of link {linkIndex}", Tolerance.Missing);
        AddressBody(linkIndex, address, prefixLength);
        return this;
    }

    /// <summary>Sets a route of the main table, in place of one with the same destination and metric.</summary>
    public RouteBatch SetRoute(RouteInfo route)
    {
        Begin(NewRoute, Create | Replace, $"set route {route.Destination}/{route.PrefixLength}", Tolerance.None);
        RouteBody(route);
        return this;
    }

    public RouteBatch DeleteRoute(RouteInfo route)
    {
        Begin(RouteProtocol.DeleteRoute, 0, $"delete route {route.Destination}/{route.PrefixLength}", Tolerance.Missing);
        RouteBody(route);
        return this;
    }

    /// <summary>Sets a permanent entry of the neighbour table.</summary>
    public RouteBatch SetNeighbour(NeighbourInfo neighbour)
    {
        const ushort Permanent = 0x80;
        Begin(NewNeighbour, Create | Replace, $"set neighbour {neighbour.Address}", Tolerance.None);
        NeighbourBody(neighbour, Permanent);
        return this;
    }

    public RouteBatch DeleteNeighbour(NeighbourInfo neighbour)
    {
        Begin(RouteProtocol.DeleteNeighbour, 0, $"delete neighbour {neighbour.Address}", Tolerance.Missing);
        NeighbourBody(neighbour, 0);
        return this;
    }

    private RouteBatch SetFlags(string name, uint flags)
    {
        BeginLink(NewLink, 0, $"set link {name} {(flags == 0 ? "down" : "up")}", 0, flags, FlagUp);
        Writer.Attribute(IflaName, name);
        return this;
    }

    private void LinkBasics(string name, PhysicalAddress? address, int? mtu)
    {
        Writer.Attribute(IflaName, name);
        if (address is not null)
        {
            Writer.Attribute(IflaAddress, address.GetAddressBytes());
        }

        if (mtu is { } bytes)
        {
            Writer.AttributeValue(IflaMtu, bytes);
        }
    }

    private void LinkKind(string kind, Action<NetlinkWriter> data)
    {
        var info = Writer.BeginNest(IflaLinkInfo);
        Writer.Attribute(InfoKind, kind);
        var nest = Writer.BeginNest(InfoData);
        data(Writer);
        Writer.EndNest(nest);
        Writer.EndNest(info);
    }

    private void Namespace(int? descriptor)
    {
        if (descriptor is { } value)
        {
            Writer.AttributeValue(IflaNetNsFd, value);
        }
    }

    private void BeginLink(ushort type, int flags, string what, int index, uint linkFlags, uint change, Tolerance tolerance = Tolerance.None)
    {
        Begin(type, flags, what, tolerance);
        Writer.Struct(new LinkHeader { Index = index, Flags = linkFlags, Change = change });
    }

    private void AddressBody(int linkIndex, IPAddress address, int prefixLength)
    {
        Writer.Struct(new AddressHeader { Family = Family(address), PrefixLength = (byte)prefixLength, Index = linkIndex });
        Writer.Attribute(IfaLocal, address);
        Writer.Attribute(IfaAddress, address);
        if (address.AddressFamily == AddressFamily.InterNetworkV6)
        {
            Writer.AttributeValue(IfaFlags, IfaNoDad);
        }
        else if (prefixLength < 31)
        {
            var bytes = address.GetAddressBytes();
            for (var bit = prefixLength; bit < 32; bit++)
            {
                bytes[bit / 8] |= (byte)(0x80 >> (bit % 8));
            }

            Writer.Attribute(IfaBroadcast, bytes);
        }
    }

    private void RouteBody(RouteInfo route)
    {
        Writer.Struct(new RouteHeader
        {
            Family = Family(route.Destination),
            DestinationLength = (byte)route.PrefixLength,
            Table = TableMain,
            Protocol = ProtocolBoot,
            Scope = route.Gateway is null && route.Destination.AddressFamily == AddressFamily.InterNetwork ? ScopeLink : ScopeUniverse,
            Type = RouteUnicast,
        });
        if (route.PrefixLength > 0)
        {
            Writer.Attribute(RtaDestination, route.Destination);
        }

        if (route.Gateway is { } gateway)
        {
            Writer.Attribute(RtaGateway, gateway);
        }

        if (route.LinkIndex != 0)
        {
            Writer.AttributeValue(RtaOutputLink, route.LinkIndex);
        }

        if (route.Metric != 0)
        {
            Writer.AttributeValue(RtaPriority, route.Metric);
        }
    }

    private void NeighbourBody(NeighbourInfo neighbour, ushort state)
    {
        Writer.Struct(new NeighbourHeader { Family = Family(neighbour.Address), Index = neighbour.LinkIndex, State = state });
        Writer.Attribute(NdaDestination, neighbour.Address);
        Writer.Attribute(NdaLinkAddress, neighbour.LinkAddress.GetAddressBytes());
    }

    private void Begin(ushort type, int flags, string what, Tolerance tolerance)
    {
        _steps.Add(new Step(what, tolerance));
        Writer.Begin(type, (ushort)(Ask | flags), (uint)_steps.Count);
    }

    private static byte Family(IPAddress address) => address.AddressFamily == AddressFamily.InterNetworkV6 ? FamilyInet6 : FamilyInet;

    internal enum Tolerance
    {
        None,
        Missing,
        Existing,
    }

    internal readonly record struct Step(string What, Tolerance Tolerance);
}
