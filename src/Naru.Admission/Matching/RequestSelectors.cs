using Naru.Core.Errors;
using Naru.Objects.Admission;
using Naru.Objects.Api;
using Naru.Objects.Selectors;
using Naru.Objects.Values;

namespace Naru.Admission.Matching;

/// <summary>Which requests a webhook or policy is about: the labels of their namespace and of their object.</summary>
internal static class RequestSelectors
{
    /// <summary>Whether both selectors of a description of requests match.</summary>
    public static bool Match(MapValue description, AdmissionRequest request, IObjects objects) =>
        NamespaceMatches(description.Map("namespaceSelector"), request, objects) && ObjectMatches(description.Map("objectSelector"), request);

    /// <summary>The object of the request's namespace; null outside of namespaces.</summary>
    public static MapValue? NamespaceOf(AdmissionRequest request, IObjects objects)
    {
        if (request.Resource.Resource.GroupResource == Known.Namespaces)
        {
            return null;
        }

        return request.Namespace.Length == 0 ? null : objects.Get(Known.Namespaces, "", request.Namespace)?.Tree
            ?? throw NaruException.NotFound($"namespaces \"{request.Namespace}\" not found");
    }

    private static bool NamespaceMatches(MapValue? selector, AdmissionRequest request, IObjects objects)
    {
        if (selector is null or { Count: 0 })
        {
            return true;
        }

        if (request.Resource.Resource.GroupResource == Known.Namespaces)
        {
            // A namespace is judged by its own labels, as they are to be.
            var body = request is { Operation: AdmissionOperation.Create } or { Subresource: "" } ? request.Object ?? request.Old : request.Old;
            return LabelSelector.FromBody(selector).Matches(body?.Map("metadata", "labels"));
        }

        return request.Namespace.Length == 0 || LabelSelector.FromBody(selector).Matches(NamespaceOf(request, objects)?.Map("metadata", "labels"));
    }

    private static bool ObjectMatches(MapValue? selector, AdmissionRequest request)
    {
        if (selector is null or { Count: 0 })
        {
            return true;
        }

        var labels = LabelSelector.FromBody(selector);
        return (request.Object is { } body && labels.Matches(body.Map("metadata", "labels"))) || (request.Old is { } old && labels.Matches(old.Map("metadata", "labels")));
    }
}
