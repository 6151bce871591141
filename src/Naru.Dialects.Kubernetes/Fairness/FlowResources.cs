using Naru.Dialects.Kubernetes.Requests;
using Naru.Objects.Values;

namespace Naru.Dialects.Kubernetes.Fairness;

/// <summary>Requests about resources that a rule of a FlowSchema is about.</summary>
internal sealed class FlowResources(MapValue body)
{
    private readonly FlowWords _verbs = new(body, "verbs");
    private readonly FlowWords _groups = new(body, "apiGroups");
    private readonly FlowWords _resources = new(body, "resources");
    private readonly FlowWords _namespaces = new(body, "namespaces");
    private readonly bool _outsideNamespaces = body.Boolean("clusterScope") == true;

    /// <summary>The request is meant.</summary>
    /// <param name="target">The request.</param>
    /// <param name="resource">Its resource, with the subresource after a slash.</param>
    public bool Matches(RequestTarget target, string resource) =>
        _verbs.Has(target.Verb) && _groups.Has(target.Group) && _resources.Has(resource)
        && (target.Namespace.Length == 0 ? _outsideNamespaces : _namespaces.Has(target.Namespace));
}
