namespace Naru.Workloads.Rollouts;

/// <summary>Where a rollout stands.</summary>
public sealed record RolloutState
{
    /// <summary>How many there are to be.</summary>
    public required int Wished { get; init; }

    /// <summary>New ones that exist or are asked for.</summary>
    public required int New { get; init; }

    /// <summary>New ones that are available.</summary>
    public required int NewAvailable { get; init; }

    /// <summary>Old ones that exist or are asked for.</summary>
    public required int Old { get; init; }

    /// <summary>Old ones that are available.</summary>
    public required int OldAvailable { get; init; }

    /// <summary>New ones that failed since the rollout began.</summary>
    public int NewFailed { get; init; }

    /// <summary>When the newest wave started; null before the first.</summary>
    public DateTimeOffset? WaveStarted { get; init; }
}

/// <summary>The next step of a rollout.</summary>
public sealed record RolloutPlan
{
    /// <summary>So many new ones are to be started.</summary>
    public int Start { get; init; }

    /// <summary>So many new ones are too many and are to be stopped.</summary>
    public int StopNew { get; init; }

    /// <summary>So many old ones that are not available are to be stopped: they serve nobody.</summary>
    public int StopBroken { get; init; }

    /// <summary>So many old ones that are available are to be stopped.</summary>
    public int StopServing { get; init; }

    /// <summary>How it stands.</summary>
    public RolloutOutcome Outcome { get; init; }

    /// <summary>When to look again though nothing changed; null: when something changes.</summary>
    public TimeSpan? LookAgain { get; init; }

    /// <summary>There is something to do.</summary>
    public bool HasSteps => Start > 0 || StopNew > 0 || StopBroken > 0 || StopServing > 0;
}

/// <summary>How a rollout stands.</summary>
public enum RolloutOutcome
{
    /// <summary>On its way.</summary>
    Progressing,

    /// <summary>All are new and available.</summary>
    Complete,

    /// <summary>Too many failed: it waits for a new wish.</summary>
    Paused,

    /// <summary>Too many failed: the old form is to be the wish again.</summary>
    RollBack,
}
