using System.Globalization;
using Naru.Controllers.Runtime;
using Naru.Objects.Api;
using Naru.Objects.Values;
using Naru.Workloads.Objects;

namespace Naru.Workloads.Deployments;

/// <summary>What a Deployment needs to know of one of its ReplicaSets.</summary>
internal sealed record ReplicaSetFacts(StoredObject Stored)
{
    public string Name => Stored.Name;

    public MapValue Template => Stored.Tree.Map("spec", "template") ?? [];

    /// <summary>Pods that it is asked for.</summary>
    public int Replicas { get; init; } = Stored.Tree.Int(1, "spec", "replicas");

    /// <summary>Pods that it has.</summary>
    public int Existing => Stored.Tree.Int(0, "status", "replicas");

    public int Ready => Stored.Tree.Int(0, "status", "readyReplicas");

    public int Available => Stored.Tree.Int(0, "status", "availableReplicas");

    public int Terminating => Stored.Tree.Int(0, "status", "terminatingReplicas");

    public DateTimeOffset Created => Stored.Tree.Time("metadata", "creationTimestamp") ?? DateTimeOffset.MinValue;

    public bool IsDeleting => Stored.IsEnding;

    public bool IsObserved => (Stored.Tree.Integer("status", "observedGeneration") ?? 0) >= (Stored.Tree.Integer("metadata", "generation") ?? 0);

    public long Revision => long.TryParse(Annotation(DeploymentAnnotations.Revision), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0;

    public int? MostReplicas => int.TryParse(Annotation(DeploymentAnnotations.MaxReplicas), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;

    public int? DesiredReplicas => int.TryParse(Annotation(DeploymentAnnotations.DesiredReplicas), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;

    private string? Annotation(string name) => Stored.Tree.Map("metadata", "annotations")?.Text(name);
}
