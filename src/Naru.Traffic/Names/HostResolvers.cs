using System.Net;
using Naru.Traffic.Addresses;
using Naru.Traffic.Files;

namespace Naru.Traffic.Names;

/// <summary>The name servers to forward to, as the host's resolv.conf names them now. Looked at again when the file changes.</summary>
internal sealed class HostResolvers(TrafficOptions options, SandboxFiles files)
{
    private const int DnsPort = 53;
    private readonly Lock _lock = new();
    private IPEndPoint[] _servers = [];
    private DateTime _readAt = DateTime.MinValue;

    internal IReadOnlyList<IPEndPoint> Current
    {
        get
        {
            lock (_lock)
            {
                var changed = File.GetLastWriteTimeUtc(options.HostResolvConf);
                if (changed != _readAt)
                {
                    _readAt = changed;
                    _servers = [.. Parse(files.HostResolver().Servers)];
                }

                return _servers;
            }
        }
    }

    /// <summary>Addresses as servers; Naru's own address inside sandboxes is left out, so that no question goes round in a circle.</summary>
    internal static IEnumerable<IPEndPoint> Parse(IEnumerable<string> servers) => servers
        .Where(static server => server != SandboxFiles.NameServerInside)
        .Select(static server => Subnet.TryParseAddress(server, out var address) ? new IPEndPoint(address, DnsPort) : null)
        .OfType<IPEndPoint>();
}
