using System.Net;
using System.Net.NetworkInformation;
using System.Runtime.InteropServices;
using static Naru.Linux.Netlink.RouteProtocol;

namespace Naru.Linux.Netlink;

/// <summary>
/// Links, addresses, routes and neighbours of one network namespace: that of the thread which opened it. Cheap to open; not for several threads
/// at once. Refusals come out as <see cref="NetlinkException"/>.
/// </summary>
public sealed class RouteSocket : IDisposable
{
    private const int DumpAttempts = 5;
    private readonly NetlinkSocket _socket;

    private RouteSocket(NetlinkSocket socket) => _socket = socket;

    public static RouteSocket Open() => new(NetlinkSocket.Open(NetlinkSocket.RouteProtocol));

    /// <summary>Carries out the batch in order; throws the first refusal that its step does not tolerate, after all steps were tried.</summary>
    public void Execute(RouteBatch batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        if (batch.Count == 0)
        {
            return;
        }

        NetlinkException? failure = null;
        _socket.Send(batch.Writer);
        _socket.ReadAcknowledgements(batch.Count, (sequence, errno, explanation) =>
        {
            var step = batch.Steps[(int)sequence - 1];
            var refusal = new NetlinkException(errno, $"{step.What}: {explanation ?? NetlinkSocket.Describe(errno)}");
            var tolerated = (step.Tolerance == RouteBatch.Tolerance.Missing && refusal.IsMissing) || (step.Tolerance == RouteBatch.Tolerance.Existing && refusal.IsExists);
            failure ??= tolerated ? null : refusal;
        });
        if (failure is not null)
        {
            throw failure;
        }
    }

    public void Execute(Action<RouteBatch> build)
    {
        ArgumentNullException.ThrowIfNull(build);
        var batch = new RouteBatch();
        build(batch);
        Execute(batch);
    }

    /// <summary>The link of that name, or null.</summary>
    public LinkInfo? FindLink(string name)
    {
        var writer = new NetlinkWriter();
        writer.Begin(GetLink, Request | Acknowledge, _socket.NextSequence());
        writer.Struct(default(LinkHeader));
        writer.Attribute(IflaName, name);
        LinkInfo? found = null;
        NetlinkException? failure = null;
        _socket.Send(writer);
        _socket.ReadAcknowledgements(
            1,
            (_, errno, explanation) => failure = new NetlinkException(errno, $"find link {name}: {explanation ?? NetlinkSocket.Describe(errno)}"),
            (type, payload) => found = type == NewLink ? ParseLink(payload) : found);
        return failure is null || failure.IsMissing ? found : throw failure;
    }

    /// <summary>The link of that name; a missing one is an error.</summary>
    public LinkInfo GetLinkOrThrow(string name) => FindLink(name) ?? throw new NetlinkException(LinuxErrno.NoDevice, $"find link {name}: no such link");

    public IReadOnlyList<LinkInfo> ListLinks() => DumpAll<LinkInfo>(GetLink, NewLink, static writer => writer.Struct(default(LinkHeader)), ParseLink);

    public IReadOnlyList<AddressInfo> ListAddresses() => DumpAll<AddressInfo>(GetAddress, NewAddress, static writer => writer.Struct(default(AddressHeader)), ParseAddress);

    /// <summary>Unicast routes of the main table, both families.</summary>
    public IReadOnlyList<RouteInfo> ListRoutes() => DumpAll<RouteInfo>(GetRoute, NewRoute, static writer => writer.Struct(default(RouteHeader)), ParseRoute);

    public IReadOnlyList<NeighbourInfo> ListNeighbours() => DumpAll<NeighbourInfo>(GetNeighbour, NewNeighbour, static writer => writer.Struct(default(NeighbourHeader)), ParseNeighbour);

    public void Dispose() => _socket.Dispose();

    private delegate T? Parser<T>(ReadOnlySpan<byte> payload);

    private List<T> DumpAll<T>(ushort request, ushort answer, Action<NetlinkWriter> header, Parser<T> parse)
        where T : class
    {
        for (var attempt = 1; ; attempt++)
        {
            var found = new List<T>();
            var writer = new NetlinkWriter();
            var sequence = _socket.NextSequence();
            writer.Begin(request, Request | Dump, sequence);
            header(writer);
            _socket.Send(writer);
            var whole = _socket.ReadDump(sequence, (type, payload) =>
            {
                if (type == answer && parse(payload) is { } item)
                {
                    found.Add(item);
                }
            });
            if (whole || attempt == DumpAttempts)
            {
                return found;
            }
        }
    }

    private static LinkInfo ParseLink(ReadOnlySpan<byte> payload)
    {
        var header = MemoryMarshal.Read<LinkHeader>(payload);
        var link = new LinkInfo
        {
            Index = header.Index,
            Name = string.Empty,
            Kind = string.Empty,
            Alias = string.Empty,
            Address = PhysicalAddress.None,
            Mtu = 0,
            IsUp = (header.Flags & FlagUp) != 0,
            IsLoopback = (header.Flags & FlagLoopback) != 0,
            HasCarrier = (header.Flags & FlagLowerUp) != 0,
            IsOperational = true,
            MasterIndex = 0,
            LowerIndex = 0,
            Counters = default,
        };
        var attributes = new NetlinkAttributes(payload[Marshal.SizeOf<LinkHeader>()..]);
        while (attributes.Next())
        {
            link = attributes.Type switch
            {
                IflaName => link with { Name = attributes.Text() },
                IflaAlias => link with { Alias = attributes.Text() },
                IflaOperationalState => link with { IsOperational = attributes.Read<byte>() is 0 or 6 },
                IflaMtu => link with { Mtu = attributes.Read<int>() },
                IflaMaster => link with { MasterIndex = attributes.Read<int>() },
                IflaLink => link with { LowerIndex = attributes.Read<int>() },
                IflaAddress => link with { Address = new PhysicalAddress(attributes.Value.ToArray()) },
                IflaStats64 => link with { Counters = ParseCounters(attributes.Value) },
                IflaLinkInfo => link with { Kind = ParseKind(attributes.Value) },
                _ => link,
            };
        }

        return link;
    }

    private static string ParseKind(ReadOnlySpan<byte> info)
    {
        var attributes = new NetlinkAttributes(info);
        while (attributes.Next())
        {
            if (attributes.Type == InfoKind)
            {
                return attributes.Text();
            }
        }

        return string.Empty;
    }

    // struct rtnl_link_stats64: packets, bytes, errors, dropped; each received, then sent.
    private static LinkCounters ParseCounters(ReadOnlySpan<byte> value)
    {
        if (value.Length < 64)
        {
            return default;
        }

        var numbers = MemoryMarshal.Cast<byte, ulong>(value);
        return new LinkCounters
        {
            ReceivedPackets = numbers[0],
            SentPackets = numbers[1],
            ReceivedBytes = numbers[2],
            SentBytes = numbers[3],
            ReceiveErrors = numbers[4],
            SendErrors = numbers[5],
            ReceiveDropped = numbers[6],
            SendDropped = numbers[7],
        };
    }

    private static AddressInfo? ParseAddress(ReadOnlySpan<byte> payload)
    {
        var header = MemoryMarshal.Read<AddressHeader>(payload);
        IPAddress? local = null, address = null;
        var attributes = new NetlinkAttributes(payload[Marshal.SizeOf<AddressHeader>()..]);
        while (attributes.Next())
        {
            local = attributes.Type == IfaLocal ? attributes.Address() : local;
            address = attributes.Type == IfaAddress ? attributes.Address() : address;
        }

        return (local ?? address) is { } found ? new AddressInfo(header.Index, found, header.PrefixLength) : null;
    }

    private static RouteInfo? ParseRoute(ReadOnlySpan<byte> payload)
    {
        var header = MemoryMarshal.Read<RouteHeader>(payload);
        if (header.Table != TableMain || header.Type != RouteUnicast || header.Family is not (FamilyInet or FamilyInet6))
        {
            return null;
        }

        var route = new RouteInfo(header.Family == FamilyInet6 ? IPAddress.IPv6Any : IPAddress.Any, header.DestinationLength, null, 0, 0);
        var attributes = new NetlinkAttributes(payload[Marshal.SizeOf<RouteHeader>()..]);
        while (attributes.Next())
        {
            route = attributes.Type switch
            {
                RtaDestination => route with { Destination = attributes.Address() ?? route.Destination },
                RtaGateway => route with { Gateway = attributes.Address() },
                RtaOutputLink => route with { LinkIndex = attributes.Read<int>() },
                RtaPriority => route with { Metric = attributes.Read<uint>() },
                _ => route,
            };
        }

        return route;
    }

    private static NeighbourInfo? ParseNeighbour(ReadOnlySpan<byte> payload)
    {
        var header = MemoryMarshal.Read<NeighbourHeader>(payload);
        IPAddress? address = null;
        var linkAddress = PhysicalAddress.None;
        var attributes = new NetlinkAttributes(payload[Marshal.SizeOf<NeighbourHeader>()..]);
        while (attributes.Next())
        {
            address = attributes.Type == NdaDestination ? attributes.Address() : address;
            linkAddress = attributes.Type == NdaLinkAddress ? new PhysicalAddress(attributes.Value.ToArray()) : linkAddress;
        }

        return address is null ? null : new NeighbourInfo(header.Index, address, linkAddress);
    }
}
