using System.Net;
using System.Net.Sockets;
using Naru.Controllers.Runtime;
using Naru.Core.Errors;
using Naru.Objects.Api;
using Naru.Objects.Values;

namespace Naru.Controllers.Nodes;

/// <summary>Gives every node its part of the range that pods take their addresses from. All nodes are one key, so that nobody gives a part away twice and a thousand new nodes are counted once.</summary>
public sealed class NodeRangeController(ControllerObjects objects, EventRecorder events, NodeControllersOptions options) : IController
{
    private static readonly ObjectKey All = new("", "all");
    private static readonly WriteOptions Write = new() { FieldManager = "node-ipam-controller" };
    private static readonly TimeSpan Pause = TimeSpan.FromMinutes(1);

    // What nodes had when they were last read: to read thousands of them for each that changes is what takes the time.
    private readonly Dictionary<string, NodeParts> _known = new(StringComparer.Ordinal);
    private volatile bool _isFull;

    /// <inheritdoc/>
    public string Name => "node_ipam_controller";

    /// <inheritdoc/>
    public int Workers => 1;

    /// <inheritdoc/>
    public IEnumerable<WatchRule> Watches =>
    [
        new(UpkeepResources.Nodes, (_, now, keys) =>
        {
            if (now is null)
            {
                _isFull = false;
                keys.Add(All);
            }
            else if (!_isFull && NodeParts.Read(now).IsWaiting)
            {
                keys.Add(All);
            }
        }),
    ];

    /// <inheritdoc/>
    public async Task<Requeue> ReconcileAsync(ObjectKey key, CancellationToken cancellationToken)
    {
        var nodes = objects.List(UpkeepResources.Nodes).Select(node => objects.Get(UpkeepResources.Nodes, "", node.Name)).OfType<StoredObject>().ToList();
        Learn(nodes);
        var waiting = nodes.Where(node => _known[node.Name].IsWaiting).ToList();
        if (waiting.Count == 0 || options.PodRanges.Count == 0)
        {
            return Requeue.No;
        }

        var allocators = options.PodRanges.Select(IPNetwork.Parse)
            .Select(range => new RangeAllocator(range, range.BaseAddress.AddressFamily == AddressFamily.InterNetwork ? options.NodePrefix : options.NodePrefix6)).ToList();
        foreach (var part in _known.Values.SelectMany(static node => node.Parts))
        {
            allocators.ForEach(one => one.Take(part));
        }

        for (var index = 0; index < waiting.Count; index++)
        {
            var parts = allocators.Select(static one => one.Give()).OfType<string>().ToList();
            if (parts.Count < allocators.Count)
            {
                // Until a node goes no look at them can help, and those that wait may change often.
                _isFull = true;
                waiting[index..].ForEach(TellFull);
                return Requeue.In(Pause);
            }

            await GiveAsync(waiting[index], parts, cancellationToken);
        }

        return Requeue.No;
    }

    private void Learn(List<StoredObject> nodes)
    {
        var there = nodes.Select(static node => node.Name).ToHashSet(StringComparer.Ordinal);
        foreach (var gone in _known.Keys.Where(name => !there.Contains(name)).ToList())
        {
            _known.Remove(gone);
        }

        foreach (var node in nodes.Where(node => _known.GetValueOrDefault(node.Name) is not { } known || known.Revision != node.Revision))
        {
            _known[node.Name] = NodeParts.Read(node) with { IsTold = _known.GetValueOrDefault(node.Name) is { IsTold: true } before && before.Uid == node.Uid };
        }
    }

    private void TellFull(StoredObject node)
    {
        if (!_known[node.Name].IsTold)
        {
            _known[node.Name] = _known[node.Name] with { IsTold = true };
            events.Record(node, false, "CIDRNotAvailable", $"Node {node.Name} status is now: CIDRNotAvailable", "cidrAllocator");
        }
    }

    private async Task GiveAsync(StoredObject node, List<string> parts, CancellationToken cancellationToken)
    {
        try
        {
            await objects.ChangeAsync(UpkeepResources.Nodes, "", node.Name, tree => Give(tree, node.Uid, parts), Write, cancellationToken);
        }
        catch (NaruException failure) when (failure.Kind == ErrorKind.NotFound)
        {
            // It went again.
        }
    }

    private static bool Give(MapValue node, string uid, List<string> parts)
    {
        if (node.Text("metadata", "uid") != uid || NodeParts.Of(node).Count > 0)
        {
            return false;
        }

        var spec = node.MakeMap("spec");
        spec["podCIDR"] = parts[0];
        spec["podCIDRs"] = new ListValue(parts.Select(static part => (Value)part));
        return true;
    }
}
