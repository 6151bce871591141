using Naru.Cluster.Caching;
using Naru.Cluster.Catalogue;
using Naru.Objects.Api;
using Naru.Objects.Kinds;
using Naru.Objects.Resources;
using Naru.Objects.Values;

namespace Naru.Cluster.Forms;

/// <summary>Brings objects from the version in which they are stored to the one asked for, and back.</summary>
internal sealed class ObjectForms(IKinds kinds)
{
    /// <summary>The object at the version asked for; the same tree if that is the stored one.</summary>
    public MapValue ToAsked(MapValue stored, ServedResource resource) => Convert(stored, resource, resource.Info.GroupVersionKind);

    /// <summary>The object at the version that is stored; the same tree if it is there already.</summary>
    public MapValue ToStored(MapValue body, ServedResource resource) => Convert(body, resource, resource.StorageKind);

    /// <summary>A stored object as an answer at the version asked for.</summary>
    public ApiObject Answer(CachedObject item, ServedResource resource, bool created = false) =>
        resource.IsStorageForm && IsAt(item.Tree, resource.StorageKind) ? new ApiObject(item, null, created) : new ApiObject(null, ToAsked(item.Tree, resource), created);

    /// <summary>A stored object in a list or watch: its bytes decide, the tree is read only where it must be.</summary>
    public ApiObject AnswerMany(CachedObject item, ServedResource resource) =>
        resource is { IsStorageForm: true, Custom: null } ? new ApiObject(item, null) : Answer(item, resource);

    private static bool IsAt(MapValue tree, GroupVersionKind kind) => tree.Text("apiVersion") == kind.ApiVersion;

    private MapValue Convert(MapValue tree, ServedResource resource, GroupVersionKind to)
    {
        if (IsAt(tree, to))
        {
            return tree;
        }

        if (resource.Custom is null)
        {
            return kinds.Convert(tree.CloneMap(), to);
        }

        var copy = tree.CloneMap();
        copy["apiVersion"] = to.ApiVersion;
        return copy;
    }
}
