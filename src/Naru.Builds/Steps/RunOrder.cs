using System.Collections.Immutable;
using Naru.Builds.Stages;
using Naru.Core.Builds;

namespace Naru.Builds.Steps;

/// <summary>A command to run in a container on a state's layers.</summary>
internal sealed record RunOrder
{
    public required BuildJob Job { get; init; }

    public required BuildStep Step { get; init; }

    public required StageState State { get; init; }

    public required ImmutableArray<string> Command { get; init; }

    public RunScript? Script { get; init; }

    /// <summary>The command in the message of a failure.</summary>
    public required string Shown { get; init; }

    public required ImmutableArray<string> Environment { get; init; }

    public required string Network { get; init; }

    public bool Privileged { get; init; }

    public required PreparedMounts Mounts { get; init; }
}
