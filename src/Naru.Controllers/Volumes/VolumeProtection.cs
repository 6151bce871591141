using Naru.Controllers.Runtime;
using Naru.Objects.Api;
using Naru.Objects.Values;

namespace Naru.Controllers.Volumes;

/// <summary>Lets volumes that are deleted go when no claim is bound to them any longer.</summary>
public sealed class VolumeProtection(ControllerObjects objects) : IController
{
    private const string Finalizer = "kubernetes.io/pv-protection";
    private static readonly WriteOptions Write = new() { FieldManager = "pv-protection-controller" };

    /// <inheritdoc/>
    public string Name => "pvprotection";

    /// <inheritdoc/>
    public IEnumerable<WatchRule> Watches =>
    [
        new(VolumeWords.Volumes, static (_, now, keys) =>
        {
            if (now is not null && IsHeld(now))
            {
                keys.Add(ObjectKey.Of(now));
            }
        }),
    ];

    /// <inheritdoc/>
    public async Task<Requeue> ReconcileAsync(ObjectKey key, CancellationToken cancellationToken)
    {
        if (objects.Get(VolumeWords.Volumes, "", key.Name) is { } volume && IsHeld(volume) && volume.Tree.Text("status", "phase") != "Bound")
        {
            // What says that it is bound changes the revision: then this is refused and looked at again.
            var body = volume.Tree.CloneMap();
            Finalizers.Remove(body, Finalizer);
            await objects.UpdateAsync(VolumeWords.Volumes, body, Write, cancellationToken);
        }

        return Requeue.No;
    }

    private static bool IsHeld(StoredObject volume) => volume.IsEnding && Finalizers.Has(volume.Tree, Finalizer);
}
