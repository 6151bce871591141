namespace Naru.Workloads.Rollouts;

/// <summary>How a workload is brought from an old form to a new one. One policy for all dialects: a Deployment uses surge and unavailable, a Swarm service wave, delay, monitor and
/// failure action, an ECS service surge, unavailable and rollback.</summary>
public sealed record RolloutPolicy
{
    /// <summary>At most so many new ones may be on their way (started and not yet available) at once; 0: no limit.</summary>
    public int Wave { get; init; }

    /// <summary>So many more than wished may exist meanwhile.</summary>
    public int Surge { get; init; }

    /// <summary>So many fewer than wished may be available meanwhile.</summary>
    public int Unavailable { get; init; }

    /// <summary>Whether a new one starts before or after an old one stops where both are possible.</summary>
    public RolloutOrder Order { get; init; } = RolloutOrder.Both;

    /// <summary>Time between two waves.</summary>
    public TimeSpan Delay { get; init; }

    /// <summary>How long a wave is watched for failures after it started, before the next one and before the end.</summary>
    public TimeSpan Monitor { get; init; }

    /// <summary>What happens when too many new ones failed.</summary>
    public RolloutFailureAction OnFailure { get; init; } = RolloutFailureAction.Continue;

    /// <summary>The share of new ones that may fail, 0 to 1.</summary>
    public double FailureRatio { get; init; }
}

/// <summary>What goes first.</summary>
public enum RolloutOrder
{
    /// <summary>Whatever the budget allows, both at once.</summary>
    Both,

    /// <summary>Old ones stop, then new ones start: never more than wished.</summary>
    StopFirst,

    /// <summary>New ones start and become available, then old ones stop: never fewer than wished.</summary>
    StartFirst,
}

/// <summary>What happens when too many new ones failed.</summary>
public enum RolloutFailureAction
{
    /// <summary>Go on.</summary>
    Continue,

    /// <summary>Stop where it is until somebody changes the wish.</summary>
    Pause,

    /// <summary>Go back to the old form.</summary>
    Rollback,
}
