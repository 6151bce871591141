using System.Collections.Immutable;
using Naru.Cluster.Catalogue;
using Naru.Objects.Resources;
using Naru.Objects.Values;

namespace Naru.Cluster.CustomResources;

/// <summary>Makes the served resources of a CustomResourceDefinition.</summary>
internal static class DefinitionReader
{
    private static readonly ImmutableArray<string> Verbs = ["create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"];
    private static readonly ImmutableArray<string> PartVerbs = ["get", "patch", "update"];

    /// <summary>One resource for each version that is served, and for the stored one.</summary>
    public static IEnumerable<ServedResource> Read(MapValue definition)
    {
        var spec = definition.Map("spec")!;
        var group = spec.Text("group") ?? "";
        var names = definition.Map("status", "acceptedNames") is { } accepted && !string.IsNullOrEmpty(accepted.Text("plural")) ? accepted : spec.Map("names")!;
        var namespaced = spec.Text("scope") == "Namespaced";
        var storage = spec.Maps("versions").FirstOrDefault(static one => one.Boolean("storage") == true)?.Text("name") ?? "";
        var kind = names.Text("kind") ?? "";
        foreach (var version in spec.Maps("versions").Where(static one => one.Boolean("served") == true))
        {
            var name = version.Text("name") ?? "";
            var info = new ResourceInfo
            {
                Resource = new GroupVersionResource(group, name, names.Text("plural") ?? ""),
                Kind = kind,
                Singular = names.Text("singular") ?? "",
                Namespaced = namespaced,
                ShortNames = [.. names.List("shortNames")?.Texts() ?? []],
                Categories = [.. names.List("categories")?.Texts() ?? []],
                Verbs = Verbs,
                Subresources = [.. Parts(version, new GroupVersionKind(group, name, kind))],
                StorageVersion = storage,
                IsCustom = true,
                Deprecation = version.Boolean("deprecated") == true ? version.Text("deprecationWarning") is { Length: > 0 } text ? text : $"{group}/{name} {kind} is deprecated" : "",
            };
            var custom = new CustomVersion(definition.Text("metadata", "name") ?? "", version, spec.Map("conversion"), definition.Map("metadata")!.Has("deletionTimestamp"))
            {
                PreserveUnknown = spec.Boolean("preserveUnknownFields") == true,
            };
            yield return new ServedResource(info, new CustomRules(namespaced, version), custom);
        }
    }

    private static IEnumerable<SubresourceInfo> Parts(MapValue version, GroupVersionKind kind)
    {
        if (version.Map("subresources", "status") is not null)
        {
            yield return new SubresourceInfo("status", kind, PartVerbs);
        }

        if (version.Map("subresources", "scale") is not null)
        {
            yield return new SubresourceInfo("scale", new GroupVersionKind("autoscaling", "v1", "Scale"), PartVerbs);
        }
    }
}
