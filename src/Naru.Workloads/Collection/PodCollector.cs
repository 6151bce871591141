using Naru.Controllers.Runtime;
using Naru.Core.Errors;
using Naru.Objects.Api;
using Naru.Objects.Values;
using Naru.Workloads.Objects;
using Naru.Workloads.Pods;

namespace Naru.Workloads.Collection;

/// <summary>Deletes pods that nobody will ever end: such as ended long ago and are too many, such as stand on a node that is gone, and such as were deleted before they had a node.</summary>
public sealed class PodCollector(ControllerObjects objects, WorkloadsOptions options, TimeProvider time) : IController
{
    private static readonly ObjectKey All = new("", "all");
    private static readonly TimeSpan NodeQuarantine = TimeSpan.FromSeconds(40);
    private readonly Dictionary<string, DateTimeOffset> _missing = [];

    /// <inheritdoc/>
    public string Name => "podgc";

    /// <inheritdoc/>
    public int Workers => 1;

    /// <inheritdoc/>
    public IEnumerable<WatchRule> Watches =>
    [
        // Pods come in crowds: one look a while after the first of them serves all.
        new(WorkloadKind.Pods, (_, now, keys) => Wake(now, keys)),
        new(WorkloadKind.Nodes, (_, now, keys) => { if (now is null) { keys.Add(All); } }),
    ];

    /// <inheritdoc/>
    public async Task<Requeue> ReconcileAsync(ObjectKey key, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var pods = objects.List(WorkloadKind.Pods).Select(static one => new PodFacts(one)).ToList();
        var nodes = objects.List(WorkloadKind.Nodes).Select(static one => one.Name).ToHashSet();
        var doomed = new Dictionary<string, (PodFacts Pod, string Message)>();
        var again = Orphans(pods, nodes, doomed, now);
        foreach (var pod in pods.Where(static pod => pod.IsTerminating && pod.Node.Length == 0))
        {
            doomed[pod.Uid] = (pod, "PodGC: pod was terminating before it was scheduled");
        }

        if (options.TerminatedPodThreshold > 0)
        {
            var ended = pods.Where(static pod => pod.IsFinished).ToList();
            foreach (var pod in ended.OrderBy(static pod => pod.Created).Take(Math.Max(0, ended.Count - options.TerminatedPodThreshold)))
            {
                doomed[pod.Uid] = (pod, "");
            }
        }

        foreach (var (pod, message) in doomed.Values)
        {
            await EndAsync(pod, message, cancellationToken);
        }

        return Requeue.No.Or(again);
    }

    private TimeSpan? Orphans(List<PodFacts> pods, HashSet<string> nodes, Dictionary<string, (PodFacts, string)> doomed, DateTimeOffset now)
    {
        TimeSpan? again = null;
        var gone = pods.Where(pod => pod.Node.Length > 0 && !nodes.Contains(pod.Node)).ToLookup(static pod => pod.Node);
        foreach (var back in _missing.Keys.Where(name => !gone.Contains(name)).ToList())
        {
            _missing.Remove(back);
        }

        foreach (var node in gone)
        {
            // A node that registers itself anew is away for a moment only.
            _missing.TryAdd(node.Key, now);
            var left = _missing[node.Key] + NodeQuarantine - now;
            if (left > TimeSpan.Zero)
            {
                again = Counts.Soonest(again, left);
                continue;
            }

            foreach (var pod in node)
            {
                doomed[pod.Uid] = (pod, "PodGC: node no longer exists");
            }
        }

        return again;
    }

    private async Task EndAsync(PodFacts pod, string message, CancellationToken cancellationToken)
    {
        var options = WorkloadKind.Job.Write with { Subresource = "status" };
        try
        {
            if (!pod.IsFinished)
            {
                await objects.ChangeAsync(WorkloadKind.Pods, pod.Stored.Namespace, pod.Name, tree => Fail(tree, pod.Uid, message), options, cancellationToken);
            }

            await objects.DeleteAsync(WorkloadKind.Pods, pod.Stored.Namespace, pod.Name, new DeleteOptions { Uid = pod.Uid, GracePeriodSeconds = 0 }, cancellationToken);
        }
        catch (NaruException failure) when (failure.Kind is ErrorKind.NotFound or ErrorKind.Conflict)
        {
            // Gone already.
        }
    }

    private bool Fail(MapValue tree, string uid, string message)
    {
        if (tree.Text("metadata", "uid") != uid)
        {
            return false;
        }

        var status = tree.MakeMap("status");
        status["phase"] = "Failed";
        Conditions.Set(status, new("DisruptionTarget", "True", "DeletionByPodGC", message), time.GetUtcNow());
        return true;
    }

    private void Wake(StoredObject? now, IKeys keys)
    {
        if (now is null)
        {
            return;
        }

        var pod = new PodFacts(now);
        if (pod.IsTerminating || pod.IsFinished || (pod.Node.Length > 0 && objects.Get(WorkloadKind.Nodes, "", pod.Node) is null))
        {
            keys.AddAfter(All, options.PodCollectionPeriod);
        }
    }
}
