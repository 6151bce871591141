using Naru.Controllers.Runtime;
using Naru.Objects.Api;
using Naru.Objects.Values;

namespace Naru.Controllers.Volumes;

/// <summary>Finds every claim its volume: the one that it names, one that is promised to it, the smallest free one that does, or one that is made for it.</summary>
public sealed class ClaimController(ControllerObjects objects, VolumeProvisioning provisioning, EventRecorder events) : IController
{
    /// <inheritdoc/>
    public string Name => "claims";

    /// <inheritdoc/>
    public int Workers => 4;

    /// <inheritdoc/>
    public IEnumerable<WatchRule> Watches =>
    [
        WatchRule.Self(VolumeWords.Claims),
        new(VolumeWords.Volumes, WakeForVolume),
        new(VolumeWords.Classes, (_, now, keys) => WakePending(now?.Name, keys)),
    ];

    /// <inheritdoc/>
    public async Task<Requeue> ReconcileAsync(ObjectKey key, CancellationToken cancellationToken)
    {
        if (objects.Get(VolumeWords.Claims, key.Namespace, key.Name) is not { } claim)
        {
            return Requeue.No;
        }

        if (VolumeWords.IsBound(claim.Tree))
        {
            await KeepAsync(claim, cancellationToken);
            return Requeue.No;
        }

        if (claim.IsEnding)
        {
            return Requeue.No;
        }

        return VolumeWords.VolumeOf(claim.Tree) is { Length: > 0 } name ? await BindNamedAsync(claim, name, cancellationToken) : await FindAsync(claim, cancellationToken);
    }

    /// <summary>A claim that was bound stays so, or is lost.</summary>
    private async Task KeepAsync(StoredObject claim, CancellationToken cancellationToken)
    {
        var name = VolumeWords.VolumeOf(claim.Tree);
        if (name.Length == 0)
        {
            await LoseAsync(claim, "ClaimLost", "Bound claim has lost reference to PersistentVolume. Data on the volume is lost!", cancellationToken);
        }
        else if (objects.Get(VolumeWords.Volumes, "", name) is not { } volume)
        {
            await LoseAsync(claim, "ClaimLost", "Bound claim has lost its PersistentVolume. Data on the volume is lost!", cancellationToken);
        }
        else if (volume.Tree.Map("spec", "claimRef") is null || VolumeWords.IsFor(volume.Tree, claim))
        {
            await VolumeBinding.BindAsync(objects, volume, claim, cancellationToken);
        }
        else
        {
            await LoseAsync(claim, "ClaimMisbound", "Two claims are bound to the same volume, this one is bound incorrectly", cancellationToken);
        }
    }

    private async Task LoseAsync(StoredObject claim, string reason, string message, CancellationToken cancellationToken)
    {
        if (claim.Tree.Text("status", "phase") != "Lost")
        {
            events.Record(claim, true, reason, message, VolumeWords.Component);
            await SetPhaseAsync(claim, "Lost", cancellationToken);
        }
    }

    private async Task<Requeue> BindNamedAsync(StoredObject claim, string name, CancellationToken cancellationToken)
    {
        var volume = objects.Get(VolumeWords.Volumes, "", name);
        if (volume is not null && volume.Tree.Map("spec", "claimRef") is null)
        {
            if (VolumeMatch.Mismatch(volume.Tree, claim.Tree) is { } mismatch)
            {
                events.Record(claim, true, "VolumeMismatch", $"Cannot bind to requested volume \"{name}\": {mismatch}", VolumeWords.Component);
                volume = null;
            }
        }
        else if (volume is not null && !VolumeWords.IsFor(volume.Tree, claim))
        {
            // Somebody else has it; it may come free.
            events.Record(claim, true, "FailedBinding", $"volume \"{name}\" already bound to a different claim.", VolumeWords.Component);
            volume = null;
        }

        if (volume is null)
        {
            await SetPhaseAsync(claim, "Pending", cancellationToken);
            return Requeue.No;
        }

        await VolumeBinding.BindAsync(objects, volume, claim, cancellationToken);
        return Requeue.No;
    }

    private async Task<Requeue> FindAsync(StoredObject claim, CancellationToken cancellationToken)
    {
        var name = VolumeWords.ClassOf(claim.Tree);
        var kind = name.Length == 0 ? null : objects.Get(VolumeWords.Classes, "", name);
        var waits = kind?.Tree.Text("volumeBindingMode") == "WaitForFirstConsumer";
        if (VolumeMatch.Best(objects.List(VolumeWords.Volumes), claim, waits) is { } volume)
        {
            await VolumeBinding.BindAsync(objects, volume, claim, cancellationToken);
            return Requeue.No;
        }

        await SetPhaseAsync(claim, "Pending", cancellationToken);
        if (waits && claim.Tree.Annotation(VolumeWords.SelectedNode) is null)
        {
            events.Record(claim, false, "WaitForFirstConsumer", "waiting for first consumer to be created before binding", VolumeWords.Component);
            return Requeue.No;
        }

        if (name.Length > 0)
        {
            return await provisioning.ProvideAsync(claim, name, kind, cancellationToken);
        }

        events.Record(claim, false, "FailedBinding", "no persistent volumes available for this claim and no storage class is set", VolumeWords.Component);
        return Requeue.No;
    }

    private Task SetPhaseAsync(StoredObject claim, string phase, CancellationToken cancellationToken) => claim.Tree.Text("status", "phase") == phase
        ? Task.CompletedTask
        : objects.ChangeAsync(
            VolumeWords.Claims, claim.Namespace, claim.Name, tree => tree.Text("metadata", "uid") == claim.Uid && tree.SetPhase(phase), VolumeWords.WriteStatus, cancellationToken);

    private void WakeForVolume(StoredObject? old, StoredObject? now, IKeys keys)
    {
        foreach (var owner in new[] { old, now }.Select(static one => one?.Tree.Map("spec", "claimRef")).OfType<MapValue>())
        {
            keys.Add(new(owner.Text("namespace") ?? "", owner.Text("name") ?? ""));
        }

        // Who names a volume that is gone, or waits for any, wants to know.
        if (now is null)
        {
            foreach (var claim in objects.List(VolumeWords.Claims).Where(claim => VolumeWords.VolumeOf(claim.Tree) == old!.Name))
            {
                keys.Add(ObjectKey.Of(claim));
            }
        }
        else if (now.Tree.Map("spec", "claimRef") is null)
        {
            WakePending(VolumeWords.ClassOf(now.Tree), keys, now.Name);
        }
    }

    private void WakePending(string? name, IKeys keys, string? volume = null)
    {
        foreach (var claim in name is null ? [] : objects.List(VolumeWords.Claims).Where(static claim => !VolumeWords.IsBound(claim.Tree)))
        {
            if (VolumeWords.ClassOf(claim.Tree) == name || (volume is not null && VolumeWords.VolumeOf(claim.Tree) == volume))
            {
                keys.Add(ObjectKey.Of(claim));
            }
        }
    }
}
