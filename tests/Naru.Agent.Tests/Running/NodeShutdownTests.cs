using Naru.Objects.Values;

namespace Naru.Agent.Tests.Running;

public sealed class NodeShutdownTests
{
    [Fact]
    public async Task Pods_EndInOrderAndFail()
    {
        await using var agent = new AgentHarness().Start();
        await RunningAsync(agent, "system", """{"priority":2000000000,"terminationGracePeriodSeconds":60,"containers":[{"name":"system","image":"app:1"}]}""");
        await RunningAsync(agent, "web", """{"terminationGracePeriodSeconds":60,"containers":[{"name":"web","image":"app:1"}]}""");
        await RunningAsync(agent, "stubborn", """{"terminationGracePeriodSeconds":60,"containers":[{"name":"stubborn","image":"app:1"}]}""");
        agent.Engine.EndsAtTerm = static name => name != "stubborn";
        var begun = agent.Time.GetUtcNow();

        var run = agent.Shutdown.RunAsync(TimeSpan.FromSeconds(30), TimeSpan.FromSeconds(10), CancellationToken.None);
        await agent.PassesUntilAsync(() => run.IsCompleted, "all have ended");

        Assert.Equal(3, await run);
        Assert.Equal(["stubborn KILL", "system TERM"], agent.Engine.Signals.TakeLast(2));

        // Not the sixty seconds that the pods ask for; the clock runs on while the agent works.
        Assert.InRange(agent.Time.GetUtcNow() - begun, TimeSpan.FromSeconds(20), TimeSpan.FromSeconds(55));
        foreach (var status in new[] { "system", "web", "stubborn" }.Select(name => agent.Status(name)!))
        {
            Assert.Equal(("Failed", "Terminated"), (status.Text("phase"), status.Text("reason")));
            Assert.Equal("TerminationByKubelet", status.Maps("conditions").Single(static one => one.Text("type") == "DisruptionTarget").Text("reason"));
        }
    }

    [Fact]
    public async Task Node_IsNotReadyAndTakesNoPodUntilItIsCancelled()
    {
        await using var agent = new AgentHarness().Start();
        Assert.Equal(0, await agent.Shutdown.RunAsync(TimeSpan.FromSeconds(30), TimeSpan.FromSeconds(10), CancellationToken.None));
        Assert.Equal(("False", "node is shutting down"), Ready(agent));
        await agent.PodAsync("late", """{"containers":[{"name":"app","image":"app:1"}]}""");
        await AgentHarness.BecomesAsync(() => agent.Status("late")?.Text("phase") == "Failed", "the pod is refused");
        Assert.Equal("NodeShutdown", agent.Status("late")!.Text("reason"));

        await agent.Shutdown.CancelAsync(CancellationToken.None);
        Assert.Equal("True", Ready(agent).Status);
        await RunningAsync(agent, "later", """{"containers":[{"name":"app","image":"app:1"}]}""");
    }

    private static async Task RunningAsync(AgentHarness agent, string name, string spec)
    {
        await agent.PodAsync(name, spec);
        await AgentHarness.BecomesAsync(() => agent.Status(name)?.Text("phase") == "Running", $"{name} runs");
    }

    private static (string? Status, string? Message) Ready(AgentHarness agent)
    {
        var ready = agent.Objects.Get(AgentResources.Nodes, "", "n1")!.Tree.Maps("status", "conditions").Single(static one => one.Text("type") == "Ready");
        return (ready.Text("status"), ready.Text("message"));
    }
}
