using Naru.Objects.Api;
using Naru.Objects.Resources;
using Naru.Objects.Selectors;
using Naru.Objects.Values;
using Naru.Workloads.Objects;

namespace Naru.Workloads.Autoscaling;

/// <summary>What an autoscaler scales: anything with a scale subresource.</summary>
internal sealed record ScaleTarget(GroupResource Resource, StoredObject Stored, int Wished, int Existing, LabelSelector Selector)
{
    private static readonly GroupResource Definitions = new("apiextensions.k8s.io", "customresourcedefinitions");

    /// <summary>Finds the target of an autoscaler; null if it does not exist or cannot be scaled.</summary>
    public static ScaleTarget? Find(IObjects objects, IResourceCatalogue catalogue, MapValue autoscaler)
    {
        var reference = autoscaler.Map("spec", "scaleTargetRef") ?? [];
        var kind = GroupVersionKind.Parse(reference.Text("apiVersion") ?? "", reference.Text("kind") ?? "");
        if (catalogue.Find(kind) is not { } info || info.Subresources.All(static one => one.Name != "scale")
            || objects.Get(info.Resource.GroupResource, autoscaler.Text("metadata", "namespace") ?? "", reference.Text("name") ?? "") is not { } stored)
        {
            return null;
        }

        var paths = info.IsCustom ? CustomPaths(objects, info) : (["spec", "replicas"], ["status", "replicas"], null);
        var selector = info.IsCustom ? LabelSelector.Parse(paths.Selector is { } path ? stored.Tree.Text(path) ?? "" : "")
            : info.Kind == "ReplicationController" ? LabelSelector.FromLabels(stored.Tree.Map("spec", "selector"))
            : LabelSelector.FromBody(stored.Tree.Map("spec", "selector"));
        return new(info.Resource.GroupResource, stored, stored.Tree.Int(0, paths.Spec), stored.Tree.Int(0, paths.Status), selector);
    }

    private static (string[] Spec, string[] Status, string[]? Selector) CustomPaths(IObjects objects, ResourceInfo info)
    {
        var scale = objects.Get(Definitions, "", $"{info.Resource.Resource}.{info.Resource.Group}")?.Tree.Maps("spec", "versions")
            .FirstOrDefault(one => one.Text("name") == info.Resource.Version)?.Map("subresources", "scale") ?? [];
        return (Split(scale.Text("specReplicasPath")) ?? ["spec", "replicas"], Split(scale.Text("statusReplicasPath")) ?? ["status", "replicas"], Split(scale.Text("labelSelectorPath")));
    }

    private static string[]? Split(string? path) => string.IsNullOrEmpty(path) ? null : path.TrimStart('.').Split('.');
}
