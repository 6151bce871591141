using Naru.Objects.Api;
using Naru.Objects.Values;

namespace Naru.Agent.Tests.Running;

public sealed class EndingTests
{
    [Fact]
    public async Task Sidecar_HookRunsAtOnce_AndItsSignalComesAfterTheOthers()
    {
        await using var agent = new AgentHarness().Start();
        agent.Engine.EndsAtTerm = static name => name != "app";
        await agent.PodAsync("web", """{"terminationGracePeriodSeconds":10,"initContainers":[{"name":"side","image":"app:1","restartPolicy":"Always","lifecycle":{"preStop":{"sleep":{"seconds":9}}}}],"containers":[{"name":"app","image":"app:1"}]}""");
        await ReadyAsync(agent);
        var begun = agent.Time.GetUtcNow();

        await agent.Objects.DeleteAsync(AgentResources.Pods, "shop", "web", new DeleteOptions(), CancellationToken.None);
        await agent.PassesUntilAsync(() => agent.Status("web") is null, "the pod is gone");

        Assert.Equal(["app TERM", "side TERM", "app KILL"], agent.Engine.Signals.Order(StringComparer.Ordinal).OrderBy(static one => one.EndsWith("KILL", StringComparison.Ordinal)));
        Assert.Equal("app TERM", agent.Engine.Signals[0]);
        Assert.InRange(agent.Time.GetUtcNow() - begun, TimeSpan.FromSeconds(9), TimeSpan.FromSeconds(120));
    }

    [Fact]
    public async Task Pod_ThatIgnoresItsSignals_EndsWithItsGraceHoweverManySidecarsItHas()
    {
        await using var agent = new AgentHarness().Start();
        agent.Engine.EndsAtTerm = static _ => false;
        await agent.PodAsync("web", """
            {"terminationGracePeriodSeconds":60,"initContainers":[{"name":"one","image":"app:1","restartPolicy":"Always"},{"name":"two","image":"app:1","restartPolicy":"Always"}],
             "containers":[{"name":"app","image":"app:1"}]}
            """);
        await ReadyAsync(agent);
        var begun = agent.Time.GetUtcNow();

        await agent.Objects.DeleteAsync(AgentResources.Pods, "shop", "web", new DeleteOptions(), CancellationToken.None);
        await agent.PassesUntilAsync(() => agent.Status("web") is null, "the pod is gone");

        Assert.Contains("two KILL", agent.Engine.Signals);

        // One grace after another would be three times sixty; the clock runs on while the agent works.
        Assert.InRange(agent.Time.GetUtcNow() - begun, TimeSpan.FromSeconds(60), TimeSpan.FromSeconds(170));
    }

    [Fact]
    public async Task Hook_ThatHangs_IsTold()
    {
        await using var agent = new AgentHarness().Start();
        await agent.PodAsync("web", """{"terminationGracePeriodSeconds":5,"containers":[{"name":"app","image":"app:1","lifecycle":{"preStop":{"sleep":{"seconds":600}}}}]}""");
        await ReadyAsync(agent);

        await agent.Objects.DeleteAsync(AgentResources.Pods, "shop", "web", new DeleteOptions(), CancellationToken.None);
        await agent.PassesUntilAsync(() => agent.Objects.List(AgentResources.Events).Any(static one => one.Tree.Text("reason") == "FailedPreStopHook"), "the hook is told of");
    }

    [Fact]
    public async Task Pod_Evicted_GivesBackWhatItsContainersWrote_AndItsStatusStays()
    {
        await using var agent = new AgentHarness().Start();
        await agent.PodAsync("web", """{"containers":[{"name":"app","image":"app:1"}]}""");
        await ReadyAsync(agent);

        agent.Evict("web");
        await AgentHarness.BecomesAsync(() => agent.Status("web")!.Text("phase") == "Failed" && agent.Engine.All().IsEmpty, "nothing of it is left");
        await agent.PassesUntilAsync(() => agent.Status("web")!.Text("reason") == "Evicted", "it says why");

        Assert.NotNull(agent.Status("web")!.Maps("containerStatuses").Single().Map("state", "terminated"));
    }

    private static Task ReadyAsync(AgentHarness agent) =>
        AgentHarness.BecomesAsync(() => agent.Status("web")?.Maps("conditions").Any(static one => one.Text("type") == "Ready" && one.Text("status") == "True") == true, "the pod is ready");
}
