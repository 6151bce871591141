using Naru.Objects.Access;
using Naru.Objects.Admission;
using Naru.Objects.Resources;
using Naru.Objects.Values;

namespace Naru.Admission.Matching;

/// <summary>A request as webhooks and expressions see it.</summary>
internal static class ReviewBodies
{
    /// <summary>Everything but the objects.</summary>
    /// <param name="request">The request.</param>
    /// <param name="resource">The resource at the version that was matched.</param>
    public static MapValue Request(AdmissionRequest request, ResourceInfo resource)
    {
        var body = new MapValue
        {
            ["kind"] = Kind(KindOf(request, resource)),
            ["resource"] = Resource(resource.Resource),
        };
        if (request.Subresource.Length > 0)
        {
            body["subResource"] = request.Subresource;
        }

        body["requestKind"] = Kind(KindOf(request, request.Resource));
        body["requestResource"] = Resource(request.Resource.Resource);
        if (request.Subresource.Length > 0)
        {
            body["requestSubResource"] = request.Subresource;
        }

        if (request.Name.Length > 0)
        {
            body["name"] = request.Name;
        }

        if (request.Resource.Resource.GroupResource == Known.Namespaces)
        {
            body["namespace"] = request.Name;
        }
        else if (request.Namespace.Length > 0)
        {
            body["namespace"] = request.Namespace;
        }

        body["operation"] = RequestRules.Operation(request.Operation);
        body["userInfo"] = User(request.User);
        return body;
    }

    private static GroupVersionKind KindOf(AdmissionRequest request, ResourceInfo resource) =>
        request.Subresource.Length == 0 ? resource.GroupVersionKind : resource.Subresources.FirstOrDefault(one => one.Name == request.Subresource)?.Kind ?? resource.GroupVersionKind;

    private static MapValue Kind(GroupVersionKind kind) => new() { ["group"] = kind.Group, ["version"] = kind.Version, ["kind"] = kind.Kind };

    private static MapValue Resource(GroupVersionResource resource) => new() { ["group"] = resource.Group, ["version"] = resource.Version, ["resource"] = resource.Resource };

    private static MapValue User(UserInfo user)
    {
        var body = new MapValue { ["username"] = user.Name };
        if (user.Uid.Length > 0)
        {
            body["uid"] = user.Uid;
        }

        if (user.Groups.Length > 0)
        {
            body["groups"] = new ListValue(user.Groups.Select(static one => (Value)one));
        }

        if (user.Extra.Count > 0)
        {
            var extra = body.MakeMap("extra");
            foreach (var (key, values) in user.Extra)
            {
                extra[key] = new ListValue(values.Select(static one => (Value)one));
            }
        }

        return body;
    }
}
