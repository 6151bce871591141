using System.Collections.Concurrent;
using Naru.Controllers.Runtime;
using Naru.Core.Errors;
using Naru.Objects.Api;
using Naru.Objects.Values;

namespace Naru.Controllers.Nodes;

/// <summary>Deletes pods from nodes whose taints they do not bear, when their patience is at its end.</summary>
public sealed class TaintEvictionController(ControllerObjects objects, NodePods pods, EventRecorder events, TimeProvider time) : IController
{
    private const string Component = "taint-eviction-controller";
    private static readonly WriteOptions Status = new() { FieldManager = Component, Subresource = "status" };
    private readonly ConcurrentDictionary<string, DateTimeOffset> _seen = new();

    // The nodes that drive pods away now: nearly always none, and asked for each pod that changes.
    private readonly ConcurrentDictionary<string, bool> _driving = new();

    /// <inheritdoc/>
    public string Name => "taint_eviction_controller";

    /// <inheritdoc/>
    public int Workers => 8;

    /// <inheritdoc/>
    public IEnumerable<WatchRule> Watches => [new(UpkeepResources.Nodes, WakePods), new(UpkeepResources.Pods, WakePod)];

    /// <inheritdoc/>
    public async Task<Requeue> ReconcileAsync(ObjectKey key, CancellationToken cancellationToken)
    {
        if (objects.Get(UpkeepResources.Pods, key.Namespace, key.Name) is not { } pod || pod.IsEnding || pod.Field("spec.nodeName") is not { Length: > 0 } name
            || objects.Get(UpkeepResources.Nodes, "", name) is not { } node)
        {
            return Requeue.No;
        }

        var taints = Tolerance.DrivingTaints(node.Tree);
        if (taints.Count == 0)
        {
            _seen.TryRemove(pod.Uid, out _);
            return Requeue.No;
        }

        var now = time.GetUtcNow();
        if (Tolerance.End(pod.Tree, taints, _seen.GetOrAdd(pod.Uid, now)) is not { } end)
        {
            return Requeue.No;
        }

        if (end > now)
        {
            return Requeue.In(end - now);
        }

        events.Record(pod, false, "TaintManagerEviction", $"Marking for deletion Pod {key}", Component);
        try
        {
            await objects.ChangeAsync(UpkeepResources.Pods, key.Namespace, key.Name, tree => Mark(tree, pod.Uid), Status, cancellationToken);
            await objects.DeleteAsync(UpkeepResources.Pods, key.Namespace, key.Name, new DeleteOptions { Uid = pod.Uid }, cancellationToken);
        }
        catch (NaruException failure) when (failure.Kind == ErrorKind.NotFound)
        {
            // It went by itself.
        }

        return Requeue.No;
    }

    private bool Mark(MapValue pod, string uid)
    {
        if (pod.Text("metadata", "uid") != uid || pod.Condition("DisruptionTarget")?.Text("status") == "True")
        {
            return false;
        }

        StatusConditions.Set(pod.MakeMap("status"), "DisruptionTarget", true, "DeletionByTaintManager", "Taint manager: deleting due to NoExecute taint", time.GetUtcNow());
        return true;
    }

    private void WakePods(StoredObject? old, StoredObject? now, IKeys keys)
    {
        if (now is not null && Drives(now))
        {
            _driving[now.Name] = true;
        }
        else if (!_driving.TryRemove((now ?? old)!.Name, out _) || now is null)
        {
            return;
        }

        if (old is null || !new ListValue(Tolerance.DrivingTaints(old.Tree)).DeepEquals(new ListValue(Tolerance.DrivingTaints(now.Tree))))
        {
            foreach (var pod in pods.KeysOn(now.Name))
            {
                keys.Add(pod);
            }
        }
    }

    private void WakePod(StoredObject? old, StoredObject? now, IKeys keys)
    {
        if (now is null)
        {
            _seen.TryRemove(old!.Uid, out _);
        }
        else if (now.Field("spec.nodeName") is { Length: > 0 } node && _driving.ContainsKey(node))
        {
            keys.Add(ObjectKey.Of(now));
        }
    }

    private static bool Drives(StoredObject node) => node.Tree.Maps("spec", "taints").Any(static one => one.Text("effect") == "NoExecute");
}
