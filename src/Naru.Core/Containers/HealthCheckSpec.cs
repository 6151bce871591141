using System.Collections.Immutable;

namespace Naru.Core.Containers;

/// <summary>How a container's health is probed. The same shape in an image's configuration and in what a caller asks.</summary>
public sealed record HealthCheckSpec
{
    /// <summary>Empty: the image's; <c>NONE</c>: no probe; <c>CMD</c>, arguments…; or <c>CMD-SHELL</c>, one command line.</summary>
    public ImmutableArray<string> Test { get; init; } = [];

    /// <summary>Between the end of a probe and the next; null: 30 s.</summary>
    public TimeSpan? Interval { get; init; }

    /// <summary>How long a probe may take; null: 30 s.</summary>
    public TimeSpan? Timeout { get; init; }

    /// <summary>Failures in this time after the start do not count; null: none.</summary>
    public TimeSpan? StartPeriod { get; init; }

    /// <summary>Interval during the start period; null: 5 s.</summary>
    public TimeSpan? StartInterval { get; init; }

    /// <summary>Failures in a row that make it unhealthy; null: 3.</summary>
    public int? Retries { get; init; }

    /// <summary>True when probing is switched off.</summary>
    public bool IsDisabled => Test is ["NONE", ..];
}
