using Naru.Objects.Api;
using Naru.Objects.Resources;
using Naru.Objects.Values;

namespace Naru.Controllers.Runtime;

/// <summary>An owner as an object names it.</summary>
public sealed record OwnerReference(string ApiVersion, string Kind, string Name, string Uid)
{
    /// <summary>It is of this kind, at whatever version.</summary>
    public bool Is(GroupKind kind) => Kind == kind.Kind && GroupVersionKind.Parse(ApiVersion, Kind).Group == kind.Group;
}

/// <summary>References to controlling owners.</summary>
public static class Owners
{
    /// <summary>The controlling owner of an object; null if it has none.</summary>
    public static OwnerReference? ControllerOf(MapValue tree)
    {
        var owner = Find(tree);
        return owner is null ? null : new(owner.Text("apiVersion") ?? "", owner.Text("kind") ?? "", owner.Text("name") ?? "", owner.Text("uid") ?? "");
    }

    /// <summary>A reference for metadata.ownerReferences of what <paramref name="owner"/> controls.</summary>
    public static MapValue Reference(StoredObject owner, GroupVersionKind kind) => new(6)
    {
        ["apiVersion"] = kind.ApiVersion,
        ["kind"] = kind.Kind,
        ["name"] = owner.Name,
        ["uid"] = owner.Uid,
        ["controller"] = true,
        ["blockOwnerDeletion"] = true,
    };

    /// <summary>Makes <paramref name="owner"/> the controlling owner in a tree. False if another one is.</summary>
    public static bool TryAdd(MapValue tree, StoredObject owner, GroupVersionKind kind)
    {
        if (Find(tree) is not null)
        {
            return false;
        }

        var references = tree.MakeMap("metadata").MakeList("ownerReferences");
        references.RemoveAll(one => one is MapValue map && map.Text("uid") == owner.Uid);
        references.Add(Reference(owner, kind));
        return true;
    }

    /// <summary>Takes an owner out of a tree. False if it is none.</summary>
    public static bool TryRemove(MapValue tree, string ownerUid)
    {
        var references = tree.List("metadata", "ownerReferences");
        if (references is null || references.RemoveAll(one => one is MapValue map && map.Text("uid") == ownerUid) == 0)
        {
            return false;
        }

        if (references.Count == 0)
        {
            tree.Map("metadata")!.Remove("ownerReferences");
        }

        return true;
    }

    private static MapValue? Find(MapValue tree)
    {
        if (tree.List("metadata", "ownerReferences") is not { } references)
        {
            return null;
        }

        for (var index = 0; index < references.Count; index++)
        {
            if (references[index] is MapValue reference && reference.Boolean("controller") == true)
            {
                return reference;
            }
        }

        return null;
    }
}
