using System.Collections.Immutable;
using Naru.Objects.Resources;
using Naru.Objects.Values;

namespace Naru.Dialects.Kubernetes.Discovery;

/// <summary>All groups, versions and resources in one document.</summary>
internal static class AggregatedDiscovery
{
    /// <summary>The document of these groups in version <c>v2</c> or <c>v2beta1</c>.</summary>
    public static MapValue Write(IEnumerable<GroupEntry> groups, string version) => new()
    {
        ["kind"] = "APIGroupDiscoveryList",
        ["apiVersion"] = $"apidiscovery.k8s.io/{version}",
        ["metadata"] = new MapValue(),
        ["items"] = new ListValue(groups.Select(GroupOf)),
    };

    private static MapValue GroupOf(GroupEntry group)
    {
        var metadata = new MapValue();
        if (group.Name.Length > 0)
        {
            metadata["name"] = group.Name;
        }

        metadata["creationTimestamp"] = NullValue.Instance;
        return new MapValue { ["metadata"] = metadata, ["versions"] = new ListValue(group.Versions.Select(VersionOf)) };
    }

    private static MapValue VersionOf(VersionEntry version) => new()
    {
        ["version"] = version.Version,
        ["resources"] = new ListValue([.. version.Own.Select(ResourceOf), .. version.Remote]),
        ["freshness"] = version.IsCurrent ? "Current" : "Stale",
    };

    private static MapValue ResourceOf(ResourceInfo resource)
    {
        var map = new MapValue
        {
            ["resource"] = resource.Resource.Resource,
            ["responseKind"] = KindOf(resource.GroupVersionKind),
            ["scope"] = resource.Namespaced ? "Namespaced" : "Cluster",
            ["singularResource"] = resource.Singular,
            ["verbs"] = Texts(resource.Verbs),
        };
        if (!resource.ShortNames.IsDefaultOrEmpty)
        {
            map["shortNames"] = Texts(resource.ShortNames);
        }

        if (!resource.Categories.IsDefaultOrEmpty)
        {
            map["categories"] = Texts(resource.Categories);
        }

        if (!resource.Subresources.IsDefaultOrEmpty)
        {
            map["subresources"] = new ListValue(resource.Subresources.Select(static one => new MapValue
            {
                ["subresource"] = one.Name,
                ["responseKind"] = KindOf(one.Kind),
                ["verbs"] = Texts(one.Verbs),
            }));
        }

        return map;
    }

    private static MapValue KindOf(GroupVersionKind kind) => new() { ["group"] = kind.Group, ["version"] = kind.Version, ["kind"] = kind.Kind };

    /// <summary>Texts as a list.</summary>
    public static ListValue Texts(ImmutableArray<string> texts) => new(texts.Select(static one => (Value)one));
}
