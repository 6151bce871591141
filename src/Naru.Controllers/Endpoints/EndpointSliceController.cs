using System.Collections.Concurrent;
using Naru.Controllers.Runtime;
using Naru.Controllers.Services;
using Naru.Objects.Api;
using Naru.Objects.Resources;
using Naru.Objects.Values;

namespace Naru.Controllers.Endpoints;

/// <summary>Keeps the slices of every service that selects pods.</summary>
internal sealed class EndpointSliceController(ControllerObjects objects, SliceWriter writer, EventRecorder events) : IController
{
    private const string Manager = "endpointslice-controller.k8s.io";
    private readonly ConcurrentDictionary<(ObjectKey Service, string Family), string> _unhinted = new();
    private static readonly GroupVersionKind Service = new("", "v1", "Service");

    /// <inheritdoc/>
    public string Name => "endpoint_slice";

    /// <inheritdoc/>
    public int Workers => 5;

    /// <inheritdoc/>
    public IEnumerable<WatchRule> Watches =>
        [WatchRule.Self(UpkeepResources.Services), ServicePods.Rule(objects), WatchRule.Owner(UpkeepResources.EndpointSlices, Service.GroupKind), new(UpkeepResources.Nodes, TakeNode)];

    /// <inheritdoc/>
    public async Task<Requeue> ReconcileAsync(ObjectKey key, CancellationToken cancellationToken)
    {
        if (objects.Get(UpkeepResources.Services, key.Namespace, key.Name) is not { } service || service.IsEnding)
        {
            // The slices name the service as their owner: they are collected.
            _unhinted.TryRemove((key, "IPv4"), out _);
            _unhinted.TryRemove((key, "IPv6"), out _);
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
            SetZoneHints(service, family, wanted);
        }

        await writer.WriteAsync(service, Service, wanted, LabelsOf(service), cancellationToken);
        return Requeue.No;
    }

    // Endpoints have their nodes' zones, and shares of traffic go by the processors of zones.
    private void TakeNode(StoredObject? old, StoredObject? now, IKeys keys)
    {
        if (!ZoneShares.Differ(old, now))
        {
            return;
        }

        var isMoved = old?.Tree.Text("metadata", "labels", ZoneShares.Zone) != now?.Tree.Text("metadata", "labels", ZoneShares.Zone);
        foreach (var service in objects.List(UpkeepResources.Services).Where(one => ServiceFacts.HasSelector(one.Tree) && (isMoved || ZoneHints.IsWanted(one.Tree))))
        {
            keys.Add(ObjectKey.Of(service));
        }
    }

    private void SetZoneHints(StoredObject service, string family, WantedSlices wanted)
    {
        var key = (ObjectKey.Of(service), family);
        if (!ZoneHints.IsWanted(service.Tree))
        {
            _unhinted.TryRemove(key, out _);
            return;
        }

        var ready = wanted.Groups.Values.Where(one => one.Family == family).OrderBy(static one => one.Key, StringComparer.Ordinal)
            .SelectMany(static one => one.Endpoints.Values).Where(static one => one.Boolean("conditions", "ready") == true).ToList();
        var problem = ZoneHints.Set(ready, ZoneShares.Of(objects.List(UpkeepResources.Nodes).Select(static one => one.Tree)));
        var before = _unhinted.GetValueOrDefault(key);
        if (problem is null)
        {
            if (before is not null && _unhinted.TryRemove(key, out _))
            {
                events.Record(service, false, "TopologyAwareHintsEnabled", $"Topology Aware Hints has been enabled, addressType: {family}", Manager);
            }
        }
        else if (before != problem)
        {
            _unhinted[key] = problem;
            events.Record(service, true, "TopologyAwareHintsDisabled", $"{problem}, addressType: {family}", Manager);
        }
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
        var ending = pod.IsEnding;
        var endpoint = new MapValue(6)
        {
            ["addresses"] = new ListValue([address]),
            ["conditions"] = new MapValue(3) { ["ready"] = publish || (serving && !ending), ["serving"] = serving, ["terminating"] = ending },
            ["targetRef"] = ServicePods.ReferenceTo(pod),
        };
        if (pod.Tree.Text("spec", "nodeName") is { Length: > 0 } node)
        {
            endpoint["nodeName"] = node;
            if (objects.Get(UpkeepResources.Nodes, "", node)?.Tree.Text("metadata", "labels", ZoneShares.Zone) is { Length: > 0 } zone)
            {
                endpoint["zone"] = zone;
            }
        }

        if ((publish || (serving && !ending)) && !ZoneHints.IsWanted(service.Tree))
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
