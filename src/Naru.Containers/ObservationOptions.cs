using Naru.Containers.Events;

namespace Naru.Containers;

/// <summary>What a configuration says about events, logs and collection.</summary>
public sealed record ObservationOptions
{
    /// <summary>History of events.</summary>
    public EventOptions Events { get; init; } = new();
}
