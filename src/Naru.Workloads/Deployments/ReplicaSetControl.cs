using Naru.Controllers.Runtime;
using Naru.Core.Errors;
using Naru.Objects.Api;
using Naru.Objects.Resources;
using Naru.Objects.Values;
using Naru.Workloads.Objects;
using Naru.Workloads.Pods;

namespace Naru.Workloads.Deployments;

/// <summary>Makes, sizes, takes in and clears away the ReplicaSets of deployments.</summary>
public sealed class ReplicaSetControl(ControllerObjects objects, EventRecorder events, Informers informers)
{
    private static readonly WorkloadKind Kind = WorkloadKind.Deployment;
    private static readonly GroupResource Sets = WorkloadKind.ReplicaSet.Resource;
    private readonly OwnerIndex _sets = informers.OwnedOf(Sets);

    internal async Task<List<StoredObject>> ClaimAsync(StoredObject deployment, DeploymentSpec spec, CancellationToken cancellationToken)
    {
        var isDeleting = deployment.IsEnding;
        var claimed = new List<StoredObject>();
        foreach (var set in _sets.Of(deployment.Uid))
        {
            if (spec.Selector.Matches(set.Labels))
            {
                claimed.Add(set);
            }
            else if (!isDeleting)
            {
                await objects.ChangeAsync(Sets, set.Namespace, set.Name, tree => Owners.TryRemove(tree, deployment.Uid), Kind.Write, cancellationToken);
            }
        }

        foreach (var set in isDeleting ? [] : _sets.OrphansIn(deployment.Namespace))
        {
            if (spec.Selector.Matches(set.Labels) && !set.IsEnding)
            {
                claimed.Add(await objects.ChangeAsync(Sets, set.Namespace, set.Name, tree => Owners.TryAdd(tree, deployment, Kind.Kind), Kind.Write, cancellationToken));
            }
        }

        return claimed;
    }

    /// <summary>Makes the set of the wished template. Null if its name is taken by a set of another template: the collision must be counted.</summary>
    internal async Task<StoredObject?> CreateAsync(DeploymentSnapshot snapshot, long revision, CancellationToken cancellationToken)
    {
        var deployment = snapshot.Stored;
        var size = DeploymentDecider.FirstSize(snapshot);
        var body = ToBody(snapshot, size);
        DeploymentAnnotations.Update(body, deployment.Tree, revision, snapshot.Spec);
        try
        {
            var made = await objects.CreateAsync(Sets, body, Kind.Write, cancellationToken);
            if (size > 0)
            {
                events.Record(deployment, false, "ScalingReplicaSet", $"Scaled up replica set {made.Name} from 0 to {size}", Kind.Component);
            }

            return made;
        }
        catch (NaruException failure) when (failure.Kind == ErrorKind.AlreadyExists)
        {
            var there = objects.Get(Sets, deployment.Namespace, body.Text("metadata", "name")!);
            return there is not null && there.ControllerUid == deployment.Uid
                && PodTemplates.AreEqual(there.Tree.Map("spec", "template") ?? [], snapshot.Spec.Template, DeploymentAnnotations.HashLabel)
                ? there
                : null;
        }
        catch (NaruException failure)
        {
            events.Record(deployment, true, "ReplicaSetCreateError", $"Failed to create new replica set \"{body.Text("metadata", "name")}\": {failure.Message}", Kind.Component);
            throw;
        }
    }

    /// <summary>Brings annotations and minReadySeconds of the new set up to date.</summary>
    internal Task<StoredObject> RefreshAsync(DeploymentSnapshot snapshot, long revision, CancellationToken cancellationToken) =>
        objects.ChangeAsync(Sets, snapshot.Stored.Namespace, snapshot.New!.Name, tree => Refresh(tree, snapshot, revision), Kind.Write, cancellationToken);

    internal async Task<StoredObject> ScaleAsync(DeploymentSnapshot snapshot, Scaling scaling, CancellationToken cancellationToken)
    {
        var (set, size) = scaling;
        var body = set.Stored.Tree.CloneMap();
        body.MakeMap("spec")["replicas"] = size;
        DeploymentAnnotations.SetSizes(body.MakeMap("metadata").MakeMap("annotations"), snapshot.Spec);
        if (body.DeepEquals(set.Stored.Tree))
        {
            return set.Stored;
        }

        var written = await objects.UpdateAsync(Sets, body, Kind.Write, cancellationToken);
        if (size != set.Replicas)
        {
            events.Record(
                snapshot.Stored, false, "ScalingReplicaSet", $"Scaled {(size > set.Replicas ? "up" : "down")} replica set {set.Name} from {set.Replicas} to {size}", Kind.Component);
        }

        return written;
    }

    /// <summary>Deletes sets beyond the history that is kept.</summary>
    internal async Task CleanUpAsync(DeploymentSnapshot snapshot, CancellationToken cancellationToken)
    {
        var idle = snapshot.Old.Where(static one => one is { Replicas: 0, Existing: 0, IsDeleting: false, IsObserved: true }).OrderBy(static one => one.Revision).ToList();
        var alive = snapshot.Old.Count(static one => !one.IsDeleting);
        foreach (var set in idle.Take(Math.Max(0, alive - snapshot.Spec.HistoryLimit)))
        {
            try
            {
                await objects.DeleteAsync(Sets, set.Stored.Namespace, set.Name, new DeleteOptions { Uid = set.Stored.Uid }, cancellationToken);
            }
            catch (NaruException failure) when (failure.Kind == ErrorKind.NotFound)
            {
                // Gone already.
            }
        }
    }

    private static bool Refresh(MapValue tree, DeploymentSnapshot snapshot, long revision)
    {
        var changed = DeploymentAnnotations.Update(tree, snapshot.Stored.Tree, revision, snapshot.Spec);
        if (tree.Int(0, "spec", "minReadySeconds") != snapshot.Spec.MinReadySeconds)
        {
            tree.MakeMap("spec").SetCount("minReadySeconds", snapshot.Spec.MinReadySeconds);
            changed = true;
        }

        return changed;
    }

    private static MapValue ToBody(DeploymentSnapshot snapshot, int size)
    {
        var deployment = snapshot.Stored;
        var hash = TemplateHash.Of(snapshot.Spec.Template, snapshot.Collisions);
        var template = snapshot.Spec.Template.CloneMap();
        template.MakeMap("metadata").MakeMap("labels")[DeploymentAnnotations.HashLabel] = hash;
        var selector = deployment.Tree.Map("spec", "selector")?.CloneMap() ?? [];
        selector.MakeMap("matchLabels")[DeploymentAnnotations.HashLabel] = hash;
        var spec = new MapValue(4) { ["replicas"] = size, ["selector"] = selector, ["template"] = template };
        spec.SetCount("minReadySeconds", snapshot.Spec.MinReadySeconds);
        return new MapValue(4)
        {
            ["apiVersion"] = "apps/v1",
            ["kind"] = "ReplicaSet",
            ["metadata"] = new MapValue
            {
                ["name"] = $"{deployment.Name}-{hash}",
                ["namespace"] = deployment.Namespace,
                ["labels"] = template.Map("metadata", "labels")!.Clone(),
                ["ownerReferences"] = new ListValue([Owners.Reference(deployment, Kind.Kind)]),
            },
            ["spec"] = spec,
        };
    }
}
