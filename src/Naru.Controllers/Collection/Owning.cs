using Naru.Objects.Api;
using Naru.Objects.Values;

namespace Naru.Controllers.Collection;

/// <summary>What an object says of its owners and of its own end.</summary>
internal static class Owning
{
    public const string Foreground = "foregroundDeletion";
    public const string Orphan = "orphan";

    public static bool HasFinalizer(this StoredObject one, string finalizer) => one.Tree.List("metadata", "finalizers")?.Texts().Contains(finalizer) == true;

    /// <summary>It is being deleted and goes once its dependents are gone.</summary>
    public static bool AwaitsDependents(this StoredObject one) => one.IsEnding && one.HasFinalizer(Foreground);

    /// <summary>It is being deleted and its dependents are to lose it first.</summary>
    public static bool FreesDependents(this StoredObject one) => one.IsEnding && one.HasFinalizer(Orphan);

    public static bool HasOwners(this StoredObject one) => one.Tree.List("metadata", "ownerReferences") is { Count: > 0 };

    /// <summary>The object holds up the foreground deletion of this owner.</summary>
    public static bool Blocks(this StoredObject one, string ownerUid) =>
        one.Tree.Maps("metadata", "ownerReferences").Any(owner => owner.Text("uid") == ownerUid && owner.Boolean("blockOwnerDeletion") == true);

    /// <summary>Takes a finalizer out of a tree; false if it is not there.</summary>
    public static bool TakeFinalizer(MapValue tree, string finalizer)
    {
        var finalizers = tree.List("metadata", "finalizers");
        if (finalizers is null || finalizers.RemoveAll(one => one is TextValue text && text.Text == finalizer) == 0)
        {
            return false;
        }

        if (finalizers.Count == 0)
        {
            tree.Map("metadata")!.Remove("finalizers");
        }

        return true;
    }
}
