using System.Net;
using System.Net.Sockets;
using Naru.Core.Errors;
using Naru.Core.Networks;
using Naru.Linux.Namespaces;

namespace Naru.Traffic.Ports;

/// <summary>Chooses and keeps the ports of the host that containers publish.</summary>
internal sealed class PortKeeper(HostSide host, NodePorts services)
{
    private const ushort FirstEphemeral = 32768, LastEphemeral = 60999;
    private readonly Lock _lock = new();
    private readonly HashSet<PublishedPort> _kept = [];
    private readonly Lazy<bool> _hasIPv6 = new(() => host.Run(static () => KernelSetting.Read("net/ipv6/conf/all/disable_ipv6") == "0"));
    private ushort _nextEphemeral = FirstEphemeral;

    /// <summary>The host speaks IPv6.</summary>
    internal bool HasIPv6 => _hasIPv6.Value;

    /// <summary>Keeps one port on all the given addresses (the same number on each); all or none.</summary>
    /// <exception cref="NaruException"><see cref="ErrorKind.ResourceExhausted"/> in Docker's words when no port of the range is free.</exception>
    internal List<PortReservation> Keep(PortSpec target, IReadOnlyList<IPAddress> addresses, ushort first, ushort last)
    {
        if (first != 0)
        {
            SocketException? refusal = null;
            for (int port = first; port <= Math.Max(first, last); port++)
            {
                if (TryKeep(target, addresses, (ushort)port, out var kept, out refusal))
                {
                    return kept;
                }
            }

            throw Refusal(target, addresses[0], first, last, refusal!);
        }

        for (var attempt = 0; attempt <= LastEphemeral - FirstEphemeral; attempt++)
        {
            ushort port;
            lock (_lock)
            {
                port = _nextEphemeral;
                _nextEphemeral = port == LastEphemeral ? FirstEphemeral : (ushort)(port + 1);
            }

            if (TryKeep(target, addresses, port, out var kept, out var refusal))
            {
                return kept;
            }

            if (refusal.SocketErrorCode != SocketError.AddressAlreadyInUse)
            {
                throw Refusal(target, addresses[0], port, port, refusal);
            }
        }

        throw new NaruException(ErrorKind.ResourceExhausted, "all ports are allocated");
    }

    /// <summary>A container has published the port, at whatever address.</summary>
    internal bool Keeps(string protocol, ushort port)
    {
        lock (_lock)
        {
            return _kept.Any(one => one.HostPort == port && one.Target.Protocol == protocol);
        }
    }

    internal void Forget(PublishedPort port)
    {
        lock (_lock)
        {
            _kept.Remove(port);
        }
    }

    private bool TryKeep(PortSpec target, IReadOnlyList<IPAddress> addresses, ushort port, out List<PortReservation> kept, out SocketException refusal)
    {
        kept = [];
        refusal = null!;
        if (services.Holds(target.Protocol, port))
        {
            refusal = new SocketException((int)SocketError.AddressAlreadyInUse);
            return false;
        }

        foreach (var address in addresses)
        {
            var published = new PublishedPort(target, address.ToString(), port);
            try
            {
                var socket = host.Run(() => PortSocket.Reserve(address, port, target.Protocol));
                kept.Add(new PortReservation(published, socket, this));
                lock (_lock)
                {
                    // Without a socket (a protocol that this kernel lacks) only this instance's own book can tell.
                    if (socket is null && _kept.Any(other => other.HostPort == port && other.HostAddress == published.HostAddress && other.Target.Protocol == target.Protocol))
                    {
                        throw new SocketException((int)SocketError.AddressAlreadyInUse);
                    }

                    _kept.Add(published);
                }
            }
            catch (SocketException failure)
            {
                refusal = failure;
                kept.ForEach(static reservation => reservation.Dispose());
                return false;
            }
        }

        return true;
    }

    private static NaruException Refusal(PortSpec target, IPAddress address, ushort first, ushort last, SocketException refusal)
    {
        var shown = address.AddressFamily == AddressFamily.InterNetworkV6 ? $"[{address}]" : address.ToString();
        var message = refusal.SocketErrorCode switch
        {
            SocketError.AddressAlreadyInUse when last > first => $"Bind for {shown}:{first}-{last} failed: all ports are allocated",
            SocketError.AddressAlreadyInUse => $"Bind for {shown}:{first} failed: port is already allocated",
            SocketError.AddressNotAvailable => $"listen {target.Protocol} {shown}:{first}: bind: cannot assign requested address",
            _ => $"listen {target.Protocol} {shown}:{first}: bind: {refusal.Message}",
        };
        return new NaruException(ErrorKind.ResourceExhausted, message, refusal);
    }
}
