using System.Collections.Immutable;

namespace Naru.Scheduling.Filters;

/// <summary>Who refuses; what must change before a refused pod is worth another try.</summary>
[Flags]
internal enum RefusedBy
{
    None = 0,
    Unschedulable = 1,
    NodeName = 2,
    Taints = 4,
    NodeAffinity = 8,
    Ports = 16,
    Resources = 32,
    Volumes = 64,
    Spread = 128,
    PodAffinity = 256,
}

/// <summary>Why a node does not take a pod. Nodes that refuse for the same reasons share one.</summary>
/// <param name="By">The filter.</param>
/// <param name="Reasons">Sentences; a node counts under each.</param>
/// <param name="Final">Pushing other pods out cannot help.</param>
internal sealed record Refusal(RefusedBy By, ImmutableArray<string> Reasons, bool Final)
{
    public Refusal(RefusedBy by, string reason, bool final)
        : this(by, [reason], final)
    {
    }
}
