using System.Buffers.Binary;
using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Naru.Linux.Netlink;

/// <summary>Tells the neighbours on a link who has an address now: gratuitous ARP, or an unsolicited neighbour advertisement. In the namespace of the calling thread.</summary>
public static unsafe class NeighbourAnnouncement
{
    private const int AfPacket = 17;
    private const ushort EtherArp = 0x0806, EtherIPv6 = 0x86dd;
    private static readonly IPAddress AllNodes = IPAddress.Parse("ff02::1");

    /// <summary>Sends it. Links without addresses of six bytes are passed over.</summary>
    public static void Send(LinkInfo link, IPAddress address)
    {
        ArgumentNullException.ThrowIfNull(link);
        ArgumentNullException.ThrowIfNull(address);
        if (link.Address.GetAddressBytes().Length != 6)
        {
            return;
        }

        var frame = address.AddressFamily == AddressFamily.InterNetworkV6 ? Advertisement(link.Address, address) : Arp(link.Address, address);
        var descriptor = NetlinkNative.Socket(AfPacket, NetlinkNative.SockRaw | NetlinkNative.SockCloseOnExec, 0);
        if (descriptor < 0)
        {
            throw new NetlinkException(Marshal.GetLastPInvokeError(), "open a packet socket");
        }

        using var handle = new NetlinkSocketHandle(descriptor);

        // struct sockaddr_ll: family, protocol, interface, hardware type, packet type, length and bytes of the address.
        Span<byte> target = stackalloc byte[20];
        target.Clear();
        MemoryMarshal.Write(target, (ushort)AfPacket);
        frame.AsSpan(12, 2).CopyTo(target[2..]);
        MemoryMarshal.Write(target[4..], link.Index);
        target[11] = 6;
        frame.AsSpan(0, 6).CopyTo(target[12..]);
        fixed (byte* data = frame, name = target)
        {
            if (NetlinkNative.SendTo(handle, data, frame.Length, 0, (NetlinkNative.SocketAddress*)name, target.Length) < 0)
            {
                var errno = Marshal.GetLastPInvokeError();
                throw new NetlinkException(errno, $"announce {address} on {link.Name}: {NetlinkSocket.Describe(errno)}");
            }
        }
    }

    /// <summary>An ARP request from the address to itself, to everybody (RFC 5227).</summary>
    internal static byte[] Arp(PhysicalAddress hardware, IPAddress address)
    {
        var frame = new byte[42];
        var own = hardware.GetAddressBytes();
        frame.AsSpan(0, 6).Fill(0xff);
        own.CopyTo(frame, 6);
        BinaryPrimitives.WriteUInt16BigEndian(frame.AsSpan(12), EtherArp);
        ReadOnlySpan<byte> header = [0, 1, 8, 0, 6, 4, 0, 1];
        header.CopyTo(frame.AsSpan(14));
        own.CopyTo(frame, 22);
        address.GetAddressBytes().CopyTo(frame, 28);
        address.GetAddressBytes().CopyTo(frame, 38);
        return frame;
    }

    /// <summary>A neighbour advertisement that overrides, to all nodes (RFC 4861).</summary>
    internal static byte[] Advertisement(PhysicalAddress hardware, IPAddress address)
    {
        const int EthernetLength = 14, IPv6Length = 40, MessageLength = 32;
        var frame = new byte[EthernetLength + IPv6Length + MessageLength];
        var own = hardware.GetAddressBytes();
        ReadOnlySpan<byte> multicast = [0x33, 0x33, 0, 0, 0, 1];
        multicast.CopyTo(frame);
        own.CopyTo(frame, 6);
        BinaryPrimitives.WriteUInt16BigEndian(frame.AsSpan(12), EtherIPv6);
        var packet = frame.AsSpan(EthernetLength);
        packet[0] = 0x60;
        BinaryPrimitives.WriteUInt16BigEndian(packet[4..], MessageLength);
        packet[6] = 58;
        packet[7] = 255;
        address.GetAddressBytes().CopyTo(packet[8..]);
        AllNodes.GetAddressBytes().CopyTo(packet[24..]);
        var message = packet[IPv6Length..];
        message[0] = 136;
        message[4] = 0x20;
        address.GetAddressBytes().CopyTo(message[8..]);
        message[24] = 2;
        message[25] = 1;
        own.CopyTo(message[26..]);
        BinaryPrimitives.WriteUInt16BigEndian(message[2..], Checksum(packet[8..IPv6Length], message));
        return frame;
    }

    // Over both addresses, the length, the next header and the message.
    private static ushort Checksum(ReadOnlySpan<byte> addresses, ReadOnlySpan<byte> message)
    {
        var sum = (uint)message.Length + 58;
        foreach (var part in new[] { addresses.ToArray(), message.ToArray() })
        {
            for (var index = 0; index < part.Length; index += 2)
            {
                sum += BinaryPrimitives.ReadUInt16BigEndian(part.AsSpan(index));
            }
        }

        while (sum >> 16 != 0)
        {
            sum = (sum & 0xffff) + (sum >> 16);
        }

        return (ushort)~sum;
    }
}
