using Naru.Objects.Values;
using Naru.Scheduling.Facts;
using Naru.Scheduling.Queueing;

namespace Naru.Scheduling.Running;

/// <summary>What is to be written for a pod.</summary>
internal sealed record Decision(QueuedPod Pod)
{
    /// <summary>Where it goes; null if nowhere yet.</summary>
    public string? Node { get; init; }

    /// <summary>Claims that get their volumes with this place: the volume, or null for one that is to be made.</summary>
    public IReadOnlyList<(MapValue Claim, string? Volume)> Volumes { get; init; } = [];

    /// <summary>Why it goes nowhere.</summary>
    public string Message { get; init; } = "";

    /// <summary>The node that is cleared for it; empty for none.</summary>
    public string Nominated { get; init; } = "";

    /// <summary>The pods that go for it.</summary>
    public IReadOnlyList<PodFacts> Victims { get; init; } = [];
}
