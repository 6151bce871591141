using System.Collections.Immutable;
using Naru.Objects.Resources;

namespace Naru.Workloads.Tests;

/// <summary>Deployments, with a scale.</summary>
public sealed class FewResources : IResourceCatalogue
{
    public ImmutableArray<ResourceInfo> All { get; } =
    [
        new ResourceInfo
        {
            Resource = new("apps", "v1", "deployments"), Kind = "Deployment", Singular = "deployment", Namespaced = true, Verbs = [], StorageVersion = "v1",
            Subresources = [new SubresourceInfo("scale", new("autoscaling", "v1", "Scale"), [])],
        },
    ];

    public long Generation => 0;

    public ResourceInfo? Find(GroupVersionResource resource) => All.FirstOrDefault(one => one.Resource == resource);

    public ResourceInfo? Find(GroupVersionKind kind) => All.FirstOrDefault(one => one.GroupVersionKind == kind);

    public ResourceInfo? Find(GroupResource resource) => All.FirstOrDefault(one => one.Resource.GroupResource == resource);
}
