using Naru.Controllers.Runtime;
using Naru.Core.Errors;
using Naru.Objects.Api;
using Naru.Objects.Resources;
using Naru.Objects.Values;

namespace Naru.Controllers.Namespaces;

/// <summary>Empties namespaces that are being deleted: the pods first, then, when none is left, everything else; then lets them go. What it waits for stands in their conditions.</summary>
public sealed class NamespaceController(ControllerObjects objects, IResourceCatalogue catalogue, TimeProvider time) : IController
{
    private const string Finalizer = "kubernetes";
    private static readonly WriteOptions Status = new() { FieldManager = "namespace-controller", Subresource = "status" };
    private static readonly WriteOptions Finalize = new() { FieldManager = "namespace-controller", Subresource = "finalize" };
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    /// <inheritdoc/>
    public string Name => "namespace";

    /// <inheritdoc/>
    public int Workers => 4;

    /// <inheritdoc/>
    public IEnumerable<WatchRule> Watches =>
    [
        new(UpkeepResources.Namespaces, static (_, now, keys) =>
        {
            if (now is not null && now.IsEnding)
            {
                keys.Add(ObjectKey.Of(now));
            }
        }),
        new(UpkeepResources.Pods, (old, now, keys) =>
        {
            if (now is null && objects.Get(UpkeepResources.Namespaces, "", old!.Namespace)?.IsEnding == true)
            {
                keys.Add(new("", old.Namespace));
            }
        }),
    ];

    /// <inheritdoc/>
    public async Task<Requeue> ReconcileAsync(ObjectKey key, CancellationToken cancellationToken)
    {
        if (objects.Get(UpkeepResources.Namespaces, "", key.Name) is not { } space || !space.IsEnding || !IsOurs(space.Tree))
        {
            return Requeue.No;
        }

        var emptying = await EmptyAsync(key.Name, cancellationToken);
        if (emptying.IsDone)
        {
            await objects.ChangeAsync(UpkeepResources.Namespaces, "", key.Name, static tree => Release(tree), Finalize, cancellationToken);
            return Requeue.No;
        }

        var now = time.GetUtcNow();
        var wanted = space.Tree.Map("status")?.CloneMap() ?? new MapValue();
        emptying.WriteTo(wanted, now);
        if (!wanted.DeepEquals(space.Tree["status"]))
        {
            await objects.ChangeAsync(UpkeepResources.Namespaces, "", key.Name, tree => emptying.WriteTo(tree.MakeMap("status"), now), Status, cancellationToken);
        }

        return Requeue.In(Pause);
    }

    private static bool IsOurs(MapValue tree) => tree.List("spec", "finalizers")?.Texts().Contains(Finalizer) == true;

    private static bool Release(MapValue tree) => tree.List("spec", "finalizers")?.RemoveAll(static one => one is TextValue { Text: Finalizer }) > 0;

    private async Task<NamespaceEmptying> EmptyAsync(string name, CancellationToken cancellationToken)
    {
        var emptying = new NamespaceEmptying();
        await EmptyAsync(name, UpkeepResources.Pods, emptying, cancellationToken);
        if (!emptying.IsDone)
        {
            return emptying;
        }

        var resources = catalogue.All
            .Where(static one => one.Namespaced && one.Verbs.Contains("delete") && one.Verbs.Contains("list") && (one.StorageGroup is null || one.StorageGroup == one.Resource.Group))
            .Select(static one => one.Resource.GroupResource)
            .Distinct();
        foreach (var resource in resources)
        {
            await EmptyAsync(name, resource, emptying, cancellationToken);
        }

        return emptying;
    }

    private async Task EmptyAsync(string name, GroupResource resource, NamespaceEmptying emptying, CancellationToken cancellationToken)
    {
        foreach (var one in objects.List(resource, name))
        {
            try
            {
                var left = one.IsEnding
                    ? one
                    : await objects.DeleteAsync(resource, name, one.Name, new DeleteOptions { Uid = one.Uid, Propagation = DeletePropagation.Background }, cancellationToken);
                if (left is not null)
                {
                    emptying.Remains(left);
                }
            }
            catch (NaruException failure) when (failure.Kind == ErrorKind.NotFound)
            {
                // Somebody else was quicker.
            }
            catch (NaruException failure)
            {
                emptying.Remains(one);
                emptying.Fails(failure.Message);
            }
        }
    }
}
