using Naru.Controllers.Runtime;
using Naru.Controllers.Services;
using Naru.Objects.Api;
using Naru.Objects.Resources;
using Naru.Objects.Values;

namespace Naru.Controllers.Endpoints;

/// <summary>Keeps the slices of every service that selects pods.</summary>
internal sealed class EndpointSliceController(ControllerObjects objects, SliceWriter writer) : IController
{
    private const string Manager = "endpointslice-controller.k8s.io";
    private const string Zone = "topology.kubernetes.io/zone";
    private static readonly GroupVersionKind Service = new("", "v1", "Service");

    /// <inheritdoc/>
    public string Name => "endpoint_slice";

    /// <inheritdoc/>
    public int Workers => 5;

    /// <inheritdoc/>
    public IEnumerable<WatchRule> Watches => [WatchRule.Self(UpkeepResources.Services), ServicePods.Rule(objects), WatchRule.Owner(UpkeepResources.EndpointSlices, Service.GroupKind)];

    /// <inheritdoc/>
    public async Task<Requeue> ReconcileAsync(ObjectKey key, CancellationToken cancellationToken)
    {
        if (objects.Get(UpkeepResources.Services, key.Namespace, key.Name) is not { } service || service.IsEnding())
        {
            // The slices name the service as their owner: they are collected.
            return Requeue.No;
        }

        if (ServiceFacts.IsExternalName(service.Tree) || !ServiceFacts.HasSelector(service.Tree))
        {
            await writer.DeleteAllAsync(service, Manager, cancellationToken);
            return Requeue.No;
        }

        var wanted = new WantedSlices();
        var publish = service.Tree.Boolean("spec", "publishNotReadyAddresses") == true;
        var families = FamiliesOf(service.Tree);
        foreach (var pod in ServicePods.Of(service, objects))
        {
            foreach (var family in families)
            {
                if (ServicePods.AddressOf(pod.Tree, family) is { } address)
                {
                    wanted.Add(family, TargetPorts.Of(service.Tree, pod.Tree), EndpointOf(service, pod, address, publish));
                }
            }
        }

        foreach (var family in families)
        {
            wanted.AddPlaceholder(family);
        }

        await writer.WriteAsync(service, Service, wanted, LabelsOf(service), cancellationToken);
        return Requeue.No;
    }

    private static List<string> FamiliesOf(MapValue service)
    {
        var families = service.List("spec", "ipFamilies")?.Texts().ToList() ?? [];
        return families.Count > 0 ? families : ["IPv4"];
    }

    private static MapValue LabelsOf(StoredObject service)
    {
        var labels = service.Tree.Map("metadata", "labels")?.CloneMap() ?? [];
        if (ServiceFacts.IsHeadless(service.Tree))
        {
            labels["service.kubernetes.io/headless"] = "";
        }

        labels[SliceWriter.ServiceName] = service.Name;
        labels[SliceWriter.ManagedBy] = Manager;
        return labels;
    }

    private MapValue EndpointOf(StoredObject service, StoredObject pod, string address, bool publish)
    {
        var serving = ServicePods.IsReady(pod.Tree);
        var ending = ServicePods.IsEnding(pod.Tree);
        var endpoint = new MapValue(6)
        {
            ["addresses"] = new ListValue([address]),
            ["conditions"] = new MapValue(3) { ["ready"] = publish || (serving && !ending), ["serving"] = serving, ["terminating"] = ending },
            ["targetRef"] = ServicePods.ReferenceTo(pod),
        };
        if (pod.Tree.Text("spec", "nodeName") is { Length: > 0 } node)
        {
            endpoint["nodeName"] = node;
            if (objects.Get(UpkeepResources.Nodes, "", node)?.Tree.Text("metadata", "labels", Zone) is { Length: > 0 } zone)
            {
                endpoint["zone"] = zone;
            }
        }

        if (serving && !ending)
        {
            EndpointHints.Set(endpoint, service.Tree.Text("spec", "trafficDistribution"));
        }

        if (ServicePods.HostnameOf(pod.Tree, service) is { } host)
        {
            endpoint["hostname"] = host;
        }

        return endpoint;
    }
}
