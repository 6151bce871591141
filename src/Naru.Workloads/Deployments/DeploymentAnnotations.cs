using System.Globalization;
using Naru.Objects.Values;
using Naru.Workloads.Objects;

namespace Naru.Workloads.Deployments;

/// <summary>What a Deployment and its ReplicaSets tell each other in annotations, which kubectl reads too.</summary>
internal static class DeploymentAnnotations
{
    public const string Revision = "deployment.kubernetes.io/revision";
    public const string RevisionHistory = "deployment.kubernetes.io/revision-history";
    public const string DesiredReplicas = "deployment.kubernetes.io/desired-replicas";
    public const string MaxReplicas = "deployment.kubernetes.io/max-replicas";
    public const string HashLabel = "pod-template-hash";

    private static readonly HashSet<string> Own =
        ["kubectl.kubernetes.io/last-applied-configuration", Revision, RevisionHistory, DesiredReplicas, MaxReplicas, "deprecated.deployment.rollback.to"];

    /// <summary>Brings a ReplicaSet's annotations up to date: those of the deployment, its revision, the sizes. Says if anything changed.</summary>
    public static bool Update(MapValue set, MapValue deployment, long revision, DeploymentSpec spec)
    {
        var annotations = set.MakeMap("metadata").MakeMap("annotations");
        var before = annotations.CloneMap();
        foreach (var (name, value) in deployment.Map("metadata", "annotations") ?? [])
        {
            if (!Own.Contains(name))
            {
                annotations[name] = value;
            }
        }

        SetRevision(annotations, revision);
        SetSizes(annotations, spec);
        return !annotations.DeepEquals(before);
    }

    /// <summary>Notes the sizes that shares are counted from when the deployment is scaled.</summary>
    public static void SetSizes(MapValue annotations, DeploymentSpec spec)
    {
        annotations[DesiredReplicas] = spec.Replicas.Text();
        annotations[MaxReplicas] = (spec.Replicas + spec.Policy.Surge).Text();
    }

    private static void SetRevision(MapValue annotations, long revision)
    {
        var old = annotations.Text(Revision);
        if (long.TryParse(old, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= revision)
        {
            return;
        }

        annotations[Revision] = revision.Text();
        if (old is { Length: > 0 })
        {
            var history = annotations.Text(RevisionHistory) is { Length: > 0 } earlier ? earlier.Split(',').ToList() : [];
            history.Add(old);
            annotations[RevisionHistory] = string.Join(',', history.TakeLast(20));
        }
    }
}
