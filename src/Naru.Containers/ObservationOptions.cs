using Naru.Containers.Collection;
using Naru.Containers.Events;
using Naru.Containers.Logs;

namespace Naru.Containers;

/// <summary>What a configuration says about events, logs and collection.</summary>
public sealed record ObservationOptions
{
    /// <summary>History of events.</summary>
    public EventOptions Events { get; init; } = new();

    /// <summary>Bounds of containers' logs.</summary>
    public LogOptions Logs { get; init; } = new();

    /// <summary>Which containers a collection may take.</summary>
    public CollectionOptions Collection { get; init; } = new();
}
