using Naru.Objects.Api;
using Naru.Objects.Values;
using Naru.Workloads.Pods;
using Naru.Workloads.Rollouts;

namespace Naru.Workloads.Deployments;

/// <summary>A deployment and its sets at one moment.</summary>
internal sealed record DeploymentSnapshot
{
    public required StoredObject Stored { get; init; }

    public required DeploymentSpec Spec { get; init; }

    /// <summary>The set of the wished template; null if there is none yet.</summary>
    public required ReplicaSetFacts? New { get; init; }

    /// <summary>The other sets, oldest first.</summary>
    public required IReadOnlyList<ReplicaSetFacts> Old { get; init; }

    public IEnumerable<ReplicaSetFacts> All => New is null ? Old : Old.Append(New);

    public long? Collisions => Stored.Tree.Integer("status", "collisionCount");

    public RolloutState State => new()
    {
        Wished = Spec.Replicas,
        New = New?.Replicas ?? 0,
        NewAvailable = Math.Min(New?.Available ?? 0, New?.Replicas ?? 0),
        Old = Old.Sum(static one => one.Replicas),
        OldAvailable = Old.Sum(static one => Math.Min(one.Available, one.Replicas)),
    };

    public static DeploymentSnapshot Of(StoredObject stored, DeploymentSpec spec, IEnumerable<StoredObject> sets)
    {
        var all = sets.Select(static one => new ReplicaSetFacts(one)).OrderBy(static one => one.Created).ThenBy(static one => one.Name, StringComparer.Ordinal).ToList();
        var chosen = all.Find(one => PodTemplates.AreEqual(one.Template, spec.Template, DeploymentAnnotations.HashLabel));
        return new DeploymentSnapshot { Stored = stored, Spec = spec, New = chosen, Old = all.FindAll(one => one != chosen) };
    }
}
