using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Naru.Testing.Running;

/// <summary>Ports for servers that cannot be told to pick one themselves.</summary>
public static class LoopbackPorts
{
    // Below the ports that Linux gives to outgoing connections and to those who ask for any (32768 and up): nobody is handed one of these between the moment it is found and its use.
    private const int First = 20000;
    private const int End = 30000;

    // Each of our ports has a name beside it in the same network namespace. Whoever holds the name keeps other tests, also those of other processes, away from a port that he has not opened yet.
    private static readonly ConcurrentBag<Socket> Names = [];

    /// <summary>A port of loopback that nobody uses now, and that no other test is given while this process lives.</summary>
    public static int Free()
    {
        while (true)
        {
            var port = Random.Shared.Next(First, End);
            var name = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            try
            {
                name.Bind(new UnixDomainSocketEndPoint($"\0naru-test-port-{port}"));
                using var listener = new TcpListener(IPAddress.Loopback, port);
                listener.Start();
                Names.Add(name);
                return port;
            }
            catch (SocketException failure) when (failure.SocketErrorCode == SocketError.AddressAlreadyInUse)
            {
                // Another one.
                name.Dispose();
            }
        }
    }
}
