using System.Net;
using Naru.Controllers.Runtime;
using Naru.Controllers.Services;
using Naru.Objects.Api;
using Naru.Objects.Resources;
using Naru.Objects.Values;

namespace Naru.Controllers.Endpoints;

/// <summary>Makes slices of Endpoints that people keep by hand for services that select no pods.</summary>
internal sealed class SliceMirrorController(ControllerObjects objects, SliceWriter writer) : IController
{
    private const string Manager = "endpointslicemirroring-controller.k8s.io";
    private const string Skip = "endpointslice.kubernetes.io/skip-mirror";
    private const string Leader = "control-plane.alpha.kubernetes.io/leader";
    private static readonly GroupVersionKind Kind = new("", "v1", "Endpoints");

    /// <inheritdoc/>
    public string Name => "endpoint_slice_mirroring";

    /// <inheritdoc/>
    public IEnumerable<WatchRule> Watches =>
        [WatchRule.Self(UpkeepResources.Endpoints), WatchRule.Self(UpkeepResources.Services), WatchRule.Owner(UpkeepResources.EndpointSlices, Kind.GroupKind)];

    /// <inheritdoc/>
    public async Task<Requeue> ReconcileAsync(ObjectKey key, CancellationToken cancellationToken)
    {
        if (objects.Get(UpkeepResources.Endpoints, key.Namespace, key.Name) is not { } endpoints || endpoints.IsEnding)
        {
            return Requeue.No;
        }

        if (!IsMirrored(endpoints))
        {
            await writer.DeleteAllAsync(endpoints, Manager, cancellationToken);
            return Requeue.No;
        }

        var wanted = new WantedSlices();
        foreach (var subset in endpoints.Tree.Maps("subsets"))
        {
            var ports = new ListValue(subset.Maps("ports").Select(static port => PortOf(port)));
            Add(wanted, subset, "addresses", ports, ready: true);
            Add(wanted, subset, "notReadyAddresses", ports, ready: false);
        }

        var labels = endpoints.Tree.Map("metadata", "labels")?.CloneMap() ?? [];
        labels[SliceWriter.ServiceName] = endpoints.Name;
        labels[SliceWriter.ManagedBy] = Manager;
        await writer.WriteAsync(endpoints, Kind, wanted, labels, cancellationToken);
        return Requeue.No;
    }

    private bool IsMirrored(StoredObject endpoints) =>
        endpoints.Tree.Text("metadata", "labels", Skip) != "true"
        && endpoints.Tree.Text("metadata", "annotations", Leader) is null
        && objects.Get(UpkeepResources.Services, endpoints.Namespace, endpoints.Name) is { } service
        && !ServiceFacts.HasSelector(service.Tree);

    private static void Add(WantedSlices wanted, MapValue subset, string field, ListValue ports, bool ready)
    {
        foreach (var address in subset.Maps(field))
        {
            if (!IPAddress.TryParse(address.Text("ip"), out var parsed))
            {
                continue;
            }

            var endpoint = new MapValue(5)
            {
                ["addresses"] = new ListValue([address.Text("ip")!]),
                ["conditions"] = new MapValue(1) { ["ready"] = ready },
            };
            foreach (var kept in (ReadOnlySpan<string>)["hostname", "nodeName", "targetRef"])
            {
                endpoint[kept] = address[kept]?.Clone();
            }

            wanted.Add(AddressRange.FamilyOf(parsed), ports, endpoint);
        }
    }

    private static MapValue PortOf(MapValue port)
    {
        var made = port.CloneMap();
        made.Default("name", "");
        made.Default("protocol", "TCP");
        return made;
    }
}
