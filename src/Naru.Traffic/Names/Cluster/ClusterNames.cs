using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using Naru.Core.Errors;
using Naru.Core.Names;
using Naru.Linux.Namespaces;

namespace Naru.Traffic.Names.Cluster;

/// <summary>The port through which the cluster's names come, and the server that programs of the host ask.</summary>
internal sealed partial class ClusterNames(ClusterZone zone, NameService service, HostSide host, ILogger<ClusterNames> logger) : IClusterNames, IDisposable
{
    private readonly Lock _lock = new();
    private SandboxResolver? _server;
    private IPAddress? _address;
    private ushort _port;

    public void Set(string contributor, IReadOnlyCollection<NameRecord> records)
    {
        ArgumentException.ThrowIfNullOrEmpty(contributor);
        ArgumentNullException.ThrowIfNull(records);
        zone.Set(contributor, records);
    }

    public void Open() => zone.Open();

    public ushort Listen(IPAddress address, ushort preferredPort)
    {
        ArgumentNullException.ThrowIfNull(address);
        lock (_lock)
        {
            if (_server is not null && address.Equals(_address))
            {
                return _port;
            }

            _server?.Dispose();
            var sockets = host.Run(() => Bind(address, preferredPort) ?? Bind(address, 0)) ?? throw new NaruException(ErrorKind.Unavailable, $"the cluster's name server cannot listen at {address}");
            (_address, _port) = (address, (ushort)((IPEndPoint)sockets.Datagrams.LocalEndPoint!).Port);
            _server = new SandboxResolver(service, new NameScope { Networks = [], CanForward = true, Cluster = zone }, sockets);
            LogListening(address, _port);
            return _port;
        }
    }

    public void Dispose() => _server?.Dispose();

    // One port for both protocols.
    private static ResolverSockets? Bind(IPAddress address, ushort port)
    {
        Socket? datagrams = null;
        try
        {
            datagrams = PortSocket.Reserve(address, port, "udp");
            var streams = datagrams is null ? null : PortSocket.Reserve(address, (ushort)((IPEndPoint)datagrams.LocalEndPoint!).Port, "tcp");
            return streams is null ? null : new ResolverSockets(address, datagrams!, streams);
        }
        catch (SocketException)
        {
            datagrams?.Dispose();
            return null;
        }
    }

    [LoggerMessage(4090, LogLevel.Debug, "The cluster's name server listens at {Address} port {Port}")]
    private partial void LogListening(IPAddress address, int port);
}
