using Naru.Objects.Resources;
using Naru.Objects.Values;

namespace Naru.Admission.Security;

/// <summary>Where the pods of a workload are described.</summary>
internal static class PodTemplates
{
    private static readonly Dictionary<GroupResource, string[]> Paths = new()
    {
        [new("", "podtemplates")] = ["template"],
        [new("", "replicationcontrollers")] = ["spec", "template"],
        [new("apps", "replicasets")] = ["spec", "template"],
        [new("apps", "deployments")] = ["spec", "template"],
        [new("apps", "statefulsets")] = ["spec", "template"],
        [new("apps", "daemonsets")] = ["spec", "template"],
        [new("batch", "jobs")] = ["spec", "template"],
        [new("batch", "cronjobs")] = ["spec", "jobTemplate", "spec", "template"],
    };

    public static bool Has(GroupResource resource) => Paths.ContainsKey(resource);

    public static PodView? Of(GroupResource resource, MapValue body) =>
        body.Map(Paths[resource]) is { } template ? new PodView(template.Map("metadata") ?? new MapValue(), template.Map("spec") ?? new MapValue()) : null;
}
