using Naru.Controllers.Runtime;
using Naru.Objects.Api;
using Naru.Objects.Resources;
using Naru.Objects.Values;

namespace Naru.Controllers.Collection;

/// <summary>Where an owner that an object names is to be found.</summary>
internal readonly record struct OwnerPlace(ResourceInfo Info, string Namespace, string Name, string Uid)
{
    public GroupResource Resource => Info.Resource.GroupResource;

    public ObjectKey Key => ObjectPlace.KeyOf(Resource, Namespace, Name);

    /// <summary>The place of an owner, whatever version of its kind it is named by. Null if nobody can say what became of it: its kind is not served, or it could lie in any namespace.</summary>
    public static OwnerPlace? Of(StoredObject one, MapValue reference, IResourceCatalogue catalogue)
    {
        var kind = GroupVersionKind.Parse(reference.Text("apiVersion") ?? "", reference.Text("kind") ?? "");
        var info = catalogue.Find(kind) ?? catalogue.All.FirstOrDefault(other => other.Kind == kind.Kind && other.Resource.Group == kind.Group);
        return info is null || (info.Namespaced && one.Namespace.Length == 0)
            ? null
            : new(info, info.Namespaced ? one.Namespace : "", reference.Text("name") ?? "", reference.Text("uid") ?? "");
    }

    /// <summary>What is known to be there, whether or not it is the owner that is meant.</summary>
    public StoredObject? Find(IObjects objects) => objects.Get(Resource, Namespace, Name);
}
