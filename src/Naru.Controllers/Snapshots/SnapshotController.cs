using Naru.Controllers.Runtime;
using Naru.Controllers.Volumes;
using Naru.Core.Errors;
using Naru.Objects.Api;
using Naru.Objects.Values;

namespace Naru.Controllers.Snapshots;

/// <summary>
/// Has snapshots taken of local volumes: says by a content what is wished, and by the snapshot's status what has become of it; the volume's node does the rest. Snapshots of
/// other drivers are those drivers' own.
/// </summary>
public sealed class SnapshotController(ControllerObjects objects, EventRecorder events, TimeProvider time) : IController
{
    private static readonly TimeSpan LookAgain = TimeSpan.FromSeconds(5);

    /// <inheritdoc/>
    public string Name => "snapshots";

    /// <inheritdoc/>
    public IEnumerable<WatchRule> Watches =>
    [
        WatchRule.Self(SnapshotWords.Snapshots) with { IsOptional = true },
        new WatchRule(SnapshotWords.Contents, static (old, now, keys) =>
        {
            if ((now ?? old)!.Tree.Map("spec", "volumeSnapshotRef") is { } owner)
            {
                keys.Add(new(owner.Text("namespace") ?? "", owner.Text("name") ?? ""));
            }
        }) { IsOptional = true },
    ];

    /// <inheritdoc/>
    public async Task<Requeue> ReconcileAsync(ObjectKey key, CancellationToken cancellationToken)
    {
        if (objects.Get(SnapshotWords.Snapshots, key.Namespace, key.Name) is not { } snapshot)
        {
            return Requeue.No;
        }

        var content = objects.Get(SnapshotWords.Contents, "", SnapshotWords.ContentOf(snapshot));
        if (snapshot.IsEnding)
        {
            await EndAsync(snapshot, content, cancellationToken);
            return Requeue.No;
        }

        if (content is not null)
        {
            return content.Tree.Text("spec", "driver") == LocalVolumes.Provisioner ? await FollowAsync(snapshot, content, cancellationToken) : Requeue.No;
        }

        return snapshot.Tree.Text("spec", "source", "volumeSnapshotContentName") is { } named
            ? await FailAsync(snapshot, "SnapshotContentMissing", $"VolumeSnapshotContent \"{named}\" is missing", cancellationToken)
            : await TakeAsync(snapshot, cancellationToken);
    }

    private async Task<Requeue> TakeAsync(StoredObject snapshot, CancellationToken cancellationToken)
    {
        var name = snapshot.Tree.Text("spec", "source", "persistentVolumeClaimName") ?? "";
        var claim = objects.Get(VolumeWords.Claims, snapshot.Namespace, name);
        var volume = claim is null ? null : objects.Get(VolumeWords.Volumes, "", VolumeWords.VolumeOf(claim.Tree));
        if (ClassFor(snapshot, volume) is not { } kind)
        {
            return await FailAsync(snapshot, "GetSnapshotClassFailed", "failed to get input parameters to create snapshot: cannot find the snapshot class", cancellationToken);
        }

        if (kind.Text("driver") != LocalVolumes.Provisioner)
        {
            return Requeue.No;
        }

        if (claim is null || volume is null || !VolumeWords.IsBound(claim.Tree))
        {
            return await FailAsync(snapshot, "SnapshotContentCreationFailed", claim is null
                ? $"failed to get PVC {name} from the lister: persistentvolumeclaim \"{name}\" not found"
                : $"the PVC {name} is not yet bound to a PV, will not attempt to take a snapshot", cancellationToken);
        }

        if (volume.Tree.Annotation(VolumeWords.ProvisionedBy) != LocalVolumes.Provisioner)
        {
            return await FailAsync(snapshot, "SnapshotContentCreationFailed", $"the volume of PVC {name} was not made by {LocalVolumes.Provisioner}", cancellationToken);
        }

        await objects.ChangeAsync(SnapshotWords.Snapshots, snapshot.Namespace, snapshot.Name, tree => Prepare(tree, kind), SnapshotWords.Write, cancellationToken);
        await objects.ChangeAsync(VolumeWords.Claims, claim.Namespace, claim.Name, tree => tree.Text("metadata", "uid") == claim.Uid && Finalizers.Add(tree, SnapshotWords.ClaimIsSource), SnapshotWords.Write, cancellationToken);
        await objects.CreateAsync(SnapshotWords.Contents, SnapshotWords.Body(snapshot, volume, kind), SnapshotWords.Write, cancellationToken);
        events.Record(snapshot, false, "CreatingSnapshot", $"Waiting for a snapshot {snapshot.Namespace}/{snapshot.Name} to be created by the CSI driver.", SnapshotWords.Component);
        return Requeue.No;
    }

    private async Task<Requeue> FollowAsync(StoredObject snapshot, StoredObject content, CancellationToken cancellationToken)
    {
        if (!SnapshotWords.IsFor(content.Tree, snapshot))
        {
            return await FailAsync(snapshot, "SnapshotContentMisbound", $"VolumeSnapshotContent [{content.Name}] is bound to a different snapshot", cancellationToken);
        }

        if (content.Tree.Text("spec", "volumeSnapshotRef", "uid") is not { Length: > 0 })
        {
            await objects.ChangeAsync(SnapshotWords.Contents, "", content.Name, tree => Promise(tree, snapshot), SnapshotWords.Write, cancellationToken);
            await objects.ChangeAsync(SnapshotWords.Snapshots, snapshot.Namespace, snapshot.Name, static tree => Finalizers.Add(tree, SnapshotWords.SnapshotBound), SnapshotWords.Write, cancellationToken);
        }

        var status = SnapshotWords.StatusBy(content);
        var wasReady = snapshot.Tree.Boolean("status", "readyToUse") == true;
        await objects.ChangeAsync(SnapshotWords.Snapshots, snapshot.Namespace, snapshot.Name, tree => tree.Text("metadata", "uid") == snapshot.Uid && Put(tree, status), SnapshotWords.WriteStatus, cancellationToken);
        if (status.Boolean("readyToUse") == true)
        {
            await FreeClaimAsync(snapshot, cancellationToken);
            if (!wasReady)
            {
                events.Record(snapshot, false, "SnapshotReady", $"Snapshot {snapshot.Namespace}/{snapshot.Name} is ready to use.", SnapshotWords.Component);
            }
        }

        return Requeue.No;
    }

    /// <summary>It is deleted: its content goes first, by its policy with or without the data.</summary>
    private async Task EndAsync(StoredObject snapshot, StoredObject? content, CancellationToken cancellationToken)
    {
        if (content is not null && SnapshotWords.IsFor(content.Tree, snapshot) && content.Tree.Text("spec", "driver") == LocalVolumes.Provisioner
            && content.Tree.Text("spec", "deletionPolicy") == "Delete")
        {
            if (!content.IsEnding)
            {
                await objects.DeleteAsync(SnapshotWords.Contents, "", content.Name, new DeleteOptions { Uid = content.Uid }, cancellationToken);
            }

            return;
        }

        await FreeClaimAsync(snapshot, cancellationToken);
        if (Finalizers.Has(snapshot.Tree, SnapshotWords.SnapshotBound))
        {
            await objects.ChangeAsync(SnapshotWords.Snapshots, snapshot.Namespace, snapshot.Name, static tree => Finalizers.Remove(tree, SnapshotWords.SnapshotBound), SnapshotWords.Write, cancellationToken);
        }
    }

    /// <summary>The claim may go unless another snapshot is still being taken of it.</summary>
    private async Task FreeClaimAsync(StoredObject snapshot, CancellationToken cancellationToken)
    {
        var name = snapshot.Tree.Text("spec", "source", "persistentVolumeClaimName");
        if (name is null || objects.Get(VolumeWords.Claims, snapshot.Namespace, name) is not { } claim || !Finalizers.Has(claim.Tree, SnapshotWords.ClaimIsSource))
        {
            return;
        }

        var others = objects.List(SnapshotWords.Snapshots, snapshot.Namespace).Any(other =>
            other.Uid != snapshot.Uid && !other.IsEnding && other.Tree.Text("spec", "source", "persistentVolumeClaimName") == name && other.Tree.Boolean("status", "readyToUse") != true);
        if (!others)
        {
            await objects.ChangeAsync(VolumeWords.Claims, claim.Namespace, name, static tree => Finalizers.Remove(tree, SnapshotWords.ClaimIsSource), SnapshotWords.Write, cancellationToken);
        }
    }

    private MapValue? ClassFor(StoredObject snapshot, StoredObject? volume)
    {
        if (snapshot.Tree.Text("spec", "volumeSnapshotClassName") is { Length: > 0 } name)
        {
            return objects.Get(SnapshotWords.Classes, "", name)?.Tree;
        }

        var driver = volume?.Tree.Text("spec", "csi", "driver") ?? volume?.Tree.Annotation(VolumeWords.ProvisionedBy) ?? LocalVolumes.Provisioner;
        return objects.List(SnapshotWords.Classes).Select(static one => one.Tree).FirstOrDefault(one => one.Annotation(SnapshotWords.IsDefault) == "true" && one.Text("driver") == driver);
    }

    private async Task<Requeue> FailAsync(StoredObject snapshot, string reason, string message, CancellationToken cancellationToken)
    {
        if (snapshot.Tree.Text("status", "error", "message") != message)
        {
            events.Record(snapshot, true, reason, message, SnapshotWords.Component);
            var error = new MapValue { { "message", message }, { "time", KubernetesTime.Format(time.GetUtcNow()) } };
            await objects.ChangeAsync(
                SnapshotWords.Snapshots, snapshot.Namespace, snapshot.Name, tree => Put(tree, new MapValue { { "readyToUse", false }, { "error", error } }), SnapshotWords.WriteStatus, cancellationToken);
        }

        return Requeue.In(LookAgain);
    }

    private static bool Prepare(MapValue snapshot, MapValue kind)
    {
        var changed = Finalizers.Add(snapshot, SnapshotWords.SnapshotBound);
        if (snapshot.Text("spec", "volumeSnapshotClassName") is null)
        {
            snapshot.MakeMap("spec")["volumeSnapshotClassName"] = kind.Text("metadata", "name") ?? "";
            return true;
        }

        return changed;
    }

    private static bool Promise(MapValue content, StoredObject snapshot)
    {
        if (content.Text("spec", "volumeSnapshotRef", "uid") is { Length: > 0 } uid)
        {
            return uid == snapshot.Uid ? false : throw NaruException.Conflict($"volumesnapshotcontent \"{content.Text("metadata", "name")}\" is of another snapshot");
        }

        content.MakeMap("spec")["volumeSnapshotRef"] = SnapshotWords.ReferenceTo(snapshot);
        Finalizers.Add(content, SnapshotWords.ContentBound);
        return true;
    }

    private static bool Put(MapValue snapshot, MapValue status)
    {
        if (status.DeepEquals(snapshot.Map("status")))
        {
            return false;
        }

        snapshot["status"] = status.Clone();
        return true;
    }
}
