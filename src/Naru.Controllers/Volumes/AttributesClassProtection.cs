using Naru.Controllers.Runtime;
using Naru.Objects.Api;
using Naru.Objects.Resources;
using Naru.Objects.Values;

namespace Naru.Controllers.Volumes;

/// <summary>Lets classes of volumes' attributes that are deleted go when no volume and no claim names them any longer.</summary>
public sealed class AttributesClassProtection(ControllerObjects objects) : IController
{
    private const string Finalizer = "kubernetes.io/vac-protection";
    private static readonly GroupResource Classes = new("storage.k8s.io", "volumeattributesclasses");
    private static readonly GroupResource Claims = new("", "persistentvolumeclaims");
    private static readonly GroupResource Volumes = new("", "persistentvolumes");
    private static readonly WriteOptions Write = new() { FieldManager = "vac-protection-controller" };

    /// <inheritdoc/>
    public string Name => "vacprotection";

    /// <inheritdoc/>
    public IEnumerable<WatchRule> Watches =>
    [
        new(Classes, static (_, now, keys) =>
        {
            if (now is not null && IsHeld(now))
            {
                keys.Add(ObjectKey.Of(now));
            }
        }),
        new(Claims, static (old, _, keys) => AddOf(old, keys)),
        new(Volumes, static (old, _, keys) => AddOf(old, keys)),
    ];

    /// <inheritdoc/>
    public async Task<Requeue> ReconcileAsync(ObjectKey key, CancellationToken cancellationToken)
    {
        if (objects.Get(Classes, "", key.Name) is { } one && IsHeld(one) && !IsUsed(key.Name))
        {
            await objects.ChangeAsync(
                Classes, "", key.Name, static tree => tree.List("metadata", "finalizers")?.RemoveAll(static value => value is TextValue { Text: Finalizer }) > 0, Write, cancellationToken);
        }

        return Requeue.No;
    }

    private static bool IsHeld(StoredObject one) => one.IsEnding && one.Tree.List("metadata", "finalizers")?.Texts().Contains(Finalizer) == true;

    // What an object named before it changed may be free now.
    private static void AddOf(StoredObject? old, IKeys keys)
    {
        foreach (var name in old is null ? [] : NamesOf(old.Tree))
        {
            keys.Add(new("", name));
        }
    }

    private static IEnumerable<string> NamesOf(MapValue tree) =>
        new[] { tree.Text("spec", "volumeAttributesClassName"), tree.Text("status", "currentVolumeAttributesClassName"), tree.Text("status", "modifyVolumeStatus", "targetVolumeAttributesClassName") }
            .OfType<string>().Where(static name => name.Length > 0);

    private bool IsUsed(string name) => objects.List(Claims).Concat(objects.List(Volumes)).Any(one => NamesOf(one.Tree).Contains(name));
}
