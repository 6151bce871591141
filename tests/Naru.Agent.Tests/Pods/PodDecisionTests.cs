using Naru.Agent.Pods;
using Naru.Core.Containers;
using static Naru.Agent.Tests.Pods.PodFixture;

namespace Naru.Agent.Tests.Pods;

public sealed class PodDecisionTests
{
    private const string OneContainer = """{"containers":[{"name":"app","image":"app:1"}]}""";
    private const string WithInit = """{"initContainers":[{"name":"first","image":"app:1"},{"name":"side","image":"app:1","restartPolicy":"Always"},{"name":"second","image":"app:1"}],"containers":[{"name":"app","image":"app:1"}]}""";

    [Fact]
    public void NewPod_NothingThere_MakesASandboxOnly()
    {
        var plan = PodDecision.Decide(Sight(Pod(OneContainer)));

        Assert.Equal(0, plan.MakeSandbox);
        Assert.Empty(plan.Starts);
    }

    [Fact]
    public void Sandbox_Lives_ContainersStart()
    {
        var plan = PodDecision.Decide(Sight(Pod(OneContainer), Sandbox()));

        Assert.Equal(("app", 0), (Assert.Single(plan.Starts).Member.Name, plan.Starts[0].Attempt));
    }

    [Theory]
    [InlineData("", 0)]
    [InlineData("\"containerStatuses\":[{\"name\":\"app\",\"restartCount\":0,\"state\":{\"waiting\":{}}}]", 0)]
    [InlineData("\"containerStatuses\":[{\"name\":\"app\",\"restartCount\":2,\"containerID\":\"naru://1\"}]", 3)]
    [InlineData("\"containerStatuses\":[{\"name\":\"app\",\"restartCount\":2,\"lastState\":{\"terminated\":{}}}]", 3)]
    public void Container_RemovedBySomebody_CountsOn(string told, int attempt) =>
        Assert.Equal(attempt, Assert.Single(PodDecision.Decide(Sight(Pod(OneContainer, status: told), Sandbox())).Starts).Attempt);

    [Fact]
    public void Sandbox_Died_ContainersGoAndANewOneIsMade()
    {
        var dead = Sandbox(0, ContainerPhase.Exited);

        var plan = PodDecision.Decide(Sight(Pod(OneContainer), dead, Container("app", sandbox: dead)));

        Assert.Equal("app", Assert.Single(plan.Kills).Container.Name);
        Assert.Equal(1, plan.MakeSandbox);
    }

    [Theory]
    [InlineData(42, "app", "")]
    [InlineData(1, "", "Failed")]
    [InlineData(0, "", "Succeeded")]
    public void Rule_OnAnExitCode_GoesBeforeThePolicy(int code, string started, string outcome)
    {
        var pod = Pod("""{"restartPolicy":"Never","containers":[{"name":"app","image":"app:1","restartPolicy":"Never","restartPolicyRules":[{"action":"Restart","exitCodes":{"operator":"In","values":[42]}}]}]}""");

        var plan = PodDecision.Decide(Sight(pod, Sandbox(), Ended("app", code)));

        Assert.Equal((started, outcome), (string.Concat(Names(plan)), plan.Outcome));
    }

    [Theory]
    [InlineData("OnFailure", 1, true)]
    [InlineData("OnFailure", 0, false)]
    [InlineData("Never", 1, false)]
    [InlineData("Always", 0, true)]
    public void Policy_OfAContainer_GoesBeforeThePods(string policy, int code, bool again)
    {
        var pod = Pod("""{"restartPolicy":"Never","containers":[{"name":"app","image":"app:1","restartPolicy":"POLICY"}]}""".Replace("POLICY", policy, StringComparison.Ordinal));

        Assert.Equal(again, Names(PodDecision.Decide(Sight(pod, Sandbox(), Ended("app", code)))).Any());
    }

    [Fact]
    public void Init_ThatARuleStartsAgain_DoesNotFailThePod()
    {
        var pod = Pod("""{"restartPolicy":"Never","initContainers":[{"name":"first","image":"app:1","restartPolicy":"Never","restartPolicyRules":[{"action":"Restart","exitCodes":{"operator":"NotIn","values":[1]}}]}],"containers":[{"name":"app","image":"app:1"}]}""");

        Assert.Equal(["first"], Names(PodDecision.Decide(Sight(pod, Sandbox(), Ended("first", 42)))));
        Assert.Equal("Failed", PodDecision.Decide(Sight(pod, Sandbox(), Ended("first", 1))).Outcome);
    }

    [Fact]
    public void Rule_ForAllContainers_StartsThePodAgainFromItsInitContainers()
    {
        var pod = Pod("""{"restartPolicy":"Never","initContainers":[{"name":"first","image":"app:1"}],"containers":[{"name":"app","image":"app:1","restartPolicy":"Never","restartPolicyRules":[{"action":"RestartAllContainers","exitCodes":{"operator":"In","values":[42]}}]},{"name":"other","image":"app:1"}]}""");
        PodContainer[] one = [Sandbox(), Ended("first", 0), Ended("app", 42)];

        var kills = PodDecision.Decide(Sight(pod, [.. one, Container("other")]));
        var again = PodDecision.Decide(Sight(pod, [.. one, Ended("other", 0)]));
        var onwards = PodDecision.Decide(Sight(pod, [.. one, Ended("other", 0), Later("first", 1, ContainerPhase.Exited)]));

        Assert.Equal(("other", 0), (Assert.Single(kills.Kills).Container.Name, kills.Starts.Length));
        Assert.Equal(("first", 1, ""), (Assert.Single(again.Starts).Member.Name, again.Starts[0].Attempt, again.Outcome));
        Assert.Equal(["app", "other"], Names(onwards));

        static PodContainer Later(string name, int attempt, ContainerPhase phase)
        {
            var made = Container(name, attempt, phase);
            return made with { Engine = made.Engine with { Status = made.Engine.Status with { StartedAt = Now + TimeSpan.FromSeconds(1), FinishedAt = Now + TimeSpan.FromSeconds(2) } } };
        }
    }

    [Fact]
    public void Init_RunsOneAfterAnother()
    {
        var pod = Pod(WithInit);

        Assert.Equal(["first"], Names(PodDecision.Decide(Sight(pod, Sandbox()))));
        Assert.Empty(Names(PodDecision.Decide(Sight(pod, Sandbox(), Container("first")))));
        Assert.Equal(["side"], Names(PodDecision.Decide(Sight(pod, Sandbox(), Ended("first", 0)))));
        Assert.Equal(["second"], Names(PodDecision.Decide(Sight(pod, Sandbox(), Ended("first", 0), Container("side")))));
        Assert.Equal(["app"], Names(PodDecision.Decide(Sight(pod, Sandbox(), Ended("first", 0), Container("side"), Ended("second", 0)))));
    }

    [Fact]
    public void Sidecar_NotStarted_HoldsTheOthersBack()
    {
        var pod = Pod(WithInit.Replace("\"restartPolicy\":\"Always\"", "\"restartPolicy\":\"Always\",\"startupProbe\":{}", StringComparison.Ordinal));

        Assert.Empty(Names(PodDecision.Decide(Sight(pod, Sandbox(), Ended("first", 0), Container("side")))));
    }

    [Fact]
    public void Sidecar_EndsWhileThePodRuns_StartsAgain()
    {
        var plan = PodDecision.Decide(Sight(Pod(WithInit), Sandbox(), Ended("side", 1), Container("app")));

        Assert.Equal(["side"], Names(plan));
    }

    [Fact]
    public void Init_FailsUnderNever_FailsThePod()
    {
        var pod = Pod(WithInit.Replace("{\"initContainers\"", "{\"restartPolicy\":\"Never\",\"initContainers\"", StringComparison.Ordinal));

        var plan = PodDecision.Decide(Sight(pod, Sandbox(), Ended("first", 3)));

        Assert.True(plan.Ends);
        Assert.Equal("Failed", plan.Outcome);
    }

    [Theory]
    [InlineData("Always", 0, true)]
    [InlineData("Always", 1, true)]
    [InlineData("OnFailure", 0, false)]
    [InlineData("OnFailure", 1, true)]
    [InlineData("Never", 0, false)]
    [InlineData("Never", 1, false)]
    public void Ended_RestartPolicy_SaysWhetherItRunsAgain(string policy, int code, bool again)
    {
        var pod = Pod($$"""{"restartPolicy":"{{policy}}","containers":[{"name":"app","image":"app:1"}]}""");

        var plan = PodDecision.Decide(Sight(pod, Sandbox(), Ended("app", code)));

        Assert.Equal(again, plan.Starts.Length == 1 && plan.Starts[0].Attempt == 1);
        Assert.Equal(again ? "" : code == 0 ? "Succeeded" : "Failed", plan.Outcome);
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(1, 10)]
    [InlineData(2, 20)]
    [InlineData(3, 40)]
    [InlineData(9, 300)]
    [InlineData(60, 300)]
    public void Crash_Again_WaitsTwiceAsLong(int attempt, int seconds)
    {
        var sight = Sight(Pod(OneContainer), Sandbox(), Container("app", attempt, ContainerPhase.Exited, 1, ago: TimeSpan.FromMilliseconds(1)));

        var plan = PodDecision.Decide(sight);

        Assert.Equal(seconds == 0, plan.Starts.Length == 1);
        Assert.Equal(seconds == 0 ? null : Now - TimeSpan.FromMilliseconds(1) + TimeSpan.FromSeconds(seconds), plan.WakeAt);
    }

    [Fact]
    public void Probe_Condemns_KillsAndDoesNotStartYet()
    {
        var app = Container("app");
        var sight = Sight(Pod(OneContainer), Sandbox(), app) with { Probes = System.Collections.Immutable.ImmutableDictionary<ContainerId, ProbeVerdict>.Empty.Add(app.Id, new(true, false, "failed liveness probe")) };

        var plan = PodDecision.Decide(sight);

        Assert.Equal("app", Assert.Single(plan.Kills).Container.Name);
        Assert.Empty(plan.Starts);
    }

    [Fact]
    public void Deleted_EndsWhateverRuns()
    {
        var plan = PodDecision.Decide(Sight(Pod(OneContainer, "\"deletionTimestamp\":\"2026-03-01T12:00:00Z\""), Sandbox(), Container("app")));

        Assert.True(plan.Ends);
        Assert.Empty(plan.Starts);
    }

    [Fact]
    public void Failure_NotOver_WaitsForItsTime()
    {
        var until = Now + TimeSpan.FromSeconds(7);
        var sight = Sight(Pod(OneContainer), Sandbox()) with { Failures = System.Collections.Immutable.ImmutableDictionary<string, StartFailure>.Empty.Add("app", new("ErrImagePull", "no", until)) };

        var plan = PodDecision.Decide(sight);

        Assert.Empty(plan.Starts);
        Assert.Equal(until, plan.WakeAt);
    }

    private static PodContainer Ended(string name, int code) => Container(name, 0, ContainerPhase.Exited, code);

    private static IEnumerable<string> Names(PodPlan plan) => plan.Starts.Select(static one => one.Member.Name);
}
