namespace Naru.Core.Containers;

/// <summary>Which ends lead to a new start.</summary>
public enum RestartWhen
{
    /// <summary>None.</summary>
    Never,

    /// <summary>Each, also after the engine's own restart.</summary>
    Always,

    /// <summary>Each, but not when a person stopped it.</summary>
    UnlessStopped,

    /// <summary>Only an exit code other than 0.</summary>
    OnFailure,
}

/// <summary>When a container is started again.</summary>
/// <param name="When">Which ends count.</param>
/// <param name="MaximumRetries">For <see cref="RestartWhen.OnFailure"/>: how often; 0: for ever.</param>
public sealed record RestartPolicy(RestartWhen When, int MaximumRetries = 0)
{
    /// <summary>No restarts.</summary>
    public static RestartPolicy Never { get; } = new(RestartWhen.Never);

    /// <summary>The word as it was written where two words mean the same (<c>no</c> and empty); kept for the dialect's echo.</summary>
    public string Word { get; init; } = "";
}
