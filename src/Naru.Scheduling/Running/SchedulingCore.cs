using Naru.Objects.Api;
using Naru.Objects.Resources;
using Naru.Objects.Values;
using Naru.Scheduling.Facts;
using Naru.Scheduling.Filters;
using Naru.Scheduling.Placing;
using Naru.Scheduling.Preempting;
using Naru.Scheduling.Queueing;
using Naru.Scheduling.State;

namespace Naru.Scheduling.Running;

/// <summary>The scheduler without its threads and writes: changes in, decisions out. One thread.</summary>
internal sealed class SchedulingCore
{
    private readonly SchedulingOptions _options;
    private readonly Budgets _budgets = new();
    private readonly PodReader _reader;
    private readonly Preemptor _preemptor;
    private readonly Dictionary<(string, string), NodeEntry> _nominated = [];
    private readonly Dictionary<(PodClass, int), (long Version, Failure Failure, string Message)> _failures = [];
    private readonly HashSet<NodeEntry> _freed = [];
    private RefusedBy _helped;

    public SchedulingCore(SchedulingOptions options, TimeProvider time, Func<PodClass, SpreadRule[]> defaultSpread)
    {
        _options = options;
        Queue = new(options, time);
        _reader = new(Cluster.Classes);
        Placer = new(Cluster, options, defaultSpread);
        _preemptor = new(Cluster, Placer, _budgets);
    }

    public ClusterState Cluster { get; } = new();

    public PodQueue Queue { get; }

    public Placer Placer { get; }

    public void Apply(GroupResource resource, ObjectChange change)
    {
        Placer.LookAnew();
        var item = change.Object!;
        var tree = change.Kind == ChangeKind.Deleted ? null : resource == Kinds.Pods ? null : item.Tree;
        if (resource == Kinds.Pods)
        {
            ApplyPod(FactsOf(change), change.Kind == ChangeKind.Deleted);
        }
        else if (resource == Kinds.Nodes)
        {
            ApplyNode(item.Name, tree);
        }
        else if (resource == Kinds.Budgets)
        {
            _budgets.Set(item.Namespace, item.Name, tree);
        }
        else if (resource == Kinds.Services)
        {
            Placer.Forget();
            Cluster.Touch();
        }
        else if (resource == Kinds.Namespaces)
        {
            ApplyNamespace(item.Name, tree);
        }
        else
        {
            ApplyVolume(resource, item, tree);
        }
    }

    /// <summary>Gives pods that what was applied can help another turn.</summary>
    public void Wake()
    {
        if (_helped == RefusedBy.None)
        {
            return;
        }

        var elsewhere = _helped & (RefusedBy.Spread | RefusedBy.PodAffinity | RefusedBy.Volumes);
        Queue.Wake(_helped, pod => (Queue.Find(pod.Key)!.RefusedBy is var by && (by & elsewhere) != 0) || by == RefusedBy.None || _freed.Any(node => Placer.JudgeAlone(pod, node) is null));
        _helped = RefusedBy.None;
        _freed.Clear();
    }

    /// <summary>Decides on the next pod in turn and counts it where it goes; null if nobody waits.</summary>
    public Decision? Next()
    {
        while (Queue.Take() is { } queued)
        {
            if (Cluster.FindPod(queued.Facts.Key) is { Node: null } entry)
            {
                return Decide(queued, entry);
            }

            Queue.Remove(queued.Facts.Key);
        }

        return null;
    }

    /// <summary>The binding was not made: the pod takes nothing on its node any more.</summary>
    public void Rollback(QueuedPod queued, bool gone)
    {
        Placer.LookAnew();
        if (Cluster.FindPod(queued.Facts.Key) is { Assumed: true } entry && entry.Facts.Uid == queued.Facts.Uid)
        {
            Freed(entry.Node!);
            Cluster.Unplace(entry);
        }

        foreach (var (volume, _) in Cluster.Volumes.Promised.Where(one => queued.Facts.Claims.Any(claim => one.Value == (queued.Facts.Namespace, VolumeIndex.ClaimName(queued.Facts, claim)))).ToList())
        {
            Cluster.Volumes.Promised.Remove(volume);
        }

        if (gone)
        {
            Queue.Remove(queued.Facts.Key);
        }
        else if (Queue.Find(queued.Facts.Key) == queued)
        {
            Queue.Retry(queued);
        }
    }

    public PodFacts Read(ReadOnlySpan<byte> json, Func<MapValue> tree) => _reader.Read(json, tree);

    private Decision Decide(QueuedPod queued, PodEntry entry)
    {
        var pod = queued.Facts;
        if (_failures.TryGetValue((pod.Class, pod.Priority), out var known) && known.Version == Cluster.Version && pod.Claims.Length == 0 && pod.Nominated.Length == 0)
        {
            Queue.Refuse(queued, known.Failure.By);
            return new(queued) { Message = known.Message };
        }

        var outcome = Placer.Decide(pod);
        if (outcome.Node is { } node)
        {
            var volumes = pod.Claims.Length == 0 ? [] : new VolumeFilter(pod, Cluster.Volumes).Choose(node) ?? [];
            foreach (var (claim, volume) in volumes.Where(static one => one.Volume is not null))
            {
                Cluster.Volumes.Promised[volume!] = (pod.Namespace, claim.Text("metadata", "name")!);
            }

            Denominate(pod.Key);
            Cluster.Assume(entry, node);
            Queue.WakeNext(queued);
            _helped |= RefusedBy.Spread | RefusedBy.PodAffinity;
            return new(queued) { Node = node.Facts!.Name, Volumes = volumes };
        }

        return Preempt(queued, outcome.Failure!);
    }

    private Decision Preempt(QueuedPod queued, Failure failure)
    {
        var pod = queued.Facts;
        Queue.Refuse(queued, failure.By);
        if (failure.Nodes == 0)
        {
            return new(queued) { Message = failure.Message };
        }

        var preemption = _preemptor.Find(pod, failure);
        if (preemption.Node is not { } node)
        {
            var message = $"{failure.Message} preemption: {preemption.Message}";
            _failures[(pod.Class, pod.Priority)] = (Cluster.Version, failure, message);
            if (_failures.Count > 1024)
            {
                _failures.Clear();
            }

            return new(queued) { Message = message };
        }

        var lower = node.Nominated.Where(other => other.Priority < pod.Priority).Select(static other => other.Key).ToList();
        lower.ForEach(Denominate);
        Nominate(pod, node);
        return new(queued) { Message = failure.Message, Nominated = node.Facts!.Name, Victims = [.. preemption.Victims.Select(static victim => victim.Facts)] };
    }

    private void Nominate(PodFacts pod, NodeEntry node)
    {
        Denominate(pod.Key);
        node.Nominated.Add(pod);
        _nominated[pod.Key] = node;
        Cluster.Touch();
    }

    private void Denominate((string, string) key)
    {
        if (_nominated.Remove(key, out var node))
        {
            node.Nominated.RemoveAll(other => other.Key == key);
            Freed(node);
            Cluster.Touch();
        }
    }

    // A pod that comes to a node changes in nothing else that matters here: what was read of it before holds.
    private PodFacts FactsOf(ObjectChange change)
    {
        var item = change.Object!;
        return change is { Kind: ChangeKind.Modified, Previous: { } before }
            && item.Field("spec.nodeName") is { Length: > 0 } node
            && Cluster.FindPod((item.Namespace, item.Name))?.Facts is { Node: "" } known
            && known.Revision == before.Revision
            && known.Uid == item.Uid
                ? known with { Node = node, Revision = item.Revision }
                : _reader.Read(item);
    }

    private void ApplyPod(PodFacts facts, bool deleted)
    {
        var known = Cluster.FindPod(facts.Key);
        if (deleted || facts.Ended)
        {
            if (known?.Node is { } node)
            {
                Freed(node);
                _helped |= RefusedBy.Spread | RefusedBy.PodAffinity | RefusedBy.Volumes;
            }

            Cluster.RemovePod(facts.Key);
            Queue.Remove(facts.Key);
            Denominate(facts.Key);
        }
        else if (facts.Node.Length > 0)
        {
            ApplyPlaced(facts, known);
        }
        else if (known is not { Assumed: true } || known.Facts.Uid != facts.Uid)
        {
            ApplyWaiting(facts);
        }
        else if (facts.Deleting)
        {
            known.Facts = known.Facts with { Nominated = "" };
        }
    }

    private void ApplyPlaced(PodFacts facts, PodEntry? known)
    {
        var before = known?.Node;
        var assumed = known is { Assumed: true };
        Cluster.SetPod(facts);
        Queue.Remove(facts.Key);
        Denominate(facts.Key);
        if (!assumed)
        {
            // Its labels or what it takes may have changed.
            _helped |= RefusedBy.Spread | RefusedBy.PodAffinity;
            if (before is not null)
            {
                Freed(before);
            }
        }
    }

    private void ApplyWaiting(PodFacts facts)
    {
        Cluster.SetPod(facts);
        if (facts.Deleting || _options.ProfileOf(facts.Scheduler) is null)
        {
            Queue.Remove(facts.Key);
            Denominate(facts.Key);
            return;
        }

        Queue.Set(facts);
        if (facts.Nominated.Length > 0 && !_nominated.ContainsKey(facts.Key) && Cluster.FindNode(facts.Nominated) is { Facts: not null } node)
        {
            Nominate(facts, node);
        }
    }

    private void ApplyNode(string name, MapValue? tree)
    {
        if (tree is null)
        {
            Cluster.RemoveNode(name);
            _helped |= RefusedBy.Spread;
        }
        else if (Cluster.SetNode(NodeFacts.Read(tree, Cluster.Resources)))
        {
            Freed(Cluster.FindNode(name)!);
            _helped |= RefusedBy.Spread | RefusedBy.PodAffinity | RefusedBy.Volumes;
        }
    }

    private void ApplyNamespace(string name, MapValue? tree)
    {
        var labels = TextMap.Read(tree?.Map("metadata", "labels"));
        if (TextMap.Same(labels, Cluster.Namespaces.GetValueOrDefault(name, TextMap.Empty)))
        {
            return;
        }

        Cluster.Namespaces[name] = labels;
        Placer.Forget();
        Cluster.Counters.Forget();
        Cluster.Terms.Touch();
        Cluster.Touch();
        _helped |= RefusedBy.PodAffinity;
    }

    private void ApplyVolume(GroupResource resource, StoredObject item, MapValue? tree)
    {
        var index = Cluster.Volumes;
        if (resource == Kinds.Claims)
        {
            Set(index.Claims, (item.Namespace, item.Name), tree);
        }
        else if (resource == Kinds.Volumes)
        {
            Set(index.Volumes, item.Name, tree);
            if (tree?.Map("spec", "claimRef") is not null || tree is null)
            {
                index.Promised.Remove(item.Name);
            }
        }
        else if (resource == Kinds.Classes)
        {
            Set(index.Classes, item.Name, tree);
        }
        else
        {
            Set(index.Limits, item.Name, tree is null ? null : ReadLimits(tree));
        }

        Cluster.Touch();
        _helped |= RefusedBy.Volumes;
    }

    private static Dictionary<string, long> ReadLimits(MapValue node) => node.Maps("spec", "drivers")
        .Where(static driver => driver.Integer("allocatable", "count") is not null)
        .ToDictionary(static driver => driver.Text("name") ?? "", static driver => driver.Integer("allocatable", "count")!.Value);

    private static void Set<TKey, TValue>(Dictionary<TKey, TValue> table, TKey key, TValue? value)
        where TKey : notnull
        where TValue : class
    {
        if (value is null)
        {
            table.Remove(key);
        }
        else
        {
            table[key] = value;
        }
    }

    private void Freed(NodeEntry node)
    {
        _freed.Add(node);
        _helped |= RefusedBy.Resources | RefusedBy.Ports | RefusedBy.Taints | RefusedBy.NodeAffinity | RefusedBy.Unschedulable | RefusedBy.NodeName;
    }
}
