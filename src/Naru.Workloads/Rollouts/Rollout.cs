namespace Naru.Workloads.Rollouts;

/// <summary>
/// The rollout engine. Pure: where a rollout stands gives the next step. Laws: old and new together never exceed wished plus surge (unless more existed before); stopping never brings the
/// available ones below wished minus unavailable; whenever what is started becomes available it ends.
/// </summary>
public static class Rollout
{
    /// <summary>Surge and unavailable, at least one of which must be above zero for anything to move: unavailable is, if neither.</summary>
    public static (int Surge, int Unavailable) Budget(int surge, int unavailable, int wished) =>
        (surge, surge == 0 && unavailable == 0 ? 1 : Math.Min(unavailable, wished));

    /// <summary>How many new ones may be started now, however they are spread.</summary>
    public static int Room(RolloutPolicy policy, RolloutState state)
    {
        var surge = policy.Order == RolloutOrder.StopFirst ? 0 : Math.Max(policy.Surge, policy.Order == RolloutOrder.StartFirst ? 1 : 0);
        var room = Math.Min(state.Wished - state.New, state.Wished + surge - state.New - state.Old);
        if (policy.Wave > 0)
        {
            room = Math.Min(room, policy.Wave - (state.New - state.NewAvailable));
        }

        return Math.Max(0, room);
    }

    /// <summary>The next step.</summary>
    public static RolloutPlan Decide(RolloutPolicy policy, RolloutState state, DateTimeOffset now)
    {
        if (state.New >= state.Wished && state.Old == 0 && state.NewAvailable >= state.Wished)
        {
            return Finish(policy, state, now);
        }

        if (HasFailed(policy, state))
        {
            return Failed(policy);
        }

        if (state.New > state.Wished)
        {
            return new RolloutPlan { StopNew = state.New - state.Wished };
        }

        // 1. Old ones that serve nobody make room first, as far as new ones on their way are not counted on.
        var wave = WaitForWave(policy, state, now);
        var least = state.Wished - Unavailable(policy);
        var spare = Math.Max(0, state.New + state.Old - least - (state.New - state.NewAvailable));
        var broken = Math.Min(spare, state.Old - state.OldAvailable);

        // 2. Then old ones that serve, as far as enough stay available.
        var serving = Math.Max(0, Math.Min(state.OldAvailable, Math.Min(spare - broken, state.NewAvailable + state.OldAvailable - least)));

        // 3. A wave takes no more out than it puts in.
        if (policy.Wave > 0 && policy.Order != RolloutOrder.StartFirst)
        {
            var open = Math.Max(0, Math.Max(0, policy.Wave - (state.New - state.NewAvailable)) - Math.Max(0, state.Wished - state.New - state.Old));
            broken = Math.Min(broken, open);
            serving = Math.Min(serving, open - broken);
        }

        if (wave is { } wait)
        {
            // Between two waves nothing starts; what a start-first wave has replaced may go.
            return policy.Order == RolloutOrder.StartFirst
                ? new RolloutPlan { StopBroken = broken, StopServing = serving, LookAgain = wait }
                : new RolloutPlan { LookAgain = wait };
        }

        return new RolloutPlan { Start = Room(policy, state), StopBroken = broken, StopServing = serving };
    }

    private static int Unavailable(RolloutPolicy policy) => policy.Order switch
    {
        RolloutOrder.StartFirst => 0,
        RolloutOrder.StopFirst => Math.Max(1, policy.Unavailable),
        _ => policy.Surge == 0 && policy.Unavailable == 0 ? 1 : policy.Unavailable,
    };

    private static bool HasFailed(RolloutPolicy policy, RolloutState state) =>
        policy.OnFailure != RolloutFailureAction.Continue && state.NewFailed > 0 && state.NewFailed > policy.FailureRatio * state.Wished;

    private static RolloutPlan Failed(RolloutPolicy policy) =>
        new() { Outcome = policy.OnFailure == RolloutFailureAction.Rollback ? RolloutOutcome.RollBack : RolloutOutcome.Paused };

    private static RolloutPlan Finish(RolloutPolicy policy, RolloutState state, DateTimeOffset now)
    {
        if (HasFailed(policy, state))
        {
            return Failed(policy);
        }

        var watched = state.WaveStarted is { } started ? started + policy.Monitor - now : TimeSpan.Zero;
        var stopNew = state.New - state.Wished;
        return watched > TimeSpan.Zero && policy.OnFailure != RolloutFailureAction.Continue
            ? new RolloutPlan { StopNew = stopNew, LookAgain = watched }
            : new RolloutPlan { StopNew = stopNew, Outcome = stopNew > 0 ? RolloutOutcome.Progressing : RolloutOutcome.Complete };
    }

    private static TimeSpan? WaitForWave(RolloutPolicy policy, RolloutState state, DateTimeOffset now)
    {
        var pause = policy.Delay > policy.Monitor ? policy.Delay : policy.Monitor;
        return state.WaveStarted is { } started && started + pause > now ? started + pause - now : null;
    }
}
