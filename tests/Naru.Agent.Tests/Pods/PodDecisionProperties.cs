using FsCheck;
using FsCheck.Fluent;
using Naru.Agent.Pods;
using Naru.Core.Containers;
using static Naru.Agent.Tests.Pods.PodFixture;

namespace Naru.Agent.Tests.Pods;

/// <summary>What holds of every decision, whatever is found.</summary>
public sealed class PodDecisionProperties
{
    private static readonly string[] Names = ["first", "side", "app", "other"];

    [Fact]
    public void Plans_NeverStartWhatLivesNorTooEarly() => Check.One(Config.QuickThrowOnFailure, Prop.ForAll(Sights(), static sight =>
    {
        var plan = PodDecision.Decide(sight);
        return plan.Starts.All(start => sight.Latest(start.Member.Name) is not { IsLive: true })
            && plan.Starts.Select(static start => start.Member.Name).Distinct().Count() == plan.Starts.Length
            && (plan.Starts.IsEmpty || sight.Sandbox is { IsLive: true })
            && (!plan.Ends || plan.Starts.IsEmpty)
            && (plan.WakeAt is null || plan.WakeAt > sight.Now);
    }));

    [Fact]
    public void Plans_StartMainContainersOnlyAfterTheInitContainers() => Check.One(Config.QuickThrowOnFailure, Prop.ForAll(Sights(), static sight =>
    {
        var plan = PodDecision.Decide(sight);
        var begun = sight.Pod.Members.Any(one => one.Kind == MemberKind.Main && sight.Latest(one.Name)?.Sandbox == sight.Sandbox?.Id.Value);
        return begun || !plan.Starts.Any(static start => start.Member.Kind == MemberKind.Main) || sight.Latest("first") is { Succeeded: true };
    }));

    [Fact]
    public void Plans_OfTheSameSight_AreTheSame() => Check.One(Config.QuickThrowOnFailure, Prop.ForAll(Sights(), static sight =>
    {
        var (one, two) = (PodDecision.Decide(sight), PodDecision.Decide(sight));
        return one.Ends == two.Ends && one.Outcome == two.Outcome && one.MakeSandbox == two.MakeSandbox && one.Starts.SequenceEqual(two.Starts) && one.WakeAt == two.WakeAt;
    }));

    private static Arbitrary<PodSight> Sights()
    {
        var containers =
            from name in Gen.Elements(Names)
            from attempt in Gen.Choose(0, 3)
            from phase in Gen.Elements(ContainerPhase.Running, ContainerPhase.Exited, ContainerPhase.Created)
            from code in Gen.Choose(0, 1)
            from seconds in Gen.Choose(0, 120)
            select Container(name, attempt, phase, code, ago: TimeSpan.FromSeconds(seconds));
        var sights =
            from policy in Gen.Elements("Always", "OnFailure", "Never")
            from lives in Gen.Elements(true, true, false)
            from some in Gen.ListOf(containers)
            select Sight(
                Pod($$"""{"restartPolicy":"{{policy}}","initContainers":[{"name":"first","image":"a"},{"name":"side","image":"a","restartPolicy":"Always"}],"containers":[{"name":"app","image":"a"},{"name":"other","image":"a"}]}"""),
                [Sandbox(0, lives ? ContainerPhase.Running : ContainerPhase.Exited), .. some.DistinctBy(static one => (one.Name, one.Attempt))]);
        return Arb.From(sights);
    }
}
