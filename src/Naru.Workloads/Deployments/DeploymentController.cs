using Naru.Controllers.Runtime;
using Naru.Core.Errors;
using Naru.Objects.Api;
using Naru.Objects.Resources;
using Naru.Objects.Values;
using Naru.Workloads.Objects;
using Naru.Workloads.Pods;

namespace Naru.Workloads.Deployments;

/// <summary>Rolls Deployments out over their ReplicaSets.</summary>
public sealed class DeploymentController(ControllerObjects objects, ReplicaSetControl sets, EventRecorder events, Informers informers, TimeProvider time) : IController
{
    private static readonly WorkloadKind Kind = WorkloadKind.Deployment;
    private static readonly GroupResource Sets = WorkloadKind.ReplicaSet.Resource;
    private readonly OwnerIndex _pods = informers.OwnedOf(WorkloadKind.Pods);

    /// <inheritdoc/>
    public string Name => "deployment";

    /// <inheritdoc/>
    public IEnumerable<WatchRule> Watches =>
    [
        WatchRule.Self(Kind.Resource),
        WatchRule.Owner(Sets, Kind.Kind.GroupKind),
        new(Sets, WakeForOrphan),
        new(WorkloadKind.Pods, WakeForLastPod),
    ];

    /// <inheritdoc/>
    public async Task<Requeue> ReconcileAsync(ObjectKey key, CancellationToken cancellationToken)
    {
        if (objects.Get(Kind.Resource, key.Namespace, key.Name) is not { } deployment)
        {
            return Requeue.No;
        }

        var spec = DeploymentSpec.Read(deployment.Tree);
        if (spec.Selector.IsEmpty)
        {
            events.Record(deployment, true, "SelectingAll", "This deployment is selecting all pods. A non-empty selector is required.", Kind.Component);
            return Requeue.No;
        }

        var snapshot = DeploymentSnapshot.Of(deployment, spec, await sets.ClaimAsync(deployment, spec, cancellationToken));
        var status = deployment.CopyStatus();
        if (deployment.IsEnding)
        {
            return await FinishAsync(snapshot, status, cancellationToken);
        }

        NotePause(snapshot, status);
        if (spec.IsPaused || DeploymentDecider.IsScaled(snapshot))
        {
            snapshot = await ApplyAsync(snapshot, DeploymentDecider.Scale(snapshot), cancellationToken);
            if (!spec.IsPaused && snapshot.New is not null)
            {
                snapshot = await RefreshAsync(snapshot, cancellationToken);
            }

            return await FinishAsync(snapshot, status, cancellationToken);
        }

        return spec.IsRecreate ? await RecreateAsync(snapshot, status, cancellationToken) : await RollAsync(snapshot, status, cancellationToken);
    }

    private async Task<Requeue> RollAsync(DeploymentSnapshot snapshot, MapValue status, CancellationToken cancellationToken)
    {
        var ready = await EnsureNewAsync(snapshot, status, cancellationToken);
        if (ready is null)
        {
            return Requeue.In(TimeSpan.Zero);
        }

        ready = await ApplyAsync(ready, DeploymentDecider.Roll(ready), cancellationToken);
        return await FinishAsync(ready, status, cancellationToken);
    }

    private async Task<Requeue> RecreateAsync(DeploymentSnapshot snapshot, MapValue status, CancellationToken cancellationToken)
    {
        var old = snapshot.Old.Where(static one => one.Replicas > 0).Select(static one => new Scaling(one, 0)).ToList();
        if (old.Count > 0)
        {
            return await FinishAsync(await ApplyAsync(snapshot, old, cancellationToken), status, cancellationToken);
        }

        if (snapshot.Old.Any(one => _pods.Of(one.Stored.Uid).Any(static pod => !new PodFacts(pod).IsFinished)))
        {
            // The last pod that goes wakes the deployment.
            return await FinishAsync(snapshot, status, cancellationToken);
        }

        var ready = await EnsureNewAsync(snapshot, status, cancellationToken);
        if (ready is null)
        {
            return Requeue.In(TimeSpan.Zero);
        }

        if (ready.New!.Replicas != ready.Spec.Replicas)
        {
            ready = await ApplyAsync(ready, [new(ready.New, ready.Spec.Replicas)], cancellationToken);
        }

        return await FinishAsync(ready, status, cancellationToken);
    }

    /// <summary>Makes the new set, or brings it up to date. Null: its name was taken, which is counted now.</summary>
    private async Task<DeploymentSnapshot?> EnsureNewAsync(DeploymentSnapshot snapshot, MapValue status, CancellationToken cancellationToken)
    {
        if (snapshot.New is not null)
        {
            if (Conditions.Find(status, "Progressing") is null && snapshot.Spec.ProgressDeadlineSeconds is not null)
            {
                DeploymentStatus.SetProgressing(status, "True", "FoundNewReplicaSet", $"Found new replica set \"{snapshot.New.Name}\"", time.GetUtcNow());
            }

            return await RefreshAsync(snapshot, cancellationToken);
        }

        var revision = NextRevision(snapshot);
        StoredObject? made;
        try
        {
            made = await sets.CreateAsync(snapshot, revision, cancellationToken);
        }
        catch (NaruException failure)
        {
            DeploymentStatus.SetProgressing(status, "False", "ReplicaSetCreateError", failure.Message, time.GetUtcNow());
            await objects.WriteStatusAsync(Kind, snapshot.Stored, status, cancellationToken);
            throw;
        }

        if (made is null)
        {
            status["collisionCount"] = (snapshot.Collisions ?? 0) + 1;
            await objects.WriteStatusAsync(Kind, snapshot.Stored, status, cancellationToken);
            return null;
        }

        if (snapshot.Spec.ProgressDeadlineSeconds is not null)
        {
            DeploymentStatus.SetProgressing(status, "True", "NewReplicaSetCreated", $"Created new replica set \"{made.Name}\"", time.GetUtcNow());
        }

        var stored = await NoteRevisionAsync(snapshot.Stored, revision, cancellationToken);
        return snapshot with { Stored = stored, New = new ReplicaSetFacts(made) };
    }

    private async Task<DeploymentSnapshot> RefreshAsync(DeploymentSnapshot snapshot, CancellationToken cancellationToken)
    {
        var revision = NextRevision(snapshot);
        var set = await sets.RefreshAsync(snapshot, revision, cancellationToken);
        var refreshed = new ReplicaSetFacts(set);
        return snapshot with { Stored = await NoteRevisionAsync(snapshot.Stored, Math.Max(refreshed.Revision, 1), cancellationToken), New = refreshed };
    }

    private static long NextRevision(DeploymentSnapshot snapshot) => snapshot.Old.Select(static one => one.Revision).DefaultIfEmpty(0).Max() + 1;

    private async Task<StoredObject> NoteRevisionAsync(StoredObject deployment, long revision, CancellationToken cancellationToken)
    {
        if (deployment.Tree.Map("metadata", "annotations")?.Text(DeploymentAnnotations.Revision) == revision.Text())
        {
            return deployment;
        }

        return await objects.ChangeAsync(Kind.Resource, deployment.Namespace, deployment.Name, Note, Kind.Write, cancellationToken);

        bool Note(MapValue tree)
        {
            if (tree.Text("metadata", "uid") != deployment.Uid)
            {
                throw NaruException.Conflict($"deployment {deployment.Name} was replaced");
            }

            tree.MakeMap("metadata").MakeMap("annotations")[DeploymentAnnotations.Revision] = revision.Text();
            return true;
        }
    }

    private async Task<DeploymentSnapshot> ApplyAsync(DeploymentSnapshot snapshot, IReadOnlyList<Scaling> scalings, CancellationToken cancellationToken)
    {
        foreach (var scaling in scalings)
        {
            var now = new ReplicaSetFacts(await sets.ScaleAsync(snapshot, scaling, cancellationToken));
            snapshot = scaling.Set.Name == snapshot.New?.Name
                ? snapshot with { New = now }
                : snapshot with { Old = [.. snapshot.Old.Select(one => one.Name == now.Name ? now : one)] };
        }

        return snapshot;
    }

    private void NotePause(DeploymentSnapshot snapshot, MapValue status)
    {
        if (snapshot.Spec.ProgressDeadlineSeconds is null || Conditions.Find(status, "Progressing")?.Text("reason") is "ProgressDeadlineExceeded")
        {
            return;
        }

        var isNoted = Conditions.Find(status, "Progressing")?.Text("reason") == "DeploymentPaused";
        if (snapshot.Spec.IsPaused && !isNoted)
        {
            DeploymentStatus.SetProgressing(status, "Unknown", "DeploymentPaused", "Deployment is paused", time.GetUtcNow());
        }
        else if (!snapshot.Spec.IsPaused && isNoted)
        {
            DeploymentStatus.SetProgressing(status, "Unknown", "DeploymentResumed", "Deployment is resumed", time.GetUtcNow());
        }
    }

    private async Task<Requeue> FinishAsync(DeploymentSnapshot snapshot, MapValue status, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        DeploymentStatus.Counts(snapshot, status, now);
        var again = snapshot.Spec.IsPaused ? null : DeploymentStatus.Progress(snapshot, status, now);
        await objects.WriteStatusAsync(Kind, snapshot.Stored, status, cancellationToken);
        if (snapshot.Spec.IsPaused || DeploymentStatus.IsComplete(snapshot, status))
        {
            await sets.CleanUpAsync(snapshot, cancellationToken);
        }

        return Requeue.No.Or(again);
    }

    private void WakeForOrphan(StoredObject? old, StoredObject? now, IKeys keys)
    {
        if (now is null || now.ControllerUid is not null)
        {
            return;
        }

        foreach (var one in objects.List(Kind.Resource, now.Namespace))
        {
            if (PodSelector.Read(one.Tree.Map("spec", "selector")).Matches(now.Labels))
            {
                keys.Add(ObjectKey.Of(one));
            }
        }
    }

    private void WakeForLastPod(StoredObject? old, StoredObject? now, IKeys keys)
    {
        // A deployment that recreates waits for its old pods to be gone.
        if (now is null && Owners.ControllerOf(old!.Tree) is { Kind: "ReplicaSet" } owner
            && objects.Get(Sets, old.Namespace, owner.Name) is { } set && Owners.ControllerOf(set.Tree) is { Kind: "Deployment" } deployment)
        {
            keys.Add(new(old.Namespace, deployment.Name));
        }
    }
}
