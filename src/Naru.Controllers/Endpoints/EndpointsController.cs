using Naru.Controllers.Runtime;
using Naru.Controllers.Services;
using Naru.Core.Errors;
using Naru.Objects.Api;
using Naru.Objects.Values;

namespace Naru.Controllers.Endpoints;

/// <summary>Keeps the Endpoints of every service that selects pods: the older form, for those who still read it. One family, at most a thousand addresses.</summary>
internal sealed class EndpointsController(ControllerObjects objects) : IController
{
    private const string ManagedBy = "endpoints.kubernetes.io/managed-by";
    private const string Manager = "endpoint-controller";
    private const string Headless = "service.kubernetes.io/headless";
    private const string OverCapacity = "endpoints.kubernetes.io/over-capacity";
    private const int Most = 1000;
    private static readonly WriteOptions Write = new() { FieldManager = Manager };

    /// <inheritdoc/>
    public string Name => "endpoint";

    /// <inheritdoc/>
    public int Workers => 5;

    /// <inheritdoc/>
    public IEnumerable<WatchRule> Watches => [WatchRule.Self(UpkeepResources.Services), ServicePods.Rule(objects), WatchRule.Self(UpkeepResources.Endpoints)];

    /// <inheritdoc/>
    public async Task<Requeue> ReconcileAsync(ObjectKey key, CancellationToken cancellationToken)
    {
        var standing = objects.Get(UpkeepResources.Endpoints, key.Namespace, key.Name);
        if (objects.Get(UpkeepResources.Services, key.Namespace, key.Name) is not { } service)
        {
            // Those that people made are theirs; ours go with the service.
            if (standing?.Tree.Text("metadata", "labels", ManagedBy) == Manager)
            {
                await DeleteAsync(standing, cancellationToken);
            }

            return Requeue.No;
        }

        if (service.IsEnding || ServiceFacts.IsExternalName(service.Tree) || !ServiceFacts.HasSelector(service.Tree))
        {
            return Requeue.No;
        }

        var labels = service.Tree.Map("metadata", "labels")?.CloneMap() ?? [];
        labels[ManagedBy] = Manager;
        if (ServiceFacts.IsHeadless(service.Tree))
        {
            labels[Headless] = "";
        }

        var subsets = SubsetsOf(service, out var truncated);
        if (standing is null)
        {
            var body = UpkeepResources.Body("v1", "Endpoints", key.Namespace, key.Name);
            Set(body, labels, subsets, truncated);
            await objects.CreateAsync(UpkeepResources.Endpoints, body, Write, cancellationToken);
        }
        else if (!labels.DeepEquals(standing.Tree.At("metadata", "labels")) || !subsets.DeepEquals(standing.Tree.List("subsets") ?? []))
        {
            await objects.ChangeAsync(UpkeepResources.Endpoints, key.Namespace, key.Name, tree => Set(tree, labels, subsets, truncated), Write, cancellationToken);
        }

        return Requeue.No;
    }

    private ListValue SubsetsOf(StoredObject service, out bool truncated)
    {
        var publish = service.Tree.Boolean("spec", "publishNotReadyAddresses") == true;
        var family = service.Tree.List("spec", "ipFamilies")?.Texts().FirstOrDefault() ?? "IPv4";
        var groups = new SortedDictionary<string, Subset>(StringComparer.Ordinal);
        var count = 0;
        truncated = false;
        foreach (var pod in ServicePods.Of(service, objects).OrderBy(static pod => ServicePods.IsReady(pod.Tree) ? 0 : 1))
        {
            if ((pod.IsEnding && !publish) || ServicePods.AddressOf(pod.Tree, family) is not { } address)
            {
                continue;
            }

            if (++count > Most)
            {
                truncated = true;
                break;
            }

            var ports = TargetPorts.Of(service.Tree, pod.Tree);
            var key = SliceGroup.KeyOf(family, ports);
            if (!groups.TryGetValue(key, out var subset))
            {
                groups[key] = subset = new Subset(ports);
            }

            (publish || ServicePods.IsReady(pod.Tree) ? subset.Ready : subset.NotReady)[address] = AddressOf(service, pod, address);
        }

        return new ListValue(groups.Values.Select(static one => one.ToBody()));
    }

    private static MapValue AddressOf(StoredObject service, StoredObject pod, string address)
    {
        var made = new MapValue(4) { ["ip"] = address };
        if (ServicePods.HostnameOf(pod.Tree, service) is { } host)
        {
            made["hostname"] = host;
        }

        if (pod.Tree.Text("spec", "nodeName") is { Length: > 0 } node)
        {
            made["nodeName"] = node;
        }

        made["targetRef"] = ServicePods.ReferenceTo(pod);
        return made;
    }

    private static bool Set(MapValue tree, MapValue labels, ListValue subsets, bool truncated)
    {
        var metadata = tree.MakeMap("metadata");
        metadata["labels"] = labels.Clone();
        tree["subsets"] = subsets.Count == 0 ? null : subsets.Clone();
        if (truncated)
        {
            metadata.MakeMap("annotations")[OverCapacity] = "truncated";
        }
        else
        {
            metadata.Map("annotations")?.Remove(OverCapacity);
        }

        return true;
    }

    private async Task DeleteAsync(StoredObject standing, CancellationToken cancellationToken)
    {
        try
        {
            await objects.DeleteAsync(UpkeepResources.Endpoints, standing.Namespace, standing.Name, new DeleteOptions { Uid = standing.Uid }, cancellationToken);
        }
        catch (NaruException failure) when (failure.Kind == ErrorKind.NotFound)
        {
            // Gone already.
        }
    }

    private sealed class Subset(ListValue ports)
    {
        public SortedDictionary<string, MapValue> Ready { get; } = new(StringComparer.Ordinal);

        public SortedDictionary<string, MapValue> NotReady { get; } = new(StringComparer.Ordinal);

        public MapValue ToBody()
        {
            var body = new MapValue(3);
            body["addresses"] = Ready.Count == 0 ? null : new ListValue(Ready.Values);
            body["notReadyAddresses"] = NotReady.Count == 0 ? null : new ListValue(NotReady.Values);
            if (ports.Count > 0)
            {
                body["ports"] = new ListValue(ports.Maps().Select(static port => WithoutEmptyName(port)));
            }

            return body;
        }

        private static MapValue WithoutEmptyName(MapValue port)
        {
            var made = port.CloneMap();
            if (made.Text("name") is "")
            {
                made.Remove("name");
            }

            return made;
        }
    }
}
