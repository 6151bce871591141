using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Naru.Traffic.Tests.Fixtures;

/// <summary>Clients; they run in the namespace of the calling thread.</summary>
internal static class Ask
{
    // The kernel tries again after a second. What is dropped never connects, however long one waits.
    private const int ConnectMilliseconds = 2500;

    // Who is connected is answered as soon as the server's code has its turn.
    private const int AnswerMilliseconds = 5000;

    private const int DatagramMilliseconds = 1500;

    /// <summary>What the server says, or why not.</summary>
    internal static string Tcp(string address, int port, string? from = null)
    {
        var target = IPAddress.Parse(address);
        using var socket = new Socket(target.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { ReceiveTimeout = AnswerMilliseconds, Blocking = true };
        try
        {
            if (from is not null)
            {
                socket.Bind(new IPEndPoint(IPAddress.Parse(from), 0));
            }

            if (!socket.ConnectAsync(target, port).Wait(ConnectMilliseconds))
            {
                return "timeout";
            }

            var buffer = new byte[256];
            var count = socket.Receive(buffer);
            return Encoding.ASCII.GetString(buffer, 0, count);
        }
        catch (SocketException failure)
        {
            return Word(failure);
        }
        catch (AggregateException failure)
        {
            return failure.InnerException is SocketException inner ? Word(inner) : failure.Message;
        }
    }

    // Where neighbours are kept apart they do not even learn where they are: after three seconds the kernel says so.
    private static string Word(SocketException failure) => failure.SocketErrorCode == SocketError.HostUnreachable ? "timeout" : failure.SocketErrorCode.ToString();

    internal static string Udp(string address, int port)
    {
        var target = IPAddress.Parse(address);
        using var socket = new Socket(target.AddressFamily, SocketType.Dgram, ProtocolType.Udp) { ReceiveTimeout = DatagramMilliseconds };
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
                catch (SocketException) when (attempt < 4)
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
