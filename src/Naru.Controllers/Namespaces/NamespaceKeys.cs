using Naru.Controllers.Runtime;
using Naru.Objects.Resources;

namespace Naru.Controllers.Namespaces;

/// <summary>Rules for controllers whose keys are namespaces.</summary>
internal static class NamespaceKeys
{
    /// <summary>A change of the object of this name gives its namespace.</summary>
    public static WatchRule OfNamed(GroupResource resource, string name) => new(resource, (old, now, keys) =>
    {
        var one = (now ?? old)!;
        if (one.Name == name)
        {
            keys.Add(new("", one.Namespace));
        }
    });
}
