using System.Collections.Immutable;
using Naru.Core.Containers;

namespace Naru.Core.Images;

/// <summary>What an image says about how to run it (OCI image specification, image configuration, "config", with Docker's further fields).</summary>
public sealed record ImageConfig
{
    /// <summary><c>user[:group]</c>.</summary>
    public string User { get; init; } = "";

    /// <summary>Ports it serves, <c>80/tcp</c>.</summary>
    public ImmutableArray<string> ExposedPorts { get; init; } = [];

    /// <summary><c>NAME=value</c>.</summary>
    public ImmutableArray<string> Environment { get; init; } = [];

    /// <summary>Entry point; null: none.</summary>
    public ImmutableArray<string>? Entrypoint { get; init; }

    /// <summary>Default arguments; null: none.</summary>
    public ImmutableArray<string>? Command { get; init; }

    /// <summary>Paths that get a volume.</summary>
    public ImmutableArray<string> Volumes { get; init; } = [];

    /// <summary>Working directory.</summary>
    public string WorkingDirectory { get; init; } = "";

    /// <summary>Labels; null: none given.</summary>
    public ImmutableSortedDictionary<string, string>? Labels { get; init; }

    /// <summary>Signal that asks it to stop; empty: SIGTERM.</summary>
    public string StopSignal { get; init; } = "";

    /// <summary>Time until SIGKILL; null: not said.</summary>
    public TimeSpan? StopTimeout { get; init; }

    /// <summary>Health probe; null: none.</summary>
    public HealthCheckSpec? HealthCheck { get; init; }

    /// <summary>Instructions for images built on this one.</summary>
    public ImmutableArray<string> OnBuild { get; init; } = [];

    /// <summary>Shell of the shell forms; null: <c>/bin/sh -c</c>.</summary>
    public ImmutableArray<string>? Shell { get; init; }

    /// <summary>The entry point was written in a shell form on Windows; echoed only.</summary>
    public bool ArgumentsEscaped { get; init; }
}
