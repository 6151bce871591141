using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Naru.Core.Traffic;
using Naru.Traffic.Tests.Fixtures;
using static Naru.Traffic.Tests.Services.ServiceHost;

namespace Naru.Traffic.Tests.Services;

/// <summary>Services for SCTP, with packets made by hand: the kernel need not have such sockets to lead them.</summary>
public sealed class SctpTests
{
    private const int Protocol = 132;
    private const int HeaderOfV4 = 20;

    [Fact]
    public async Task FirstPacket_GoesToATargetAndItsPort()
    {
        await using var host = await StartAsync();
        var (web, client) = (await host.PodAsync("web"), await host.PodAsync("client"));
        await host.SetAsync("a", Routes(
            At(Cluster, 3868, Target(web, 36412)) with { Protocol = "sctp" },
            At("0.0.0.0", 30068, Target(web, 36412)) with { Protocol = "sctp", IsExternal = true },
            At("10.96.0.11", 3868) with { Protocol = "sctp" }), isWhole: true);
        using var server = web.Inside(static () => Open());

        Assert.Equal("36412", client.Inside(() => Begin(server, Cluster, 3868)));
        Assert.Equal("36412", host.FromOutside(() => Begin(server, TrafficHost.HostAddress, 30068)));
        server.ReceiveTimeout = 1000;
        Assert.Equal("nothing", client.Inside(() => Begin(server, "10.96.0.11", 3868)));
    }

    // The library knows no such protocol.
    private static Socket Open() => new(new SafeSocketHandle(MakeSocket(2, 3 | 0x80000, Protocol), ownsHandle: true)) { ReceiveTimeout = 20_000 };

    [DllImport("libc", EntryPoint = "socket")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int MakeSocket(int family, int type, int protocol);

    /// <summary>Sends the beginning of an association; says which port it came for.</summary>
    private static string Begin(Socket server, string address, ushort port)
    {
        using var client = Open();
        client.SendTo(FirstOf(41000, port), new IPEndPoint(IPAddress.Parse(address), 0));
        var buffer = new byte[256];
        try
        {
            return server.Receive(buffer) > HeaderOfV4 + 4 ? $"{BinaryPrimitives.ReadUInt16BigEndian(buffer.AsSpan(HeaderOfV4 + 2))}" : "short";
        }
        catch (SocketException failure) when (failure.SocketErrorCode is SocketError.TimedOut or SocketError.WouldBlock)
        {
            return "nothing";
        }
    }

    // Common header and an INIT chunk without parameters (RFC 9260, 3).
    private static byte[] FirstOf(ushort from, ushort to)
    {
        var packet = new byte[12 + 20];
        BinaryPrimitives.WriteUInt16BigEndian(packet, from);
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(2), to);
        packet[12] = 1;
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(14), 20);
        BinaryPrimitives.WriteUInt32BigEndian(packet.AsSpan(16), 0x6e617275);
        BinaryPrimitives.WriteUInt32BigEndian(packet.AsSpan(20), 65536);
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(24), 1);
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(26), 1);
        BinaryPrimitives.WriteUInt32BigEndian(packet.AsSpan(28), 1);
        BinaryPrimitives.WriteUInt32LittleEndian(packet.AsSpan(8), Checksum(packet));
        return packet;
    }

    // CRC32c.
    private static uint Checksum(byte[] bytes)
    {
        var sum = uint.MaxValue;
        foreach (var one in bytes)
        {
            sum ^= one;
            for (var bit = 0; bit < 8; bit++)
            {
                sum = (sum & 1) != 0 ? (sum >> 1) ^ 0x82f63b78 : sum >> 1;
            }
        }

        return ~sum;
    }
}
