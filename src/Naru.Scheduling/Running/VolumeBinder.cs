using Naru.Core.Errors;
using Naru.Objects.Api;
using Naru.Objects.Values;

namespace Naru.Scheduling.Running;

/// <summary>Gives claims their volumes once a node is chosen, and waits until they are bound.</summary>
internal sealed class VolumeBinder(IObjects objects, SchedulingOptions options, TimeProvider time)
{
    private static readonly WriteOptions Writing = new() { FieldManager = "kube-scheduler" };

    /// <summary>Unavailable if the volumes are not bound in time; other kinds as the writes fail.</summary>
    public async Task BindAsync(Decision decision, CancellationToken cancellationToken)
    {
        foreach (var (claim, volume) in decision.Volumes)
        {
            await (volume is null ? ChooseNodeAsync(claim, decision.Node!, cancellationToken) : ClaimAsync(claim, volume, cancellationToken));
        }

        using var late = new CancellationTokenSource(options.VolumeBindTimeout, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, late.Token);
        try
        {
            await WaitAsync(decision, both.Token);
        }
        catch (OperationCanceledException) when (late.IsCancellationRequested)
        {
            throw new NaruException(ErrorKind.Unavailable, "binding volumes: timed out waiting for the condition");
        }
    }

    // With the status, which is written last: the node refuses to mount before.
    private static bool IsBound(MapValue? claim) =>
        claim?.Text("metadata", "annotations", "pv.kubernetes.io/bind-completed") is not null && claim.Text("spec", "volumeName") is { Length: > 0 } && claim.Text("status", "phase") == "Bound";

    private async Task WaitAsync(Decision decision, CancellationToken cancellationToken)
    {
        var open = decision.Volumes.Select(static one => (one.Claim.Text("metadata", "namespace") ?? "", one.Claim.Text("metadata", "name") ?? "")).ToHashSet();
        await foreach (var change in objects.WatchAsync(Kinds.Claims, cancellationToken))
        {
            if (change.Object is { } claim && open.Contains((claim.Namespace, claim.Name)))
            {
                if (change.Kind == ChangeKind.Deleted)
                {
                    throw NaruException.NotFound($"persistentvolumeclaim \"{claim.Name}\" not found");
                }

                if (IsBound(claim.Tree) && open.Remove((claim.Namespace, claim.Name)) && open.Count == 0)
                {
                    return;
                }
            }
        }
    }

    private Task<StoredObject> ChooseNodeAsync(MapValue claim, string node, CancellationToken cancellationToken) =>
        objects.ChangeAsync(
            Kinds.Claims,
            claim.Text("metadata", "namespace") ?? "",
            claim.Text("metadata", "name") ?? "",
            tree =>
            {
                tree.MakeMap("metadata").MakeMap("annotations")["volume.kubernetes.io/selected-node"] = node;
                return true;
            },
            Writing,
            cancellationToken);

    private Task<StoredObject> ClaimAsync(MapValue claim, string volume, CancellationToken cancellationToken) =>
        objects.ChangeAsync(
            Kinds.Volumes,
            "",
            volume,
            tree =>
            {
                var uid = claim.Text("metadata", "uid") ?? "";
                if (tree.Text("spec", "claimRef", "uid") is { Length: > 0 } other && other != uid)
                {
                    throw NaruException.Conflict($"persistentvolume \"{volume}\" is bound to another claim");
                }

                tree.MakeMap("metadata").MakeMap("annotations")["pv.kubernetes.io/bound-by-controller"] = "yes";
                tree.MakeMap("spec")["claimRef"] = new MapValue
                {
                    { "apiVersion", "v1" },
                    { "kind", "PersistentVolumeClaim" },
                    { "namespace", claim.Text("metadata", "namespace") ?? "" },
                    { "name", claim.Text("metadata", "name") ?? "" },
                    { "uid", uid },
                };
                return true;
            },
            Writing,
            cancellationToken);
}
