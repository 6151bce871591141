using System.Net;
using System.Net.Sockets;
using System.Text;
using Naru.Core.Networks;
using Naru.Linux.Namespaces;

namespace Naru.Traffic.Tests.Fixtures;

/// <summary>A container's network without a container: code of the test runs inside.</summary>
internal sealed class Guest(TrafficHost host, SandboxRequest request, SandboxNetwork network)
{
    internal SandboxRequest Request { get; } = request;

    internal SandboxNetwork Network { get; private set; } = network;

    internal Endpoint Place(string networkName) => Network.Endpoints[networkName];

    internal string Address => Network.Endpoints.Values.First(endpoint => endpoint.IPv4Address.Length > 0).IPv4Address;

    internal T Inside<T>(Func<T> work)
    {
        using var inside = NetworkNamespace.Open(Network.NamespacePath);
        return host.Threads.Run(inside, work);
    }

    internal async Task ConnectAsync(string name, EndpointSpec? spec = null) => Network = await host.Sandboxes.ConnectAsync(Request, name, spec ?? new EndpointSpec(), CancellationToken.None);

    internal async Task DisconnectAsync(string name) => Network = await host.Sandboxes.DisconnectAsync(Request, name, force: false, CancellationToken.None);

    internal Task StopAsync() => host.Sandboxes.TearDownAsync(Request.Container, CancellationToken.None);

    /// <summary>Serves TCP inside: each client is told the address it is seen with.</summary>
    internal Socket ServeTcp(int port, IPAddress? address = null)
    {
        var listener = Inside(() =>
        {
            var socket = new Socket((address ?? IPAddress.Any).AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            socket.Bind(new IPEndPoint(address ?? IPAddress.Any, port));
            socket.Listen();
            return socket;
        });
        _ = ServeAsync(listener);
        return listener;
    }

    /// <summary>Serves UDP inside: each datagram is answered with the address it came from.</summary>
    internal Socket ServeUdp(int port)
    {
        var socket = Inside(() =>
        {
            var bound = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
            bound.Bind(new IPEndPoint(IPAddress.Any, port));
            return bound;
        });
        _ = ServeDatagramsAsync(socket);
        return socket;
    }

    private static async Task ServeAsync(Socket listener)
    {
        try
        {
            while (true)
            {
                using var client = await listener.AcceptAsync();
                await client.SendAsync(Encoding.ASCII.GetBytes(((IPEndPoint)client.RemoteEndPoint!).Address.ToString()));
                client.Shutdown(SocketShutdown.Send);
            }
        }
        catch (Exception ending) when (ending is SocketException or ObjectDisposedException)
        {
        }
    }

    private static async Task ServeDatagramsAsync(Socket socket)
    {
        var buffer = new byte[2048];
        try
        {
            while (true)
            {
                var received = await socket.ReceiveFromAsync(buffer, new IPEndPoint(IPAddress.Any, 0));
                await socket.SendToAsync(Encoding.ASCII.GetBytes(((IPEndPoint)received.RemoteEndPoint).Address.ToString()), received.RemoteEndPoint);
            }
        }
        catch (Exception ending) when (ending is SocketException or ObjectDisposedException)
        {
        }
    }
}
