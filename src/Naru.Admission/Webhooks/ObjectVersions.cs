using Naru.Objects.Api;
using Naru.Objects.Kinds;
using Naru.Objects.Resources;
using Naru.Objects.Values;

namespace Naru.Admission.Webhooks;

/// <summary>Brings objects to the version that a webhook's rule names, and back.</summary>
internal sealed class ObjectVersions(Lazy<IObjects> objects, IEnumerable<IKinds> kinds)
{
    private static readonly GroupResource Definitions = new("apiextensions.k8s.io", "customresourcedefinitions");
    private readonly IKinds? _kinds = kinds.FirstOrDefault();

    /// <summary>Whether objects of one version can be brought to another here: those of definitions that convert by a webhook cannot.</summary>
    public bool CanConvert(ResourceInfo from, ResourceInfo to) => ReferenceEquals(from, to) || !from.IsCustom
        || objects.Value.Get(Definitions, "", from.Resource.GroupResource.ToString())?.Tree.Text("spec", "conversion", "strategy") != "Webhook";

    /// <summary>The object at a version: a copy, unless it stands there already.</summary>
    public MapValue? At(MapValue? body, ResourceInfo resource)
    {
        if (body is null || body.Text("kind") != resource.Kind || body.Text("apiVersion") == resource.Resource.ApiVersion)
        {
            return body;
        }

        var copy = body.CloneMap();
        if (!resource.IsCustom && _kinds is not null)
        {
            return _kinds.Convert(copy, resource.GroupVersionKind);
        }

        copy["apiVersion"] = resource.Resource.ApiVersion;
        return copy;
    }
}
