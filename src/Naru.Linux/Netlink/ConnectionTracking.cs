using System.Buffers.Binary;
using System.Net;
using System.Runtime.InteropServices;

namespace Naru.Linux.Netlink;

/// <summary>The flows that the kernel remembers (ctnetlink), of the network namespace of the calling thread.</summary>
public static class ConnectionTracking
{
    private const int Subsystem = 1, Get = 1, Delete = 2, HeaderLength = 4;
    private const ushort Original = 1, Reply = 2, TupleAddresses = 1, TuplePorts = 2, Zone = 18;
    private const ushort SourceV4 = 1, DestinationV4 = 2, SourceV6 = 3, DestinationV6 = 4, Protocol = 1, SourcePort = 2, DestinationPort = 3;

    /// <summary>Makes the kernel forget flows: the next packet of such a one meets the rules as if it were the first.</summary>
    /// <returns>How many were forgotten; 0 also where the kernel tracks nothing.</returns>
    public static int Forget(Func<TrackedFlow, bool> chosen)
    {
        ArgumentNullException.ThrowIfNull(chosen);
        using var socket = NetlinkSocket.Open(NetlinkSocket.NetfilterProtocol);
        var writer = new NetlinkWriter();
        var sequence = socket.NextSequence();
        writer.Begin((Subsystem << 8) | Get, RouteProtocol.Request | RouteProtocol.Dump, sequence);
        writer.Struct(default(Header));
        socket.Send(writer);
        var doomed = new List<(byte Family, byte[] Tuple, byte[]? Zone)>();
        socket.ReadDump(sequence, (_, payload) =>
        {
            if (Read(payload) is { } found && chosen(found.Flow))
            {
                doomed.Add((payload[0], found.Tuple, found.Zone));
            }
        });
        return doomed.Count(flow => Forget(socket, flow.Family, flow.Tuple, flow.Zone));
    }

    private static bool Forget(NetlinkSocket socket, byte family, byte[] tuple, byte[]? zone)
    {
        var writer = new NetlinkWriter();
        writer.Begin((Subsystem << 8) | Delete, RouteProtocol.Request | RouteProtocol.Acknowledge, socket.NextSequence());
        writer.Struct(new Header { Family = family });
        writer.Attribute(Original, tuple);
        if (zone is not null)
        {
            writer.Attribute(Zone, zone);
        }

        var gone = true;
        socket.Send(writer);

        // One that ended by itself meanwhile is as good.
        socket.ReadAcknowledgements(1, (_, _, _) => gone = false);
        return gone;
    }

    private static (TrackedFlow Flow, byte[] Tuple, byte[]? Zone)? Read(ReadOnlySpan<byte> payload)
    {
        byte[]? tuple = null, zone = null;
        var flow = new TrackedFlow(0, IPAddress.None, 0, IPAddress.None, IPAddress.None, 0);
        var attributes = new NetlinkAttributes(payload[HeaderLength..]);
        while (attributes.Next())
        {
            switch (attributes.Type)
            {
                case Original:
                    tuple = attributes.Value.ToArray();
                    var original = ReadTuple(attributes.Value);
                    flow = flow with { Protocol = original.Protocol, OriginalDestination = original.Destination, OriginalDestinationPort = original.DestinationPort, OriginalSource = original.Source };
                    break;
                case Reply:
                    var reply = ReadTuple(attributes.Value);
                    flow = flow with { ReplySource = reply.Source, ReplySourcePort = reply.SourcePort };
                    break;
                case Zone:
                    zone = attributes.Value.ToArray();
                    break;
            }
        }

        return tuple is null ? null : (flow, tuple, zone);
    }

    private static (IPAddress Source, IPAddress Destination, byte Protocol, ushort SourcePort, ushort DestinationPort) ReadTuple(ReadOnlySpan<byte> tuple)
    {
        IPAddress source = IPAddress.None, destination = IPAddress.None;
        byte protocol = 0;
        ushort from = 0, port = 0;
        var parts = new NetlinkAttributes(tuple);
        while (parts.Next())
        {
            var inner = new NetlinkAttributes(parts.Value);
            while (inner.Next())
            {
                switch (parts.Type, inner.Type)
                {
                    case (TupleAddresses, SourceV4 or SourceV6):
                        source = inner.Address() ?? source;
                        break;
                    case (TupleAddresses, DestinationV4 or DestinationV6):
                        destination = inner.Address() ?? destination;
                        break;
                    case (TuplePorts, Protocol):
                        protocol = inner.Read<byte>();
                        break;
                    case (TuplePorts, SourcePort):
                        from = BinaryPrimitives.ReadUInt16BigEndian(inner.Value);
                        break;
                    case (TuplePorts, DestinationPort):
                        port = BinaryPrimitives.ReadUInt16BigEndian(inner.Value);
                        break;
                }
            }
        }

        return (source, destination, protocol, from, port);
    }

    /// <summary>struct nfgenmsg.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct Header
    {
        internal byte Family;
        internal byte Version;
        internal ushort ResourceId;
    }
}

/// <summary>A flow as the kernel remembers it.</summary>
/// <param name="Protocol">17 for UDP, 6 for TCP.</param>
/// <param name="OriginalDestination">Where its first packet went, before translation.</param>
/// <param name="OriginalDestinationPort">To which port.</param>
/// <param name="ReplySource">Who answers it, after translation.</param>
/// <param name="OriginalSource">Who sent the first packet, before translation.</param>
/// <param name="ReplySourcePort">From which port it is answered, after translation; 0 where there are none.</param>
public sealed record TrackedFlow(byte Protocol, IPAddress OriginalDestination, ushort OriginalDestinationPort, IPAddress ReplySource, IPAddress OriginalSource, ushort ReplySourcePort);
