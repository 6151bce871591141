using System.Collections.Concurrent;
using Naru.Controllers.Runtime;
using Naru.Objects.Api;
using Naru.Objects.Values;

namespace Naru.Controllers.Volumes;

/// <summary>Says of every volume whether it is free, bound or left behind, and does with those left behind what their policy says.</summary>
public sealed class VolumeController(ControllerObjects objects, VolumeProvisioning provisioning, EventRecorder events, TimeProvider time) : IController
{
    private static readonly TimeSpan Doubt = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan DeleteAgain = TimeSpan.FromSeconds(15);
    private readonly ConcurrentDictionary<string, DateTimeOffset> _missing = new();

    /// <inheritdoc/>
    public string Name => "volumes";

    /// <inheritdoc/>
    public int Workers => 4;

    /// <inheritdoc/>
    public IEnumerable<WatchRule> Watches =>
    [
        WatchRule.Self(VolumeWords.Volumes),
        new(VolumeWords.Claims, static (old, now, keys) =>
        {
            foreach (var name in new[] { old, now }.OfType<StoredObject>().Select(static one => VolumeWords.VolumeOf(one.Tree)).Where(static name => name.Length > 0).Distinct())
            {
                keys.Add(new("", name));
            }
        }),
    ];

    /// <inheritdoc/>
    public async Task<Requeue> ReconcileAsync(ObjectKey key, CancellationToken cancellationToken)
    {
        if (objects.Get(VolumeWords.Volumes, "", key.Name) is not { } volume)
        {
            return Requeue.No;
        }

        if (volume.Tree.Text("spec", "claimRef", "uid") is not { Length: > 0 } uid)
        {
            // Free, or promised to a claim that has not come yet.
            await SayAsync(volume, "Available", null, cancellationToken);
            return Requeue.No;
        }

        var owner = volume.Tree.Map("spec", "claimRef")!;
        var claim = objects.Get(VolumeWords.Claims, owner.Text("namespace") ?? "", owner.Text("name") ?? "");
        if (claim?.Uid != uid)
        {
            return await ReleaseAsync(volume, cancellationToken);
        }

        _missing.TryRemove(volume.Uid, out _);
        if (VolumeWords.VolumeOf(claim.Tree) == volume.Name)
        {
            await SayAsync(volume, "Bound", null, cancellationToken);
        }
        else if (VolumeWords.VolumeOf(claim.Tree).Length > 0)
        {
            await LetGoAsync(volume, cancellationToken);
        }

        return Requeue.No;
    }

    /// <summary>The claim is gone: so what it had is left behind. What two caches know may be of different moments, so a claim counts as gone when it is missing for a while.</summary>
    private async Task<Requeue> ReleaseAsync(StoredObject volume, CancellationToken cancellationToken)
    {
        var left = _missing.GetOrAdd(volume.Uid, time.GetUtcNow()) + Doubt - time.GetUtcNow();
        if (left > TimeSpan.Zero)
        {
            return Requeue.In(left);
        }

        if (volume.Tree.Text("status", "phase") is not ("Released" or "Failed"))
        {
            await SayAsync(volume, "Released", null, cancellationToken);
        }

        switch (volume.Tree.Text("spec", "persistentVolumeReclaimPolicy"))
        {
            case "Delete":
                return await DeleteAsync(volume, cancellationToken);
            case "Recycle":
                await FailAsync(volume, "VolumeFailedRecycle", "No recycler plugin found for the volume!", cancellationToken);
                break;
        }

        return Requeue.No;
    }

    private async Task<Requeue> DeleteAsync(StoredObject volume, CancellationToken cancellationToken)
    {
        if (volume.Tree.Annotation(VolumeWords.ProvisionedBy) is { } provisioner && provisioner != LocalVolumes.Provisioner)
        {
            // Whoever made it outside takes it away.
            return Requeue.No;
        }

        if (await provisioning.RemoveAsync(volume, cancellationToken) is { } failure)
        {
            await FailAsync(volume, "VolumeFailedDelete", failure, cancellationToken);
            return volume.Tree.Annotation(VolumeWords.ProvisionedBy) is null ? Requeue.No : Requeue.In(DeleteAgain);
        }

        _missing.TryRemove(volume.Uid, out _);
        if (!volume.IsEnding)
        {
            await objects.DeleteAsync(VolumeWords.Volumes, "", volume.Name, new DeleteOptions { Uid = volume.Uid }, cancellationToken);
        }

        return Requeue.No;
    }

    private async Task FailAsync(StoredObject volume, string reason, string message, CancellationToken cancellationToken)
    {
        if (volume.Tree.Text("status", "phase") != "Failed" || volume.Tree.Text("status", "message") != message)
        {
            events.Record(volume, true, reason, message, VolumeWords.Component);
            await SayAsync(volume, "Failed", message, cancellationToken);
        }
    }

    /// <summary>The claim took another volume: this one is free again, or waits for whom its maker promised it to.</summary>
    private Task<StoredObject> LetGoAsync(StoredObject volume, CancellationToken cancellationToken) => objects.ChangeAsync(
        VolumeWords.Volumes,
        "",
        volume.Name,
        tree =>
        {
            if (tree.Text("metadata", "uid") != volume.Uid || tree.Map("spec", "claimRef") is not { } owner)
            {
                return false;
            }

            if (tree.Annotation(VolumeWords.BoundByController) is null)
            {
                owner.Remove("resourceVersion");
                return owner.Remove("uid");
            }

            tree.Annotate(VolumeWords.BoundByController, null);
            return tree.Map("spec")!.Remove("claimRef");
        },
        VolumeWords.Write,
        cancellationToken);

    private async Task SayAsync(StoredObject volume, string phase, string? message, CancellationToken cancellationToken)
    {
        if (volume.Tree.Text("status", "phase") == phase && volume.Tree.Text("status", "message") == message)
        {
            return;
        }

        await objects.ChangeAsync(VolumeWords.Volumes, "", volume.Name, tree => tree.Text("metadata", "uid") == volume.Uid && Say(tree, phase, message), VolumeWords.WriteStatus, cancellationToken);
    }

    private bool Say(MapValue volume, string phase, string? message)
    {
        var before = volume.Text("status", "phase");
        if (!volume.SetPhase(phase, message))
        {
            return false;
        }

        if (before != phase)
        {
            volume.Map("status")!["lastPhaseTransitionTime"] = KubernetesTime.Format(time.GetUtcNow());
        }

        return true;
    }
}
