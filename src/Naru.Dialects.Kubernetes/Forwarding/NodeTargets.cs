using System.Globalization;
using Naru.Dialects.Kubernetes.Server;
using Naru.Objects.Access;
using Naru.Objects.Api;
using Naru.Objects.Nodes;
using Naru.Objects.Resources;
using Naru.Objects.Values;

namespace Naru.Dialects.Kubernetes.Forwarding;

/// <summary>Finds the way to a node's kubelet: through this process where there is one, else its address and port with TLS.</summary>
internal sealed class NodeTargets(IObjects objects, IEnumerable<INodeConnections> connections, IEnumerable<IClusterCertificates> certificates)
{
    private const int DefaultPort = 10250;
    private static readonly GroupResource Nodes = new("", "nodes");
    private static readonly string[] Preferred = ["InternalIP", "Hostname", "InternalDNS", "ExternalIP", "ExternalDNS"];

    private readonly INodeConnections? _connections = connections.FirstOrDefault();
    private readonly IClusterCertificates? _certificates = certificates.FirstOrDefault();

    /// <summary>The kubelet of a node, or what else listens there at another port. 404 if there is no such node, 500 if it has no address.</summary>
    public async ValueTask<Upstream> FindAsync(string node, string port, CancellationToken cancellationToken)
    {
        var stored = objects.Get(Nodes, "", node);
        var kubelet = stored is null ? DefaultPort : PortOf(stored.Tree);
        var asked = port.Length > 0 && int.TryParse(port, NumberStyles.None, CultureInfo.InvariantCulture, out var given) ? given : kubelet;
        if (asked == kubelet && _connections is { } shorter && await shorter.ConnectAsync(node, cancellationToken) is { } first)
        {
            // Only to know that there is a way; the client opens its own connections.
            await first.DisposeAsync();
            return ThroughProcess(node, shorter);
        }

        if (stored is null)
        {
            throw new StatusFailure(404, "NotFound", $"nodes \"{node}\" not found") { Details = new() { Kind = "nodes", Name = node } };
        }

        var addresses = stored.Tree.Maps("status", "addresses").ToList();
        var address = Preferred.Select(type => addresses.Find(one => one.Text("type") == type)?.Text("address")).FirstOrDefault(static one => !string.IsNullOrEmpty(one))
            ?? throw StatusFailure.Internal($"no preferred addresses found; known addresses: [] (node \"{node}\")");
        return new Upstream
        {
            Scheme = "https",
            Host = address,
            Port = asked,
            // As with a real API server that was given no authority for kubelets: their certificates are their own.
            ServerName = "",
            Certificate = _certificates is { } own ? () => own.KubeletClient : null,
        };
    }

    private static Upstream ThroughProcess(string node, INodeConnections shorter) => new()
    {
        Scheme = "http",
        Host = node,
        Port = DefaultPort,
        Connect = cancellationToken => shorter.ConnectAsync(node, cancellationToken),
    };

    private static int PortOf(MapValue node) => (int)(node.Integer("status", "daemonEndpoints", "kubeletEndpoint", "Port") is { } port and > 0 ? port : DefaultPort);
}
