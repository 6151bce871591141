using System.Net;
using System.Net.Sockets;

namespace Naru.Traffic.Tests.Names;

/// <summary>Name servers of others, and a client that shows what it got.</summary>
internal static class Upstream
{
    internal static Socket Bind(string address, int port)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        socket.Bind(new IPEndPoint(IPAddress.Parse(address), port));
        return socket;
    }

    /// <summary>Answers every question with one address.</summary>
    internal static Socket Serve(Socket socket, string address)
    {
        _ = ServeAsync(socket, IPAddress.Parse(address).GetAddressBytes());
        return socket;
    }

    internal static byte[] AskRaw(string name, string server)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp) { ReceiveTimeout = 10_000 };
        socket.Connect(IPAddress.Parse(server), 53);
        socket.Send(Resolver.Question(name, 1));
        var buffer = new byte[4096];
        return buffer[..socket.Receive(buffer)];
    }

    internal static string TryAsk(string name, string server)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp) { ReceiveTimeout = 300 };
        socket.Connect(IPAddress.Parse(server), 53);
        socket.Send(Resolver.Question(name, 1));
        try
        {
            return socket.Receive(new byte[4096]).ToString(System.Globalization.CultureInfo.InvariantCulture);
        }
        catch (SocketException failure)
        {
            return failure.SocketErrorCode is SocketError.WouldBlock ? "TimedOut" : failure.SocketErrorCode.ToString();
        }
    }

    private static async Task ServeAsync(Socket socket, byte[] address)
    {
        var buffer = new byte[2048];
        try
        {
            while (true)
            {
                var received = await socket.ReceiveFromAsync(buffer, new IPEndPoint(IPAddress.Any, 0));
                var end = 12;
                while (buffer[end] != 0)
                {
                    end += buffer[end] + 1;
                }

                byte[] answer = [.. buffer[..(end + 5)], 0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, .. address];
                (answer[2], answer[3], answer[7], answer[11]) = (0x81, 0x80, 1, 0);
                await socket.SendToAsync(answer, received.RemoteEndPoint);
            }
        }
        catch (Exception ending) when (ending is SocketException or ObjectDisposedException)
        {
        }
    }
}
