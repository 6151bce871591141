using System.Net;
using System.Net.Sockets;

namespace Naru.Testing.Running;

/// <summary>Ports for servers that cannot be told to pick one themselves.</summary>
public static class LoopbackPorts
{
    // Below the ports that Linux gives to outgoing connections and to those who ask for any (32768 and up): nobody is handed one of these between the moment it is found and its use.
    private const int First = 20000;
    private const int End = 30000;

    /// <summary>A port of loopback that nobody uses now.</summary>
    public static int Free()
    {
        while (true)
        {
            var port = Random.Shared.Next(First, End);
            try
            {
                using var listener = new TcpListener(IPAddress.Loopback, port);
                listener.Start();
                return port;
            }
            catch (SocketException failure) when (failure.SocketErrorCode == SocketError.AddressAlreadyInUse)
            {
                // Another one.
            }
        }
    }
}
