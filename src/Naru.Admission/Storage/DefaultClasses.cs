using Naru.Objects.Api;
using Naru.Objects.Resources;
using Naru.Objects.Values;

namespace Naru.Admission.Storage;

/// <summary>Classes that an annotation makes the default: the newest wins.</summary>
internal static class DefaultClasses
{
    public static StoredObject? Find(IObjects objects, GroupResource resource, params string[] annotations) =>
        objects.List(resource)
            .Where(one => annotations.Any(annotation => one.Tree.Text("metadata", "annotations", annotation) == "true"))
            .OrderByDescending(static one => one.Tree.Text("metadata", "creationTimestamp"), StringComparer.Ordinal)
            .ThenBy(static one => one.Name, StringComparer.Ordinal)
            .FirstOrDefault();
}
