using Naru.Controllers.Runtime;
using Naru.Objects.Api;
using Naru.Objects.Values;

namespace Naru.Controllers.Volumes;

/// <summary>Lets claims that are deleted go when no pod uses them any longer.</summary>
public sealed class ClaimProtection(ControllerObjects objects) : IController
{
    private const string Finalizer = "kubernetes.io/pvc-protection";
    private static readonly WriteOptions Write = new() { FieldManager = "pvc-protection-controller" };

    /// <inheritdoc/>
    public string Name => "pvcprotection";

    /// <inheritdoc/>
    public IEnumerable<WatchRule> Watches =>
    [
        new(VolumeWords.Claims, static (_, now, keys) =>
        {
            if (now is not null && IsHeld(now))
            {
                keys.Add(ObjectKey.Of(now));
            }
        }),
        new(UpkeepResources.Pods, static (old, now, keys) =>
        {
            if (now is null || (IsOver(now) && old is not null && !IsOver(old)))
            {
                foreach (var name in PodClaims.Of((now ?? old)!))
                {
                    keys.Add(new((now ?? old)!.Namespace, name));
                }
            }
        }),
    ];

    /// <inheritdoc/>
    public async Task<Requeue> ReconcileAsync(ObjectKey key, CancellationToken cancellationToken)
    {
        if (objects.Get(VolumeWords.Claims, key.Namespace, key.Name) is not { } claim || !IsHeld(claim) || IsUsed(key))
        {
            return Requeue.No;
        }

        await objects.ChangeAsync(VolumeWords.Claims, key.Namespace, key.Name, tree => tree.Text("metadata", "uid") == claim.Uid && Finalizers.Remove(tree, Finalizer), Write, cancellationToken);
        return Requeue.No;
    }

    /// <summary>A pod without a node does not use anything yet, and will be refused one.</summary>
    private bool IsUsed(ObjectKey claim) => objects.List(UpkeepResources.Pods, claim.Namespace).Any(pod =>
        pod.Field("spec.nodeName").Length > 0 && !IsOver(pod) && PodClaims.Of(pod).Contains(claim.Name)
            && objects.Get(UpkeepResources.Pods, pod.Namespace, pod.Name)?.Uid == pod.Uid);

    private static bool IsHeld(StoredObject claim) => claim.IsEnding && Finalizers.Has(claim.Tree, Finalizer);

    private static bool IsOver(StoredObject pod) => pod.Field("status.phase") is "Succeeded" or "Failed";
}
