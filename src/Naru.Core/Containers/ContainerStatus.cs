using Naru.Core.Networks;

namespace Naru.Core.Containers;

/// <summary>What a container is doing; written by the engine alone.</summary>
public sealed record ContainerStatus
{
    /// <summary>Where it is in its life.</summary>
    public required ContainerPhase Phase { get; init; }

    /// <summary>Host process id of the first process; 0: none lives.</summary>
    public int Pid { get; init; }

    /// <summary>Exit code of the last run; 128 + signal when a signal ended it.</summary>
    public int ExitCode { get; init; }

    /// <summary>Why the last start failed; empty otherwise.</summary>
    public string Error { get; init; } = "";

    /// <summary>The last run lost a process to the out-of-memory killer.</summary>
    public bool OomKilled { get; init; }

    /// <summary>Begin of the last run; null: never started.</summary>
    public DateTimeOffset? StartedAt { get; init; }

    /// <summary>End of the last run; null: none ended yet.</summary>
    public DateTimeOffset? FinishedAt { get; init; }

    /// <summary>How often its policy has started it again.</summary>
    public int RestartCount { get; init; }

    /// <summary>A person stopped it; <see cref="RestartWhen.UnlessStopped"/> respects that across the engine's restarts.</summary>
    public bool StoppedByUser { get; init; }

    /// <summary>Health; null: not probed.</summary>
    public Health? Health { get; init; }

    /// <summary>Who its first process is, inside; null: never started by this version of the engine.</summary>
    public ProcessUser? User { get; init; }

    /// <summary>Networks as they are; <see cref="SandboxNetwork.None"/> while stopped.</summary>
    public SandboxNetwork Network { get; init; } = SandboxNetwork.None;
}
