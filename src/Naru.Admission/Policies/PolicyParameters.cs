using Naru.Core.Errors;
using Naru.Objects.Admission;
using Naru.Objects.Api;
using Naru.Objects.Resources;
using Naru.Objects.Selectors;
using Naru.Objects.Values;

namespace Naru.Admission.Policies;

/// <summary>Finds the parameters of a policy.</summary>
internal sealed class PolicyParameters(Lazy<IObjects> objects, Lazy<IResourceCatalogue> catalogue)
{
    /// <summary>The parameters with which a policy is to be judged, one after the other; one null for a policy without. Empty where missing ones mean that nothing is to be judged.</summary>
    /// <exception cref="NaruException">They cannot be found, and that counts.</exception>
    public IReadOnlyList<MapValue?> Of(AdmissionPolicy policy, PolicyBinding binding, AdmissionRequest request)
    {
        if (policy.ParameterKind is not { } kind || binding.ParameterReference is not { } reference)
        {
            return [null];
        }

        var wanted = GroupVersionKind.Parse(kind.Text("apiVersion") ?? "", kind.Text("kind") ?? "");
        var resource = catalogue.Value.Find(wanted) ?? throw Failed($"failed to configure policy: failed to find resource referenced by paramKind: '{wanted}'");
        var space = SpaceOf(reference, resource, request);
        var found = reference.Text("name") is { Length: > 0 } name
            ? Find(resource, space, name)
            : [.. objects.Value.List(resource.Resource.GroupResource, resource.Namespaced ? space : null).Where(one => LabelSelector.FromBody(reference.Map("selector")).Matches(one.Tree.Map("metadata", "labels")))];
        if (found.Length > 0)
        {
            return [.. found.Select(static one => one.Tree)];
        }

        return reference.Text("parameterNotFoundAction") == "Allow" ? [] : throw Failed("failed to configure binding: no params found for policy binding with `Deny` parameterNotFoundAction");
    }

    private StoredObject[] Find(ResourceInfo resource, string space, string name) => objects.Value.Get(resource.Resource.GroupResource, space, name) is { } one ? [one] : [];

    private static string SpaceOf(MapValue reference, ResourceInfo resource, AdmissionRequest request)
    {
        var named = reference.Text("namespace") ?? "";
        if (!resource.Namespaced)
        {
            return named.Length == 0 ? "" : throw Failed("failed to configure binding: paramRef.namespace must not be provided for a cluster-scoped `paramKind`");
        }

        if (named.Length > 0)
        {
            return named;
        }

        return request.Namespace.Length > 0 ? request.Namespace : throw Failed("failed to configure binding: cannot use namespaced paramRef in policy binding that matches cluster-scoped resources");
    }

    private static NaruException Failed(string message) => new(ErrorKind.FailedPrecondition, message);
}
