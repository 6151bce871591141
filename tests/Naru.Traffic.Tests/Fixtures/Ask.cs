using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Naru.Traffic.Tests.Fixtures;

/// <summary>Clients; they run in the namespace of the calling thread.</summary>
internal static class Ask
{
    private const int TimeoutMilliseconds = 1500;

    /// <summary>What the server says, or why not.</summary>
    internal static string Tcp(string address, int port, string? from = null)
    {
        var target = IPAddress.Parse(address);
        using var socket = new Socket(target.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { ReceiveTimeout = TimeoutMilliseconds, Blocking = true };
        try
        {
            if (from is not null)
            {
                socket.Bind(new IPEndPoint(IPAddress.Parse(from), 0));
            }

            if (!socket.ConnectAsync(target, port).Wait(TimeoutMilliseconds))
            {
                return "timeout";
            }

            var buffer = new byte[256];
            var count = socket.Receive(buffer);
            return Encoding.ASCII.GetString(buffer, 0, count);
        }
        catch (SocketException failure)
        {
            return failure.SocketErrorCode.ToString();
        }
        catch (AggregateException failure)
        {
            return (failure.InnerException as SocketException)?.SocketErrorCode.ToString() ?? failure.Message;
        }
    }

    internal static string Udp(string address, int port)
    {
        var target = IPAddress.Parse(address);
        using var socket = new Socket(target.AddressFamily, SocketType.Dgram, ProtocolType.Udp) { ReceiveTimeout = TimeoutMilliseconds };
        try
        {
            socket.Connect(target, port);
            var buffer = new byte[256];
            for (var attempt = 1; ; attempt++)
            {
                socket.Send("hello"u8);
                try
                {
                    var count = socket.Receive(buffer);
                    return Encoding.ASCII.GetString(buffer, 0, count);
                }
                catch (SocketException) when (attempt < 2)
                {
                    // A datagram may be lost.
                }
            }
        }
        catch (SocketException failure)
        {
            return failure.SocketErrorCode == SocketError.WouldBlock ? "timeout" : failure.SocketErrorCode.ToString();
        }
    }
}
