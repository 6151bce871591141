using System.Collections.Immutable;

namespace Naru.Core.Events;

/// <summary>Something happened on this host. Types and actions are Docker's words, since its users filter by them.</summary>
public sealed record EngineEvent
{
    /// <summary><c>container</c>, <c>image</c>, <c>network</c>, <c>volume</c>, <c>builder</c>, <c>daemon</c>.</summary>
    public required string Type { get; init; }

    /// <summary><c>create</c>, <c>start</c>, <c>die</c>, <c>exec_start: ls</c> and so on.</summary>
    public required string Action { get; init; }

    /// <summary>Id of the thing.</summary>
    public required string ActorId { get; init; }

    /// <summary>Name, image, labels, exit code.</summary>
    public ImmutableSortedDictionary<string, string> Attributes { get; init; } = ImmutableSortedDictionary<string, string>.Empty;

    /// <summary>When; set by the bus.</summary>
    public DateTimeOffset At { get; init; }

    /// <summary>When, nanoseconds since 1970, strictly rising; set by the bus.</summary>
    public long UnixNanoseconds { get; init; }
}
