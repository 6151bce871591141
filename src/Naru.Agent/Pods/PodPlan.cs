using System.Collections.Immutable;

namespace Naru.Agent.Pods;

/// <summary>What is to be done about a pod now.</summary>
internal sealed record PodPlan
{
    /// <summary>Nothing of it may run any more.</summary>
    public bool Ends { get; init; }

    /// <summary>The phase it ends with; empty: not by itself.</summary>
    public string Outcome { get; init; } = "";

    /// <summary>Attempt of a sandbox to be made; null: none.</summary>
    public int? MakeSandbox { get; init; }

    /// <summary>Containers to be killed, and why.</summary>
    public ImmutableArray<PodKill> Kills { get; init; } = [];

    /// <summary>Containers to be started, in this order.</summary>
    public ImmutableArray<PodStart> Starts { get; init; } = [];

    /// <summary>When the pod is to be looked at again at the latest.</summary>
    public DateTimeOffset? WakeAt { get; init; }
}

/// <summary>A container to be killed.</summary>
internal sealed record PodKill(PodContainer Container, string Why, bool IsForHealth = false);

/// <summary>A container to be started.</summary>
internal sealed record PodStart(PodMember Member, int Attempt);
