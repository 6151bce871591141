using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Naru.Agent.Nodes;
using Naru.Agent.Sandboxes;
using Naru.Agent.Static;
using Naru.Core.Errors;
using Naru.Core.Events;
using Naru.Objects.Api;
using Naru.Objects.Values;

namespace Naru.Agent.Pods;

/// <summary>A worker for each pod of this node: follows the pods' objects and the engine's events.</summary>
internal sealed partial class PodWorkers(IObjects objects, IEvents engine, WorkerParts parts, StaticPods statics, PodGroups groups, NodeIdentity identity, TimeProvider time, ILogger<PodWorkers> logger)
{
    private readonly ConcurrentDictionary<string, (PodWorker Worker, Task Run)> _workers = new(StringComparer.Ordinal);
    private readonly TaskCompletionSource _taken = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Ends when the pods that were here at the start have their workers.</summary>
    public Task Taken => _taken.Task;

    /// <summary>The pods that are worked on.</summary>
    public IEnumerable<PodWorker> All => _workers.Values.Select(static one => one.Worker);

    /// <summary>The worker of the pod with an identity, or null.</summary>
    public PodWorker? Of(string uid) => _workers.TryGetValue(uid, out var one) ? one.Worker : null;

    /// <summary>The worker of a pod, or null.</summary>
    public PodWorker? Find(string @namespace, string name) =>
        All.FirstOrDefault(one => one.Tree.Text("metadata", "name") == name && one.Tree.Text("metadata", "namespace") == @namespace);

    /// <summary>Runs until it is told to end, then waits for the workers. Containers go on.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        void Follow(string uid, MapValue? tree)
        {
            if (tree is null)
            {
                GoneIs(uid);
            }
            else
            {
                Take(uid, tree, cancellationToken);
            }
        }

        statics.Changed += Follow;
        statics.Read();
        try
        {
            await Task.WhenAll(FollowPodsAsync(cancellationToken), FollowEngineAsync(cancellationToken), statics.RunAsync(cancellationToken));
        }
        finally
        {
            statics.Changed -= Follow;
            _taken.TrySetResult();
            await Task.WhenAll(_workers.Values.Select(static one => one.Run));
        }
    }

    private async Task FollowPodsAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                await FollowPodsOnceAsync(cancellationToken);
            }
            catch (NaruException failure)
            {
                LogBroken(failure.Message);
                await Task.Delay(TimeSpan.FromMilliseconds(200), time, cancellationToken);
            }
        }
    }

    private async Task FollowPodsOnceAsync(CancellationToken cancellationToken)
    {
        HashSet<string>? seen = new(StringComparer.Ordinal);
        await foreach (var change in objects.WatchAsync(AgentResources.Pods, cancellationToken))
        {
            if (change.Object is { } pod && pod.Field("spec.nodeName") == identity.Name)
            {
                seen?.Add(pod.Uid);
                if (statics.IsMirrorHere(pod.Tree))
                {
                    statics.Mirror(pod.Tree, change.Kind == ChangeKind.Deleted);
                }
                else if (change.Kind == ChangeKind.Deleted)
                {
                    GoneIs(pod.Uid);
                }
                else
                {
                    Take(pod.Uid, pod.Tree, cancellationToken);
                }

                WakeForRoom(pod.Uid);
            }

            if (change.IsSnapshotEnd)
            {
                EndOthers(seen!, cancellationToken);
                seen = null;
                _taken.TrySetResult();
            }
        }
    }

    private async Task FollowEngineAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                await foreach (var happened in engine.Read(null, null, cancellationToken))
                {
                    if (happened is { Type: "container", Action: "die" or "destroy" or "oom" or "pause" or "unpause" or "start" } && happened.Attributes.TryGetValue(PodNames.PodUid, out var uid) && _workers.TryGetValue(uid, out var one))
                    {
                        one.Worker.Wake();
                    }
                }
            }
            catch (NaruException)
            {
                // Too slow for a moment: whatever was missed, everybody looks again.
                foreach (var worker in All)
                {
                    worker.Wake();
                }
            }
        }
    }

    private void Take(string uid, MapValue tree, CancellationToken cancellationToken)
    {
        if (_workers.TryGetValue(uid, out var there))
        {
            there.Worker.Update(tree);
            return;
        }

        var worker = new PodWorker(tree, parts);
        _workers[uid] = (worker, Task.Run(() => RunAsync(uid, worker, cancellationToken), CancellationToken.None));
    }

    // What one pod gives back another may be waiting for.
    private void WakeForRoom(string changed)
    {
        foreach (var (uid, one) in _workers)
        {
            if (uid != changed && one.Worker.WaitsForRoom)
            {
                one.Worker.Wake();
            }
        }
    }

    private void GoneIs(string uid)
    {
        if (_workers.TryGetValue(uid, out var there))
        {
            there.Worker.Gone();
        }
    }

    // What has containers here but no object any more, or not on this node.
    private void EndOthers(HashSet<string> seen, CancellationToken cancellationToken)
    {
        seen.UnionWith(statics.Uids);
        groups.Sweep(seen);
        foreach (var uid in _workers.Keys.Where(uid => !seen.Contains(uid)))
        {
            GoneIs(uid);
        }

        foreach (var (uid, container) in parts.Table.Pods().Where(one => !seen.Contains(one.Key) && !_workers.ContainsKey(one.Key)))
        {
            var labels = container.Spec.Labels;
            var metadata = new MapValue { { "uid", uid }, { "name", labels.GetValueOrDefault(PodNames.PodName, "") }, { "namespace", labels.GetValueOrDefault(PodNames.PodNamespace, "") } };
            Take(uid, new MapValue { { "metadata", metadata }, { "spec", new MapValue() } }, cancellationToken);
            GoneIs(uid);
        }

        // What a run of naru that was killed left of pods that nobody knows any more: files and mounts.
        foreach (var uid in parts.Volumes.Left().Where(uid => !seen.Contains(uid) && !_workers.ContainsKey(uid)).ToList())
        {
            Take(uid, new MapValue { { "metadata", new MapValue { { "uid", uid } } }, { "spec", new MapValue() } }, cancellationToken);
            GoneIs(uid);
        }
    }

    private async Task RunAsync(string uid, PodWorker worker, CancellationToken cancellationToken)
    {
        try
        {
            await worker.RunAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            // Naru stops.
        }
        finally
        {
            _workers.TryRemove(uid, out _);
            worker.Dispose();
        }
    }

    [LoggerMessage(17030, LogLevel.Information, "Pods are listed anew: {Problem}")]
    private partial void LogBroken(string problem);
}
