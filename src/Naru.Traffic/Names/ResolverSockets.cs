using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using Naru.Linux.Namespaces;
using Naru.Linux.Netlink;
using Naru.Linux.Nftables;
using Naru.Traffic.Files;
using static Naru.Linux.Nftables.NetfilterAttribute;
using static Naru.Linux.Nftables.NetfilterExpression;

namespace Naru.Traffic.Names;

/// <summary>
/// The sockets of a sandbox's name server. They live in its namespace on ports of their own, so that a container may run a name server itself; a
/// table in that namespace (without connection tracking) turns port 53 of one address to them: 127.0.0.11, or in pods that of the cluster's name service.
/// </summary>
internal sealed record ResolverSockets(IPAddress Address, Socket Datagrams, Socket Streams) : IDisposable
{
    private const string Table = "naru_names", Chain = "output";
    private const ushort DnsPort = 53;
    private const uint SourceAddress = 12, DestinationAddress = 16, SourcePort = 0, DestinationPort = 2;
    private const int RawPriority = -300, LoopbackIndex = 1;

    /// <summary>Where containers ask.</summary>
    internal static IPAddress Inside { get; } = IPAddress.Parse(SandboxFiles.NameServerInside);

    /// <summary>Opens them in the namespace of the calling thread.</summary>
    /// <param name="address">Where is asked; one that is no loopback address becomes one.</param>
    /// <param name="replaces">An earlier process may have left a table.</param>
    internal static ResolverSockets Open(IPAddress address, bool replaces)
    {
        if (!IPAddress.IsLoopback(address))
        {
            using var routes = RouteSocket.Open();
            routes.Execute(batch => batch.AddAddress(LoopbackIndex, address, 32, tolerateExisting: true));
        }

        var datagrams = PortSocket.Reserve(address, 0, "udp") ?? throw new IOException("no UDP inside a sandbox");
        Socket? streams = null;
        try
        {
            streams = PortSocket.Reserve(address, 0, "tcp") ?? throw new IOException("no TCP inside a sandbox");
            Redirect(address, Port(datagrams), Port(streams), replaces);
            return new ResolverSockets(address, datagrams, streams);
        }
        catch
        {
            datagrams.Dispose();
            streams?.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        Datagrams.Dispose();
        Streams.Dispose();
    }

    private static ushort Port(Socket socket) => (ushort)((IPEndPoint)socket.LocalEndPoint!).Port;

    private static void Redirect(IPAddress where, ushort udpPort, ushort tcpPort, bool replaces)
    {
        const byte Udp = 17, Tcp = 6;
        var address = where.GetAddressBytes();
        const uint UdpChecksum = 6, TcpChecksum = 16;
        var batch = new NetfilterBatch();
        var table = new NetfilterItem(NetfilterProtocol.FamilyIPv4, [Text(NetfilterProtocol.TableName, Table)]);
        batch.Add(NetfilterKind.Table, table);
        if (replaces)
        {
            batch.Delete(NetfilterKind.Table, table);
            batch.Add(NetfilterKind.Table, table);
        }

        batch.Add(NetfilterKind.Chain, new NetfilterItem(NetfilterProtocol.FamilyIPv4,
        [
            Text(NetfilterProtocol.ChainTable, Table),
            Text(NetfilterProtocol.ChainName, Chain),
            Nest(NetfilterProtocol.ChainHook, Number(NetfilterProtocol.HookNumber, NetfilterProtocol.HookOutput), Number(NetfilterProtocol.HookPriority, unchecked((uint)RawPriority))),
            Text(NetfilterProtocol.ChainType, "filter"),
        ]));
        foreach (var (protocol, port, checksum) in new[] { (Udp, udpPort, UdpChecksum), (Tcp, tcpPort, TcpChecksum) })
        {
            AddRule(batch, address, DestinationAddress, protocol, DestinationPort, DnsPort, port, checksum);
            AddRule(batch, address, SourceAddress, protocol, SourcePort, port, DnsPort, checksum);
        }

        AddSilence(batch, address);

        using var netfilter = NetfilterSocket.Open();
        if (netfilter.Execute(batch) is { IsEmpty: false } refused)
        {
            throw new IOException($"the kernel refused the rules of a sandbox's name server (error {refused.Values.First()})");
        }
    }

    private static void AddRule(NetfilterBatch batch, byte[] address, uint addressOffset, byte protocol, uint portOffset, ushort from, ushort to, uint checksum)
    {
        ImmutableArray<NetfilterAttribute>[] expressions =
        [
            PayloadEquals(NetworkHeader, addressOffset, address),
            TransportEquals(protocol),
            PayloadEquals(TransportHeader, portOffset, (byte)(from >> 8), (byte)from),
            SetPort(portOffset, to, checksum),
            NoTracking(),
        ];
        batch.Add(NetfilterKind.Rule, new NetfilterItem(NetfilterProtocol.FamilyIPv4,
        [
            Text(NetfilterProtocol.RuleTable, Table),
            Text(NetfilterProtocol.RuleChain, Chain),
            Rule(expressions),
        ]));
    }

    // While naru is away nobody holds the port. A resolver that is told so gives up; one that hears nothing asks again, and finds naru back.
    private static void AddSilence(NetfilterBatch batch, byte[] address)
    {
        const byte Icmp = 1, Unreachable = 3;
        const uint Drop = 0;
        batch.Add(NetfilterKind.Rule, new NetfilterItem(NetfilterProtocol.FamilyIPv4,
        [
            Text(NetfilterProtocol.RuleTable, Table),
            Text(NetfilterProtocol.RuleChain, Chain),
            Rule(PayloadEquals(NetworkHeader, SourceAddress, address), TransportEquals(Icmp), PayloadEquals(TransportHeader, 0, Unreachable), Verdict(Drop)),
        ]));
    }
}
