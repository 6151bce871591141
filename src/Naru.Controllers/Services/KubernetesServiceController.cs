using System.Net;
using Naru.Controllers.Runtime;
using Naru.Controllers.Servers;
using Naru.Objects.Api;
using Naru.Objects.Values;

namespace Naru.Controllers.Services;

/// <summary>Says at which address and port pods reach the API server; null while it does not listen, or where none but this machine reaches it.</summary>
public delegate IPEndPoint? AdvertisedAddress();

/// <summary>Keeps the service <c>kubernetes</c> with its endpoints: the way to the API server from inside the cluster, at the first address of the services' range.</summary>
internal sealed class KubernetesServiceController(ControllerObjects objects, ServiceRanges ranges, AdvertisedAddress advertised, ControllerRuntimeOptions options, TimeProvider time) : IController
{
    private const string Space = "default";
    private const string Service = "kubernetes";
    private const string PortName = "https";
    private const int DefaultPort = 6443;
    private static readonly ObjectKey Key = new(Space, Service);
    private static readonly WriteOptions Write = new() { FieldManager = "kube-apiserver" };
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(15);
    private static readonly Naru.Objects.Resources.GroupResource Leases = new("coordination.k8s.io", "leases");

    private readonly Dictionary<string, (string Renewal, long At)> _heard = new(StringComparer.Ordinal);

    /// <inheritdoc/>
    public string Name => "kubernetes_service";

    /// <inheritdoc/>
    public int Workers => 1;

    /// <inheritdoc/>
    public IEnumerable<WatchRule> Watches =>
    [
        new(UpkeepResources.Namespaces, static (_, now, keys) =>
        {
            if (now?.Name == Space)
            {
                keys.Add(Key);
            }
        }),
        Mine(UpkeepResources.Services),
        Mine(UpkeepResources.Endpoints),
        Mine(UpkeepResources.EndpointSlices),
        new(Leases, static (old, now, keys) =>
        {
            // A server has come or gone; who falls silent is noticed when the key comes due.
            if ((now is null || old is null) && (now ?? old)!.Name.StartsWith(ServerLeaseStage.NamePrefix, StringComparison.Ordinal))
            {
                keys.Add(Key);
            }
        }),
    ];

    /// <inheritdoc/>
    public async Task<Requeue> ReconcileAsync(ObjectKey key, CancellationToken cancellationToken)
    {
        if (objects.Get(UpkeepResources.Namespaces, "", Space) is null)
        {
            return Requeue.No;
        }

        var server = advertised();
        await KeepServiceAsync(server?.Port ?? DefaultPort, cancellationToken);
        if (server is null)
        {
            return Requeue.In(Pause);
        }

        var servers = Servers(server);
        await KeepAsync(UpkeepResources.Endpoints, EndpointsOf(servers), "subsets", cancellationToken);
        await KeepAsync(UpkeepResources.EndpointSlices, SliceOf(servers), "endpoints", cancellationToken);
        return options.SoleServer ? Requeue.No : Requeue.In(ServerLeaseStage.SharedRenewal);
    }

    // All that share the store and speak up, this one first. Only those of one port and family can stand in one list.
    private List<IPEndPoint> Servers(IPEndPoint own)
    {
        List<IPEndPoint> servers = [own];
        if (options.SoleServer)
        {
            return servers;
        }

        foreach (var lease in objects.List(Leases, ServerLeaseStage.Namespace).Where(static one => one.Name.StartsWith(ServerLeaseStage.NamePrefix, StringComparison.Ordinal)))
        {
            var renewal = lease.Tree.Text("spec", "renewTime") ?? "";
            if (!_heard.TryGetValue(lease.Name, out var heard) || heard.Renewal != renewal)
            {
                // The other's clock may be wrong: what counts is for how long we have seen no renewal.
                _heard[lease.Name] = heard = (renewal, time.GetTimestamp());
            }

            if (time.GetElapsedTime(heard.At) < Silence && IPEndPoint.TryParse(lease.Tree.Text("metadata", "annotations", ServerLeaseStage.AddressAnnotation) ?? "", out var other) && other.Port == own.Port && other.AddressFamily == own.AddressFamily)
            {
                servers.Add(other);
            }
        }

        return [.. servers.DistinctBy(static one => one.Address).OrderBy(static one => one.Address.ToString(), StringComparer.Ordinal)];
    }

    private static WatchRule Mine(Naru.Objects.Resources.GroupResource resource) => new(resource, static (old, now, keys) =>
    {
        var one = (now ?? old)!;
        if (one.Name == Service && one.Namespace == Space)
        {
            keys.Add(Key);
        }
    });

    private async Task KeepServiceAsync(int port, CancellationToken cancellationToken)
    {
        if (objects.Get(UpkeepResources.Services, Space, Service) is { } standing)
        {
            if (standing.Tree.Maps("spec", "ports").FirstOrDefault()?.Integer("targetPort") != port)
            {
                await objects.ChangeAsync(UpkeepResources.Services, Space, Service, tree =>
                {
                    tree.MakeMap("spec")["ports"] = PortsOf(port);
                    return true;
                }, Write, cancellationToken);
            }

            return;
        }

        var body = UpkeepResources.Body("v1", "Service", Space, Service);
        body.MakeMap("metadata")["labels"] = new MapValue { ["component"] = "apiserver", ["provider"] = "kubernetes" };
        body["spec"] = new MapValue
        {
            ["type"] = "ClusterIP",
            ["clusterIP"] = ranges.Own[0].First.ToString(),
            ["ipFamilyPolicy"] = "SingleStack",
            ["ports"] = PortsOf(port),
            ["sessionAffinity"] = "None",
        };
        await objects.CreateAsync(UpkeepResources.Services, body, Write, cancellationToken);
    }

    private static ListValue PortsOf(int port) => new([new MapValue { ["name"] = PortName, ["port"] = 443, ["protocol"] = "TCP", ["targetPort"] = port }]);

    private static ListValue TargetsOf(IPEndPoint server) => new([new MapValue { ["name"] = PortName, ["port"] = server.Port, ["protocol"] = "TCP" }]);

    private static MapValue EndpointsOf(List<IPEndPoint> servers)
    {
        var body = UpkeepResources.Body("v1", "Endpoints", Space, Service);
        body.MakeMap("metadata")["labels"] = new MapValue { ["endpointslice.kubernetes.io/skip-mirror"] = "true" };
        body["subsets"] = new ListValue([new MapValue
        {
            ["addresses"] = new ListValue(servers.Select(static server => (Value)new MapValue { ["ip"] = server.Address.ToString() })),
            ["ports"] = TargetsOf(servers[0]),
        }]);
        return body;
    }

    private static MapValue SliceOf(List<IPEndPoint> servers)
    {
        var body = UpkeepResources.Body("discovery.k8s.io/v1", "EndpointSlice", Space, Service);
        body.MakeMap("metadata")["labels"] = new MapValue { ["kubernetes.io/service-name"] = Service };
        body["addressType"] = AddressRange.FamilyOf(servers[0].Address);
        body["endpoints"] = new ListValue(servers.Select(static server => (Value)new MapValue
        {
            ["addresses"] = new ListValue([server.Address.ToString()]),
            ["conditions"] = new MapValue { ["ready"] = true },
        }));
        body["ports"] = TargetsOf(servers[0]);
        return body;
    }

    private async Task KeepAsync(Naru.Objects.Resources.GroupResource resource, MapValue wanted, string field, CancellationToken cancellationToken)
    {
        if (objects.Get(resource, Space, Service) is not { } standing)
        {
            await objects.CreateAsync(resource, wanted, Write, cancellationToken);
            return;
        }

        if (!wanted[field]!.DeepEquals(standing.Tree[field]) || (wanted.Has("ports") && !wanted["ports"]!.DeepEquals(standing.Tree["ports"])))
        {
            await objects.ChangeAsync(resource, Space, Service, tree =>
            {
                tree[field] = wanted[field];
                tree["ports"] = wanted["ports"];
                return true;
            }, Write, cancellationToken);
        }
    }
}
