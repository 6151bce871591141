using Naru.Agent.Nodes;
using Naru.Core.Errors;
using Naru.Objects.Api;
using Naru.Objects.Json;
using Naru.Objects.Values;

namespace Naru.Agent.Csi;

/// <summary>Says in the cluster which drivers this node has: in its CSINode, and on the Node where it stands as they see it.</summary>
internal sealed class CsiNodeWriter(IObjects objects, NodeIdentity identity)
{
    private const string NodeIds = "csi.volume.kubernetes.io/nodeid";
    private static readonly WriteOptions Write = new() { FieldManager = "kubelet" };
    private static readonly WriteOptions Status = new() { FieldManager = "kubelet", Subresource = "status" };

    /// <summary>Adds a driver, or brings what is said of it up to date.</summary>
    public async Task AddAsync(CsiDriver driver, CancellationToken cancellationToken)
    {
        await EnsureAsync(cancellationToken);
        await objects.ChangeAsync(AgentResources.CsiNodes, "", identity.Name, tree => SetDriver(tree, driver), Write, cancellationToken);
        await objects.ChangeAsync(AgentResources.Nodes, "", identity.Name, tree => SetIdentity(tree, driver), Write, cancellationToken);
    }

    /// <summary>Takes a driver away.</summary>
    public async Task RemoveAsync(string driver, CancellationToken cancellationToken)
    {
        if (objects.Get(AgentResources.CsiNodes, "", identity.Name) is not null)
        {
            await objects.ChangeAsync(
                AgentResources.CsiNodes, "", identity.Name, tree => tree.List("spec", "drivers")?.RemoveAll(one => one is MapValue map && map.Text("name") == driver) > 0, Write, cancellationToken);
        }
    }

    /// <summary>Says which attached volumes this node uses: whoever detaches them waits for that.</summary>
    public async Task SetInUseAsync(IReadOnlyCollection<string> volumes, CancellationToken cancellationToken)
    {
        var wanted = new ListValue(volumes.Order(StringComparer.Ordinal).Select(static name => new TextValue(name)));
        await objects.ChangeAsync(
            AgentResources.Nodes,
            "",
            identity.Name,
            tree =>
            {
                var status = tree.MakeMap("status");
                if (wanted.DeepEquals(status.List("volumesInUse") ?? []))
                {
                    return false;
                }

                status["volumesInUse"] = wanted.Count == 0 ? null : wanted.Clone();
                return true;
            },
            Status,
            cancellationToken);
    }

    private async Task EnsureAsync(CancellationToken cancellationToken)
    {
        if (objects.Get(AgentResources.CsiNodes, "", identity.Name) is not null)
        {
            return;
        }

        var node = objects.Get(AgentResources.Nodes, "", identity.Name) ?? throw new NaruException(ErrorKind.Unavailable, $"node \"{identity.Name}\" is not there yet");
        var owner = new MapValue { { "apiVersion", "v1" }, { "kind", "Node" }, { "name", identity.Name }, { "uid", node.Uid } };
        var body = new MapValue
        {
            { "apiVersion", "storage.k8s.io/v1" },
            { "kind", "CSINode" },
            { "metadata", new MapValue { { "name", identity.Name }, { "ownerReferences", new ListValue([owner]) } } },
            { "spec", new MapValue { { "drivers", new ListValue() } } },
        };
        try
        {
            await objects.CreateAsync(AgentResources.CsiNodes, body, Write, cancellationToken);
        }
        catch (NaruException failure) when (failure.Kind == ErrorKind.AlreadyExists)
        {
            // The cache lags.
        }
    }

    private static bool SetDriver(MapValue tree, CsiDriver driver)
    {
        var entry = new MapValue
        {
            { "name", driver.Name },
            { "nodeID", driver.NodeId },
            { "topologyKeys", new ListValue(driver.Topology.Keys.Order(StringComparer.Ordinal).Select(static key => new TextValue(key))) },
        };
        if (driver.MostVolumes > 0)
        {
            entry["allocatable"] = new MapValue { { "count", driver.MostVolumes } };
        }

        var spec = tree.MakeMap("spec");
        var others = spec.Maps("drivers").ToList();
        var place = others.FindIndex(one => one.Text("name") == driver.Name);
        if (place >= 0 && others[place].DeepEquals(entry))
        {
            return false;
        }

        spec["drivers"] = new ListValue([.. others.Where(one => one.Text("name") != driver.Name), entry]);
        return true;
    }

    private static bool SetIdentity(MapValue node, CsiDriver driver)
    {
        var metadata = node.MakeMap("metadata");
        var annotations = metadata.MakeMap("annotations");
        var ids = annotations.Text(NodeIds) is { Length: > 0 } text ? (MapValue)JsonText.Parse(System.Text.Encoding.UTF8.GetBytes(text)) : [];
        var changed = ids.Text(driver.Name) != driver.NodeId;
        ids[driver.Name] = driver.NodeId;
        annotations[NodeIds] = JsonText.ToText(ids);
        foreach (var (key, value) in driver.Topology)
        {
            changed |= metadata.Text("labels", key) != value;
            metadata.MakeMap("labels")[key] = value;
        }

        return changed;
    }
}
