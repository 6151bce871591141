using FsCheck;
using FsCheck.Fluent;
using Naru.Workloads.Rollouts;

namespace Naru.Workloads.Tests;

public sealed class RolloutTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Rollout_AnyPolicy_KeepsItsBudgetAndEnds()
    {
        var policies =
            from wished in Gen.Choose(0, 30)
            from surge in Gen.Choose(0, 10)
            from unavailable in Gen.Choose(0, 10)
            from wave in Gen.Choose(0, 5)
            from order in Gen.Elements(RolloutOrder.Both, RolloutOrder.StopFirst, RolloutOrder.StartFirst)
            from delay in Gen.Choose(0, 3)
            from seed in Gen.Choose(0, int.MaxValue - 1)
            select (wished, new RolloutPolicy { Surge = surge, Unavailable = unavailable, Wave = wave, Order = order, Delay = TimeSpan.FromSeconds(delay) }, seed);
        Prop.ForAll(policies.ToArbitrary(), one => Simulate(one.wished, one.Item2, new Random(one.seed))).Check(Config.QuickThrowOnFailure.WithMaxTest(2000));
    }

    [Theory]
    [InlineData(RolloutFailureAction.Pause, RolloutOutcome.Paused)]
    [InlineData(RolloutFailureAction.Rollback, RolloutOutcome.RollBack)]
    [InlineData(RolloutFailureAction.Continue, RolloutOutcome.Progressing)]
    public void Rollout_TooManyFailures_DoesWhatThePolicySays(RolloutFailureAction action, RolloutOutcome expected)
    {
        var state = new RolloutState { Wished = 10, New = 2, NewAvailable = 1, Old = 8, OldAvailable = 8, NewFailed = 2 };

        var plan = Rollout.Decide(new RolloutPolicy { Surge = 1, OnFailure = action, FailureRatio = 0.1 }, state, Start);

        Assert.Equal(expected, plan.Outcome);
    }

    private static bool Simulate(int wished, RolloutPolicy policy, Random random)
    {
        var (fresh, freshAvailable, old, oldAvailable) = (0, 0, wished, wished);
        var surge = policy.Order == RolloutOrder.StopFirst ? 0 : Math.Max(policy.Surge, policy.Order == RolloutOrder.StartFirst || policy.Surge + policy.Unavailable == 0 ? 1 : 0);
        var unavailable = policy.Order == RolloutOrder.StartFirst ? 0 : Math.Max(policy.Unavailable, policy.Surge == 0 || policy.Order == RolloutOrder.StopFirst ? 1 : 0);
        var now = Start;
        DateTimeOffset? wave = null;
        for (var step = 0; step < 2000; step++)
        {
            var plan = Rollout.Decide(policy, new RolloutState { Wished = wished, New = fresh, NewAvailable = freshAvailable, Old = old, OldAvailable = oldAvailable, WaveStarted = wave }, now);
            if (plan.Outcome == RolloutOutcome.Complete)
            {
                return fresh == wished && old == 0;
            }

            wave = plan.Start > 0 ? now : wave;
            (fresh, old, oldAvailable) = (fresh + plan.Start - plan.StopNew, old - plan.StopBroken - plan.StopServing, oldAvailable - plan.StopServing);
            if (fresh + old > wished + surge || freshAvailable + oldAvailable < wished - unavailable)
            {
                return false;
            }

            now += TimeSpan.FromSeconds(1);
            freshAvailable = random.Next(3) == 0 ? fresh : Math.Min(fresh, freshAvailable + random.Next(2));
        }

        return false;
    }
}
