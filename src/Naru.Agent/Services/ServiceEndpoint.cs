using System.Net;
using System.Net.Sockets;
using Naru.Objects.Values;

namespace Naru.Agent.Services;

/// <summary>An endpoint of one port of a service.</summary>
internal sealed record ServiceEndpoint
{
    public required IPAddress Address { get; init; }

    public required ushort Port { get; init; }

    /// <summary>It takes new connections.</summary>
    public bool IsReady { get; init; }

    /// <summary>It would answer, ending or not.</summary>
    public bool IsServing { get; init; }

    public bool IsTerminating { get; init; }

    /// <summary>On which node; empty: none of the cluster's.</summary>
    public string Node { get; init; } = "";

    /// <summary>Zones that it should serve; empty: no hint.</summary>
    public IReadOnlyCollection<string> Zones { get; init; } = [];

    /// <summary>Nodes that it should serve; empty: no hint.</summary>
    public IReadOnlyCollection<string> Nodes { get; init; } = [];

    public bool IsV6 => Address.AddressFamily == AddressFamily.InterNetworkV6;

    /// <summary>The endpoints of a port, each once.</summary>
    public static List<ServiceEndpoint> Of(IEnumerable<MapValue> slices, string portName, string protocol)
    {
        var found = new Dictionary<(IPAddress, ushort), ServiceEndpoint>();
        foreach (var slice in slices)
        {
            var port = slice.Maps("ports").FirstOrDefault(one => (one.Text("name") ?? "") == portName && (one.Text("protocol") ?? "TCP") == protocol)?.Integer("port");
            if (port is not > 0)
            {
                continue;
            }

            foreach (var endpoint in slice.Maps("endpoints"))
            {
                if (endpoint.List("addresses")?.Texts().FirstOrDefault() is { } text && IPAddress.TryParse(text, out var address))
                {
                    var read = Read(endpoint, address, (ushort)port.Value);

                    // While a pod moves from one slice to another it may be in both: the better news counts.
                    var key = (address, read.Port);
                    found[key] = found.TryGetValue(key, out var other) && other.IsReady ? other : read;
                }
            }
        }

        return [.. found.Values.OrderBy(static one => one.Address.ToString(), StringComparer.Ordinal).ThenBy(static one => one.Port)];
    }

    private static ServiceEndpoint Read(MapValue endpoint, IPAddress address, ushort port)
    {
        var conditions = endpoint.Map("conditions") ?? [];
        var ready = conditions.Boolean("ready") ?? true;
        return new ServiceEndpoint
        {
            Address = address,
            Port = port,
            IsReady = ready,
            IsServing = conditions.Boolean("serving") ?? ready,
            IsTerminating = conditions.Boolean("terminating") ?? false,
            Node = endpoint.Text("nodeName") ?? "",
            Zones = [.. endpoint.Maps("hints", "forZones").Select(static one => one.Text("name")).OfType<string>()],
            Nodes = [.. endpoint.Maps("hints", "forNodes").Select(static one => one.Text("name")).OfType<string>()],
        };
    }
}
