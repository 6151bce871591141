using Naru.Controllers.Runtime;
using Naru.Objects.Api;
using Naru.Objects.Resources;

namespace Naru.Controllers.Collection;

/// <summary>An object of any resource as the key of a queue, whose keys have two parts: resource and namespace are written into the first.</summary>
internal static class ObjectPlace
{
    public static ObjectKey KeyOf(StoredObject one) => KeyOf(one.Resource, one.Namespace, one.Name);

    public static ObjectKey KeyOf(GroupResource resource, string @namespace, string name) => new($"{resource.Resource}|{resource.Group}|{@namespace}", name);

    public static (GroupResource Resource, string Namespace, string Name) Read(ObjectKey key)
    {
        var parts = key.Namespace.Split('|');
        return (new(parts[1], parts[0]), parts[2], key.Name);
    }
}
