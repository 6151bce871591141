using Naru.Cluster.Caching;
using Naru.Cluster.Catalogue;
using Naru.Cluster.Watching;
using Naru.Core.Errors;
using Naru.Objects.Api;
using Naru.Objects.Selectors;

namespace Naru.Cluster.Reading;

/// <summary>Reads selectors into a filter. BadRequest for a field that the resource does not let select.</summary>
internal static class ListWish
{
    public static ObjectFilter FilterOf(ApiCall call, ServedResource resource, ResourceCache cache, ListOptions options)
    {
        var labels = LabelSelector.Parse(options.LabelSelector);
        var fields = FieldSelector.Parse(options.FieldSelector);
        var @namespace = call.Namespace.Length > 0 && resource.Info.Namespaced ? call.Namespace : null;
        if (@namespace is null && labels.IsEverything && fields.IsEverything)
        {
            return ObjectFilter.Everything;
        }

        return new ObjectFilter(@namespace, labels, [.. fields.Requirements.Select(one => new FieldTerm(PlaceOf(resource, cache, one.Path), one.Value, one.Negated))]);
    }

    private static int PlaceOf(ServedResource resource, ResourceCache cache, string path)
    {
        switch (path)
        {
            case "metadata.name":
                return FieldTerm.NamePlace;
            case "metadata.namespace" when resource.Info.Namespaced:
                return FieldTerm.NamespacePlace;
        }

        var place = resource.Rules.SelectableFields.Contains(path) ? Array.IndexOf(cache.SelectableFields, path) : -1;
        return place >= 0 ? place : throw NaruException.Invalid($"field label not supported: {path}");
    }
}
