using Naru.Controllers.Runtime;
using Naru.Core.Errors;
using Naru.Objects.Api;
using Naru.Objects.Resources;
using Naru.Objects.Values;

namespace Naru.Controllers.Collection;

/// <summary>
/// Decides about one object at a time: if it is being deleted, whether what it owns lets it go; if not, whether any of its owners still stands. It keeps no graph of its
/// own: the object core knows who names whom.
/// </summary>
internal sealed class GarbageCollector(IObjects objects, IResourceCatalogue catalogue, FollowedResources followed)
{
    private static readonly TimeSpan Later = TimeSpan.FromSeconds(30);
    private static readonly WriteOptions Write = new() { FieldManager = "generic-garbage-collector" };

    private enum OwnerState
    {
        Absent,
        Awaiting,
        Solid,
        Unknown,
    }

    /// <summary>Looks at an object; adds those that must be looked at in its wake.</summary>
    public async Task<Requeue> CollectAsync(ObjectKey key, IKeys keys, CancellationToken cancellationToken)
    {
        var (resource, @namespace, name) = ObjectPlace.Read(key);
        if (objects.Get(resource, @namespace, name) is not { } one)
        {
            return Requeue.No;
        }

        if (one.FreesDependents())
        {
            await FreeAsync(one, cancellationToken);
            return Requeue.No;
        }

        if (one.AwaitsDependents())
        {
            await EndAsync(one, key, keys, cancellationToken);
            return Requeue.No;
        }

        return one.IsEnding || !one.HasOwners() || WaitsForOwners(one, key) ? Requeue.No : await JudgeAsync(one, keys, cancellationToken);
    }

    private async Task FreeAsync(StoredObject owner, CancellationToken cancellationToken)
    {
        foreach (var dependent in objects.DependentsOf(owner.Uid))
        {
            await ForgetOwnersAsync(dependent, [owner.Uid], cancellationToken);
        }

        await ReleaseAsync(owner, Owning.Orphan, cancellationToken);
    }

    // While the deletion of an owner would go unnoticed, that it stands now says nothing.
    private bool WaitsForOwners(StoredObject one, ObjectKey key) => one.Tree.Maps("metadata", "ownerReferences")
        .Select(owner => OwnerPlace.Of(one, owner, catalogue))
        .Any(place => place is { } known && FollowedResources.IsFollowable(known.Info) && followed.TryWait(known.Resource, key));

    private async Task EndAsync(StoredObject owner, ObjectKey key, IKeys keys, CancellationToken cancellationToken)
    {
        var blocking = objects.DependentsOf(owner.Uid).Where(one => one.Blocks(owner.Uid)).ToList();
        if (blocking.Count == 0)
        {
            await ReleaseAsync(owner, Owning.Foreground, cancellationToken);
        }

        foreach (var dependent in blocking)
        {
            // It is looked at again when a dependent goes; that of a resource that is not followed yet would go unnoticed.
            followed.TryWait(dependent.Resource, key);
            if (!dependent.IsEnding)
            {
                keys.Add(ObjectPlace.KeyOf(dependent));
            }
        }
    }

    private async Task<Requeue> JudgeAsync(StoredObject one, IKeys keys, CancellationToken cancellationToken)
    {
        var states = new Dictionary<string, OwnerState>();
        foreach (var owner in one.Tree.Maps("metadata", "ownerReferences"))
        {
            states[owner.Text("uid") ?? ""] = await StateOfAsync(one, owner, cancellationToken);
        }

        var again = states.ContainsValue(OwnerState.Unknown) ? Requeue.In(Later) : Requeue.No;
        var lost = states.Where(static row => row.Value is OwnerState.Absent or OwnerState.Awaiting).Select(static row => row.Key).ToHashSet();
        if (lost.Count == 0)
        {
            return again;
        }

        if (lost.Count < states.Count)
        {
            // Somebody else still holds it: it only forgets those that went.
            await ForgetOwnersAsync(one, lost, cancellationToken);
            foreach (var uid in states.Where(static row => row.Value == OwnerState.Awaiting).Select(static row => row.Key))
            {
                WakeOwners(one, uid, keys);
            }

            return again;
        }

        var dependents = objects.DependentsOf(one.Uid);
        if (states.ContainsValue(OwnerState.Awaiting) && dependents.Count > 0)
        {
            if (dependents.Any(static dependent => dependent.AwaitsDependents()))
            {
                // A ring of owners that wait for each other: this one stops to hold up its own.
                await UnblockAsync(one, cancellationToken);
            }

            await DeleteAsync(one, DeletePropagation.Foreground, cancellationToken);
            return again;
        }

        var propagation = one.HasFinalizer(Owning.Orphan) ? DeletePropagation.Orphan : one.HasFinalizer(Owning.Foreground) ? DeletePropagation.Foreground : DeletePropagation.Background;
        await DeleteAsync(one, propagation, cancellationToken);
        return again;
    }

    private async Task<OwnerState> StateOfAsync(StoredObject one, MapValue reference, CancellationToken cancellationToken)
    {
        if (OwnerPlace.Of(one, reference, catalogue) is not { } place)
        {
            return OwnerState.Unknown;
        }

        var owner = place.Find(objects);
        if (owner is null || owner.Uid != place.Uid)
        {
            owner = await ReadAsync(place, cancellationToken);
        }

        return owner is null || owner.Uid != place.Uid ? OwnerState.Absent : owner.AwaitsDependents() ? OwnerState.Awaiting : OwnerState.Solid;
    }

    // What is known may lag behind the store, and an object must not die of that: a change that changes nothing reads the store.
    private async Task<StoredObject?> ReadAsync(OwnerPlace place, CancellationToken cancellationToken)
    {
        try
        {
            return await objects.ChangeAsync(place.Resource, place.Namespace, place.Name, static _ => false, Write with { DryRun = true }, cancellationToken);
        }
        catch (NaruException failure) when (failure.Kind == ErrorKind.NotFound)
        {
            return null;
        }
    }

    private void WakeOwners(StoredObject one, string uid, IKeys keys)
    {
        var reference = one.Tree.Maps("metadata", "ownerReferences").First(owner => owner.Text("uid") == uid);
        if (OwnerPlace.Of(one, reference, catalogue) is { } place)
        {
            keys.Add(place.Key);
        }
    }

    private Task UnblockAsync(StoredObject one, CancellationToken cancellationToken) => ChangeAsync(one, static tree =>
    {
        var changed = false;
        foreach (var owner in tree.Maps("metadata", "ownerReferences"))
        {
            changed |= owner.Boolean("blockOwnerDeletion") == true;
            owner["blockOwnerDeletion"] = false;
        }

        return changed;
    }, cancellationToken);

    private Task ForgetOwnersAsync(StoredObject one, IReadOnlyCollection<string> uids, CancellationToken cancellationToken) => ChangeAsync(one, tree =>
    {
        var changed = false;
        foreach (var uid in uids)
        {
            changed |= Owners.TryRemove(tree, uid);
        }

        return changed;
    }, cancellationToken);

    private Task ReleaseAsync(StoredObject one, string finalizer, CancellationToken cancellationToken) => ChangeAsync(one, tree => Owning.TakeFinalizer(tree, finalizer), cancellationToken);

    private async Task ChangeAsync(StoredObject one, Func<MapValue, bool> change, CancellationToken cancellationToken)
    {
        try
        {
            await objects.ChangeAsync(one.Resource, one.Namespace, one.Name, tree => tree.Text("metadata", "uid") == one.Uid && change(tree), Write, cancellationToken);
        }
        catch (NaruException failure) when (failure.Kind == ErrorKind.NotFound)
        {
            // Gone already.
        }
    }

    private async Task DeleteAsync(StoredObject one, DeletePropagation propagation, CancellationToken cancellationToken)
    {
        try
        {
            await objects.DeleteAsync(one.Resource, one.Namespace, one.Name, new DeleteOptions { Uid = one.Uid, Propagation = propagation }, cancellationToken);
        }
        catch (NaruException failure) when (failure.Kind == ErrorKind.NotFound)
        {
            // Gone already.
        }
    }
}
