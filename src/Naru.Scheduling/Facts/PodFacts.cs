using Naru.Scheduling.State;

namespace Naru.Scheduling.Facts;

/// <summary>What the scheduler needs to know of one pod. Never changes.</summary>
internal sealed record PodFacts
{
    public required string Namespace { get; init; }

    public required string Name { get; init; }

    public string Uid { get; init; } = "";

    /// <summary>Revision of the object that was read; 0 if it was not read from the store.</summary>
    public long Revision { get; init; }

    public required PodClass Class { get; init; }

    /// <summary>Node that it is bound to; empty while it waits.</summary>
    public string Node { get; init; } = "";

    public string Scheduler { get; init; } = "";

    public int Priority { get; init; }

    /// <summary>It must not push others out.</summary>
    public bool NeverPreempts { get; init; }

    /// <summary>Creation, as the API writes times: compares as text.</summary>
    public string Created { get; init; } = "";

    public bool Deleting { get; init; }

    /// <summary>It has ended and takes nothing any more.</summary>
    public bool Ended { get; init; }

    /// <summary>It has gates and must not be placed yet.</summary>
    public bool Gated { get; init; }

    /// <summary>Node that is being cleared for it; empty for none.</summary>
    public string Nominated { get; init; } = "";

    /// <summary>Claims for volumes, by name.</summary>
    public string[] Claims { get; init; } = [];

    public (string, string) Key => (Namespace, Name);
}
