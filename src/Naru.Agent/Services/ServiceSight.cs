using Naru.Objects.Values;

namespace Naru.Agent.Services;

/// <summary>What is known where a service's routes are decided.</summary>
internal sealed record ServiceSight
{
    /// <summary>The service.</summary>
    public required MapValue Service { get; init; }

    /// <summary>Its slices.</summary>
    public required IReadOnlyCollection<MapValue> Slices { get; init; }

    /// <summary>Name of this node.</summary>
    public required string Node { get; init; }

    /// <summary>Zone of this node; empty if it has none.</summary>
    public string Zone { get; init; } = "";

    /// <summary>Where this host's API server is; null: there is none.</summary>
    public ServerPlace? Server { get; init; }
}
