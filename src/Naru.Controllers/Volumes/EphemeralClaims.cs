using Naru.Controllers.Runtime;
using Naru.Objects.Api;
using Naru.Objects.Resources;
using Naru.Objects.Values;

namespace Naru.Controllers.Volumes;

/// <summary>Makes the claims of volumes that live with their pod. The garbage collector takes them away with it.</summary>
public sealed class EphemeralClaims(ControllerObjects objects, EventRecorder events) : IController
{
    private const string Component = "ephemeral_volume";
    private static readonly GroupVersionKind PodKind = new("", "v1", "Pod");
    private static readonly WriteOptions Write = new() { FieldManager = Component };

    /// <inheritdoc/>
    public string Name => "ephemeral_volume";

    /// <inheritdoc/>
    public IEnumerable<WatchRule> Watches =>
    [
        new(UpkeepResources.Pods, static (old, now, keys) =>
        {
            if (now is not null && old is null && Volumes(now.Tree).Any())
            {
                keys.Add(ObjectKey.Of(now));
            }
        }),
        WatchRule.Owner(VolumeWords.Claims, PodKind.GroupKind),
    ];

    /// <inheritdoc/>
    public async Task<Requeue> ReconcileAsync(ObjectKey key, CancellationToken cancellationToken)
    {
        if (objects.Get(UpkeepResources.Pods, key.Namespace, key.Name) is not { } pod || pod.IsEnding)
        {
            return Requeue.No;
        }

        foreach (var volume in Volumes(pod.Tree))
        {
            var name = PodClaims.NameFor(pod.Tree, volume);
            if (objects.Get(VolumeWords.Claims, key.Namespace, name) is not { } claim)
            {
                await objects.CreateAsync(VolumeWords.Claims, Body(pod, volume, name), Write, cancellationToken);
            }
            else if (claim.ControllerUid != pod.Uid)
            {
                events.Record(pod, true, "FailedBinding", $"PVC \"{key.Namespace}/{name}\" was not created for pod \"{key}\" (pod is not owner)", Component);
            }
        }

        return Requeue.No;
    }

    private static IEnumerable<MapValue> Volumes(MapValue pod) => pod.Maps("spec", "volumes").Where(static one => one.Map("ephemeral", "volumeClaimTemplate") is not null);

    private static MapValue Body(StoredObject pod, MapValue volume, string name)
    {
        var template = volume.Map("ephemeral", "volumeClaimTemplate")!;
        var body = UpkeepResources.Body("v1", "PersistentVolumeClaim", pod.Namespace, name);
        var metadata = body.Map("metadata")!;
        metadata["labels"] = template.Map("metadata", "labels")?.Clone();
        metadata["annotations"] = template.Map("metadata", "annotations")?.Clone();
        metadata["ownerReferences"] = new ListValue([Owners.Reference(pod, PodKind)]);
        body["spec"] = template["spec"]?.Clone();
        return body;
    }
}
