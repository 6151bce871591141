using System.Collections.Concurrent;
using Naru.Controllers.Runtime;
using Naru.Core.Errors;
using Naru.Objects.Api;
using Naru.Objects.Values;

namespace Naru.Controllers.Nodes;

/// <summary>Watches over nodes: says so when one is heard of no longer, keeps pods away from nodes in trouble and drives them off nodes that are lost, at a pace.</summary>
public sealed class NodeLifecycleController : IController
{
    private static readonly TimeSpan LookAgain = TimeSpan.FromSeconds(5);
    private readonly ControllerObjects _objects;
    private readonly EventRecorder _events;
    private readonly NodeControllersOptions _options;
    private readonly TimeProvider _time;
    private readonly HeartbeatLog _heartbeats;
    private readonly ZonePace _pace;
    private readonly NodePods _pods;
    private readonly ConcurrentDictionary<string, string> _told = new();

    /// <summary>A controller; nothing runs yet.</summary>
    public NodeLifecycleController(ControllerObjects objects, NodePods pods, EventRecorder events, NodeControllersOptions options, TimeProvider time)
    {
        (_objects, _pods, _events, _options, _time) = (objects, pods, events, options, time);
        _heartbeats = new HeartbeatLog(time);
        _pace = new ZonePace(options, () => objects.List(UpkeepResources.Nodes), node => _heartbeats.IsLate(node, options), time);
    }

    /// <inheritdoc/>
    public string Name => "node_lifecycle_controller";

    /// <inheritdoc/>
    public int Workers => 8;

    /// <inheritdoc/>
    public IEnumerable<WatchRule> Watches =>
    [
        new(UpkeepResources.Nodes, (old, now, keys) =>
        {
            _heartbeats.FollowNode(old, now);
            keys.Add(ObjectKey.Of((now ?? old)!));
        }),

        // A lease that is renewed only moves the deadline: whoever waits for that sees so then.
        new(NodeWords.Leases, (old, now, _) => _heartbeats.FollowLease(old, now)),
    ];

    /// <inheritdoc/>
    public async Task<Requeue> ReconcileAsync(ObjectKey key, CancellationToken cancellationToken)
    {
        if (_objects.Get(UpkeepResources.Nodes, "", key.Name) is not { } node)
        {
            _told.TryRemove(key.Name, out _);
            return Requeue.No;
        }

        var left = _heartbeats.Deadline(node, _options) - _time.GetUtcNow();
        if (left <= TimeSpan.Zero)
        {
            node = await DeclareSilentAsync(node, cancellationToken);
        }

        await TellPodsAsync(node, cancellationToken);
        var again = await TaintAsync(node, cancellationToken);
        return (left > TimeSpan.Zero ? Requeue.In(left) : Requeue.No).Or(again);
    }

    private async Task<StoredObject> DeclareSilentAsync(StoredObject node, CancellationToken cancellationToken)
    {
        var body = node.Tree.CloneMap();
        if (!NodeSilence.Declare(body, _time.GetUtcNow()))
        {
            return node;
        }

        // Only if the node did not speak meanwhile: the body carries the revision that was judged.
        var silent = await _objects.UpdateAsync(UpkeepResources.Nodes, body, NodeWords.WriteStatus, cancellationToken);
        _events.Record(silent, false, "NodeNotReady", $"Node {node.Name} status is now: NodeNotReady", NodeWords.Component);
        return silent;
    }

    /// <summary>Pods of a node that is not ready any longer take no traffic; said once for each time that it is lost, since a node that lives may know better.</summary>
    private async Task TellPodsAsync(StoredObject node, CancellationToken cancellationToken)
    {
        if (node.Tree.Condition("Ready") is not { } ready || ready.Text("status") == "True")
        {
            _told.TryRemove(node.Name, out _);
            return;
        }

        var moment = $"{node.Uid} {ready.Text("status")} {ready.Text("lastTransitionTime")}";
        if (_told.GetValueOrDefault(node.Name) == moment)
        {
            return;
        }

        foreach (var pod in _pods.On(node.Name).Where(static pod => pod.Tree.Condition("Ready")?.Text("status") == "True"))
        {
            try
            {
                await _objects.ChangeAsync(UpkeepResources.Pods, pod.Namespace, pod.Name, tree => MakeUnready(tree, pod.Uid), NodeWords.WriteStatus, cancellationToken);
                _events.Record(pod, true, "NodeNotReady", "Node is not ready", NodeWords.Component);
            }
            catch (NaruException failure) when (failure.Kind == ErrorKind.NotFound)
            {
                // It ended meanwhile.
            }
        }

        _told[node.Name] = moment;
    }

    private bool MakeUnready(MapValue pod, string uid)
    {
        if (pod.Text("metadata", "uid") != uid || pod.Condition("Ready") is not { } ready || ready.Text("status") != "True")
        {
            return false;
        }

        ready["status"] = "False";
        ready["lastTransitionTime"] = KubernetesTime.Format(_time.GetUtcNow());
        return true;
    }

    private async Task<TimeSpan?> TaintAsync(StoredObject node, CancellationToken cancellationToken)
    {
        TimeSpan? again = null;
        var keeping = NodeTaints.KeepingAway(node.Tree);
        var driving = NodeTaints.DrivingAway(node.Tree);
        if (driving is not null)
        {
            if (_pace.IsBlind())
            {
                (driving, again) = (null, LookAgain);
            }
            else if (NodeTaints.Drives(node.Tree))
            {
                // Whether the others come back or go decides whether this one is given up at all.
                again = LookAgain;
            }
            else if (_pace.TryTake(ZonePace.ZoneOf(node.Tree)) is { } wait)
            {
                (driving, again) = (null, wait);
            }
        }

        var now = _time.GetUtcNow();
        if (NodeTaints.Apply(node.Tree.CloneMap(), keeping, driving, now))
        {
            await _objects.ChangeAsync(UpkeepResources.Nodes, "", node.Name, tree => tree.Text("metadata", "uid") == node.Uid && NodeTaints.Apply(tree, keeping, driving, now), NodeWords.Write, cancellationToken);
        }

        return again;
    }
}
