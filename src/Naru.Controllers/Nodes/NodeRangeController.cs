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

    /// <inheritdoc/>
    public string Name => "node_ipam_controller";

    /// <inheritdoc/>
    public int Workers => 1;

    /// <inheritdoc/>
    public IEnumerable<WatchRule> Watches =>
    [
        new(UpkeepResources.Nodes, static (_, now, keys) =>
        {
            if (now is null || IsWaiting(now))
            {
                keys.Add(All);
            }
        }),
    ];

    /// <inheritdoc/>
    public async Task<Requeue> ReconcileAsync(ObjectKey key, CancellationToken cancellationToken)
    {
        var nodes = objects.List(UpkeepResources.Nodes).Select(node => objects.Get(UpkeepResources.Nodes, "", node.Name)).OfType<StoredObject>().ToList();
        var waiting = nodes.Where(IsWaiting).ToList();
        if (waiting.Count == 0 || options.PodRanges.Count == 0)
        {
            return Requeue.No;
        }

        var allocators = options.PodRanges.Select(IPNetwork.Parse)
            .Select(range => new RangeAllocator(range, range.BaseAddress.AddressFamily == AddressFamily.InterNetwork ? options.NodePrefix : options.NodePrefix6)).ToList();
        foreach (var part in nodes.SelectMany(static node => Parts(node.Tree)))
        {
            allocators.ForEach(one => one.Take(part));
        }

        foreach (var node in waiting)
        {
            var parts = allocators.Select(static one => one.Give()).OfType<string>().ToList();
            if (parts.Count < allocators.Count)
            {
                events.Record(node, false, "CIDRNotAvailable", $"Node {node.Name} status is now: CIDRNotAvailable", "cidrAllocator");
                return Requeue.In(Pause);
            }

            await GiveAsync(node, parts, cancellationToken);
        }

        return Requeue.No;
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
        if (node.Text("metadata", "uid") != uid || Parts(node).Any())
        {
            return false;
        }

        var spec = node.MakeMap("spec");
        spec["podCIDR"] = parts[0];
        spec["podCIDRs"] = new ListValue(parts.Select(static part => (Value)part));
        return true;
    }

    private static bool IsWaiting(StoredObject node) => !node.IsEnding() && !Parts(node.Tree).Any();

    private static IEnumerable<string> Parts(MapValue node) =>
        node.List("spec", "podCIDRs")?.Texts() ?? (node.Text("spec", "podCIDR") is { Length: > 0 } part ? [part] : []);
}
