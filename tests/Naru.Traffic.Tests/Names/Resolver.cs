using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Naru.Traffic.Tests.Names;

/// <summary>A plain resolver for tests; asks from the namespace of the calling thread.</summary>
internal static class Resolver
{
    internal const string Inside = "127.0.0.11";

    internal sealed record Answer(int Code, IReadOnlyList<byte[]> Data, bool IsTruncated, bool IsAuthoritative)
    {
        internal IEnumerable<string> Addresses => Data.Select(data => new IPAddress(data).ToString());
    }

    internal static byte[] Question(string name, ushort type, ushort id = 0x4711, bool edns = false)
    {
        var message = new List<byte> { (byte)(id >> 8), (byte)id, 1, 0, 0, 1, 0, 0, 0, 0, 0, (byte)(edns ? 1 : 0) };
        foreach (var label in name.Split('.', StringSplitOptions.RemoveEmptyEntries))
        {
            message.Add((byte)label.Length);
            message.AddRange(Encoding.ASCII.GetBytes(label));
        }

        message.AddRange([0, (byte)(type >> 8), (byte)type, 0, 1]);
        if (edns)
        {
            message.AddRange([0, 0, 41, 4, 208, 0, 0, 0, 0, 0, 0]);
        }

        return [.. message];
    }

    internal static Answer Ask(string name, ushort type = 1, string server = Inside, bool edns = false, int port = 53)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp) { ReceiveTimeout = 2000 };
        socket.Connect(IPAddress.Parse(server), port);
        var buffer = new byte[4096];
        for (var attempt = 1; ; attempt++)
        {
            socket.Send(Question(name, type, edns: edns));
            try
            {
                return Parse(buffer.AsSpan(0, socket.Receive(buffer)));
            }
            catch (SocketException) when (attempt < 5)
            {
                // Datagrams may be lost; resolvers ask again.
            }
        }
    }

    internal static Answer AskTcp(string name, ushort type = 1, string server = Inside)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { ReceiveTimeout = 10_000 };
        socket.Connect(IPAddress.Parse(server), 53);
        var question = Question(name, type);
        socket.Send([(byte)(question.Length >> 8), (byte)question.Length, .. question]);
        using var stream = new NetworkStream(socket);
        var header = new byte[2];
        stream.ReadExactly(header);
        var answer = new byte[BinaryPrimitives.ReadUInt16BigEndian(header)];
        stream.ReadExactly(answer);
        return Parse(answer);
    }

    internal static string Reverse(string address)
    {
        var answer = Ask(string.Join('.', address.Split('.').Reverse()) + ".in-addr.arpa", 12);
        return answer.Data.Count == 0 ? $"code {answer.Code}" : ReadName(answer.Data[0]);
    }

    internal static Answer Parse(ReadOnlySpan<byte> message)
    {
        Assert.Equal(0x4711, BinaryPrimitives.ReadUInt16BigEndian(message));
        var count = BinaryPrimitives.ReadUInt16BigEndian(message[6..]);
        var position = 12;
        if (BinaryPrimitives.ReadUInt16BigEndian(message[4..]) == 1)
        {
            while (message[position] != 0)
            {
                position += message[position] + 1;
            }

            position += 5;
        }

        var data = new List<byte[]>();
        for (; count > 0; count--)
        {
            Assert.Equal(0xc0, message[position]);
            var length = BinaryPrimitives.ReadUInt16BigEndian(message[(position + 10)..]);
            data.Add(message.Slice(position + 12, length).ToArray());
            position += 12 + length;
        }

        return new Answer(message[3] & 15, data, (message[2] & 2) != 0, (message[2] & 4) != 0);
    }

    private static string ReadName(ReadOnlySpan<byte> data)
    {
        var labels = new List<string>();
        for (var position = 0; data[position] != 0; position += data[position] + 1)
        {
            labels.Add(Encoding.ASCII.GetString(data.Slice(position + 1, data[position])));
        }

        return string.Join('.', labels);
    }
}
