using System.Collections.Immutable;
using Naru.Controllers.Runtime;
using Naru.Objects.Api;
using Naru.Objects.Values;
using Naru.Workloads.Objects;
using Naru.Workloads.Pods;
using Naru.Workloads.Revisions;

namespace Naru.Workloads.StatefulSets;

/// <summary>Keeps the pods of StatefulSets, each with its name, its place and its claims.</summary>
public sealed class StatefulSetController(
    ControllerObjects objects, PodControl pods, SetClaims claims, RevisionHistory revisions, EventRecorder events, TimeProvider time) : IController
{
    private static readonly WorkloadKind Kind = WorkloadKind.StatefulSet;

    /// <inheritdoc/>
    public string Name => "statefulset";

    /// <inheritdoc/>
    public IEnumerable<WatchRule> Watches =>
        [WatchRule.Self(Kind.Resource), PodWatches.Of(Kind, objects, static tree => PodSelector.Read(tree.Map("spec", "selector"))), new(WorkloadKind.Revision.Resource, static (_, _, _) => { })];

    /// <inheritdoc/>
    public async Task<Requeue> ReconcileAsync(ObjectKey key, CancellationToken cancellationToken)
    {
        if (objects.Get(Kind.Resource, key.Namespace, key.Name) is not { } set)
        {
            return Requeue.No;
        }

        var spec = StatefulSetSpec.Read(set.Tree);
        var status = set.CopyStatus();
        var history = await revisions.ListAsync(set, Kind, spec.Selector, cancellationToken);
        var update = await revisions.EnsureAsync(set, Kind, spec.Template, set.Tree.Integer("status", "collisionCount"), SetPods.RevisionLabel, history, cancellationToken);
        if (update is null)
        {
            status["collisionCount"] = (set.Tree.Integer("status", "collisionCount") ?? 0) + 1;
            await objects.WriteStatusAsync(Kind, set, status, cancellationToken);
            return Requeue.In(TimeSpan.Zero);
        }

        var current = history.Find(one => one.Name == set.Tree.Text("status", "currentRevision")) ?? update;
        var snapshot = await TakeAsync(set, spec, current.Name, update.Name, cancellationToken);
        if (!set.IsEnding)
        {
            await ApplyAsync(set, spec, snapshot, history, cancellationToken);
            await RetainAsync(set, spec, snapshot, cancellationToken);
            snapshot = await TakeAsync(set, spec, current.Name, update.Name, cancellationToken);
        }

        StatefulSetStatus.Decide(status, set.Tree, spec, snapshot);
        await objects.WriteStatusAsync(Kind, set, status, cancellationToken);
        var used = snapshot.Pods.Values.Select(static pod => pod.Revision).Append(current.Name).Append(update.Name).ToHashSet();
        await revisions.TrimAsync(history, spec.HistoryLimit, used, cancellationToken);
        var now = time.GetUtcNow();
        return Requeue.No.Or(snapshot.Pods.Values.Aggregate((TimeSpan?)null, (first, pod) => Counts.Soonest(first, pod.Facts.AvailableIn(spec.MinReadySeconds, now))));
    }

    private async Task<SetSnapshot> TakeAsync(StoredObject set, StatefulSetSpec spec, string current, string update, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var claimed = await pods.ClaimAsync(set, Kind, spec.Selector, pod => SetPods.OrdinalOf(set.Name, pod.Name) is not null, cancellationToken);
        return new SetSnapshot
        {
            First = spec.FirstOrdinal,
            End = spec.End,
            IsOrdered = spec.IsOrdered,
            UpdatesOnDelete = spec.UpdatesOnDelete,
            Partition = spec.Partition,
            MaxUnavailable = spec.MaxUnavailable,
            CurrentRevision = current,
            UpdateRevision = update,
            Pods = claimed.ToImmutableSortedDictionary(
                pod => SetPods.OrdinalOf(set.Name, pod.Name)!.Value,
                pod => new SetPod(
                    SetPods.OrdinalOf(set.Name, pod.Name)!.Value, pod.Label(SetPods.RevisionLabel) ?? "", pod.IsAvailable(spec.MinReadySeconds, now), pod.IsReady, pod.IsTerminating,
                    pod.IsFinished, pod.Phase is "" or "Pending") { Facts = pod }),
        };
    }

    private async Task ApplyAsync(StoredObject set, StatefulSetSpec spec, SetSnapshot snapshot, List<StoredObject> history, CancellationToken cancellationToken)
    {
        // An ordered set takes many steps only as pods become available, a parallel one takes them all at once.
        var plan = StatefulSetDecider.Decide(snapshot);
        foreach (var (ordinal, revision) in plan.Create)
        {
            await claims.EnsureAsync(set, spec, ordinal, cancellationToken);
            var template = history.Find(one => one.Name == revision) is { } there ? RevisionHistory.TemplateOf(there) : spec.Template;
            await CreateAsync(set, SetPods.ToPod(set, spec, template, revision, ordinal), cancellationToken);
        }

        foreach (var pod in plan.Delete)
        {
            if (pod.IsFinished)
            {
                events.Record(set, true, "RecreatingFailedPod", $"StatefulSet {set.Namespace}/{set.Name} is recreating failed Pod {pod.Facts.Name}", Kind.Component);
            }

            var isSurplus = pod.Ordinal < snapshot.First || pod.Ordinal >= snapshot.End;
            if (isSurplus)
            {
                await claims.RetainAsync(set, spec, pod.Ordinal, pod.Facts.Stored, cancellationToken);
            }

            await objects.DeleteAsync(WorkloadKind.Pods, set.Namespace, pod.Facts.Name, new DeleteOptions { Uid = pod.Facts.Uid }, cancellationToken);
            events.Record(set, false, "SuccessfulDelete", $"delete Pod {pod.Facts.Name} in StatefulSet {set.Name} successful", Kind.Component);
        }
    }

    private async Task CreateAsync(StoredObject set, MapValue pod, CancellationToken cancellationToken)
    {
        var name = pod.Text("metadata", "name")!;
        try
        {
            await objects.CreateAsync(WorkloadKind.Pods, pod, Kind.Write, cancellationToken);
            events.Record(set, false, "SuccessfulCreate", $"create Pod {name} in StatefulSet {set.Name} successful", Kind.Component);
        }
        catch (Naru.Core.Errors.NaruException failure)
        {
            events.Record(set, true, "FailedCreate", $"create Pod {name} in StatefulSet {set.Name} failed error: {failure.Message}", Kind.Component);
            throw;
        }
    }

    private async Task RetainAsync(StoredObject set, StatefulSetSpec spec, SetSnapshot snapshot, CancellationToken cancellationToken)
    {
        if (spec.Claims.Count == 0)
        {
            return;
        }

        foreach (var pod in snapshot.Pods.Values)
        {
            var isSurplus = pod.Ordinal < snapshot.First || pod.Ordinal >= snapshot.End;
            await claims.RetainAsync(set, spec, pod.Ordinal, isSurplus ? pod.Facts.Stored : null, cancellationToken);
        }
    }
}
