using System.Collections.Immutable;
using Naru.Workloads.Pods;

namespace Naru.Workloads.StatefulSets;

/// <summary>A pod of a StatefulSet as the decision needs it.</summary>
internal sealed record SetPod(int Ordinal, string Revision, bool IsAvailable, bool IsReady, bool IsTerminating, bool IsFinished, bool IsPending)
{
    public bool IsHealthy => IsAvailable && !IsTerminating && !IsFinished;

    /// <summary>The pod itself; not part of the decision.</summary>
    public PodFacts Facts { get; init; }
}

/// <summary>A StatefulSet at one moment.</summary>
internal sealed record SetSnapshot
{
    public required int First { get; init; }

    public required int End { get; init; }

    public required bool IsOrdered { get; init; }

    public required bool UpdatesOnDelete { get; init; }

    public required int Partition { get; init; }

    public required int MaxUnavailable { get; init; }

    /// <summary>Revision that pods below the partition keep.</summary>
    public required string CurrentRevision { get; init; }

    /// <summary>The wished revision.</summary>
    public required string UpdateRevision { get; init; }

    public required ImmutableSortedDictionary<int, SetPod> Pods { get; init; }
}

/// <summary>What is to be done with a StatefulSet next: pods to make (with their revision) and pods to delete.</summary>
internal sealed record SetPlan(ImmutableArray<(int Ordinal, string Revision)> Create, ImmutableArray<SetPod> Delete)
{
    public static readonly SetPlan Nothing = new([], []);
}
