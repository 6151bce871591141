using System.Net;
using System.Net.Sockets;
using Naru.Core.Networks;

namespace Naru.Traffic.Ports;

/// <summary>A port of the host that is kept for a container as long as this lives.</summary>
internal sealed class PortReservation(PublishedPort port, Socket? socket, PortKeeper keeper) : IDisposable
{
    private PortRelay? _relay;

    internal PublishedPort Port { get; } = port;

    /// <summary>Carries by hand what the rules do not: the IPv6 loopback, and IPv6 clients of a container that has no IPv6 address.</summary>
    internal void Relay(IPEndPoint target, HostSide host)
    {
        if (socket is not null && Port.Target.Protocol is "tcp" or "udp")
        {
            if (_relay is not null)
            {
                _relay.Target = target;
                return;
            }

            _relay = new PortRelay(socket, target, host);
            _relay.Start();
        }
    }

    public void Dispose()
    {
        _relay?.Dispose();
        socket?.Dispose();
        keeper.Forget(Port);
    }
}
