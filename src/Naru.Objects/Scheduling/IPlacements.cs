using Naru.Objects.Values;

namespace Naru.Objects.Scheduling;

/// <summary>What the scheduler knows, for dialects: why a pod would (not) get a place, and what is free. Any thread.</summary>
public interface IPlacements
{
    /// <summary>Where a pod would go now. Nothing is changed; the pod need not exist.</summary>
    Task<PlacementAnswer> ExplainAsync(MapValue pod, CancellationToken cancellationToken);

    /// <summary>What is free on each node now.</summary>
    Task<IReadOnlyList<NodeRoom>> ListRoomAsync(CancellationToken cancellationToken);
}

/// <summary>Where a pod would go.</summary>
/// <param name="Node">The node; null if none would take it.</param>
/// <param name="Message">Kubernetes' sentence on why none would; empty if one would.</param>
/// <param name="Refusals">What each node that would not take it says.</param>
public sealed record PlacementAnswer(string? Node, string Message, IReadOnlyDictionary<string, IReadOnlyList<string>> Refusals);

/// <summary>What is free on a node: processor in thousandths, the others in whole units.</summary>
public sealed record NodeRoom(string Node, bool Schedulable, IReadOnlyDictionary<string, long> Allocatable, IReadOnlyDictionary<string, long> Free, long FreePods);
