using System.Text;
using Naru.Objects.Api;
using Naru.Objects.Json;
using Naru.Objects.Values;

namespace Naru.Agent.Tests.Running;

public sealed class ResizeTests
{
    [Fact]
    public async Task Resize_ThatWaitsForRoom_IsGrantedWhenAnotherPodGoes()
    {
        await using var agent = new AgentHarness().Start();
        await NodeAsync(agent);
        await agent.PodAsync("one", Asking("1500m"));
        await agent.PodAsync("two", Asking("200m"));
        await AgentHarness.BecomesAsync(() => Resources(agent, "one") == "1500m" && Resources(agent, "two") == "200m", "both run");

        await AskAsync(agent, "two", "1900m");
        await AgentHarness.BecomesAsync(() => Condition(agent, "two", "PodResizePending")?.Text("reason") == "Deferred", "it waits");
        Assert.Equal("200m", Resources(agent, "two"));
        await agent.Objects.DeleteAsync(AgentResources.Pods, "shop", "one", new DeleteOptions { GracePeriodSeconds = 0 }, CancellationToken.None);

        await AgentHarness.BecomesAsync(() => Resources(agent, "two") == "1900m" && Condition(agent, "two", "PodResizePending") is null, "it is granted");
    }

    [Fact]
    public async Task Resizes_ThatWaitForEachOther_AreGrantedByPriority()
    {
        await using var agent = new AgentHarness().Start();
        await NodeAsync(agent);
        await agent.PodAsync("full", Asking("1500m"));
        await agent.PodAsync("low", Asking("100m"));
        await agent.PodAsync("high", Asking("100m").Replace("{\"containers", "{\"priority\":1000,\"containers", StringComparison.Ordinal));
        await AgentHarness.BecomesAsync(() => Resources(agent, "full") == "1500m" && Resources(agent, "low") == "100m" && Resources(agent, "high") == "100m", "all run");
        await AskAsync(agent, "low", "1500m");
        await AgentHarness.BecomesAsync(() => Condition(agent, "low", "PodResizePending") is not null, "the first waits");
        await AskAsync(agent, "high", "1500m");
        await AgentHarness.BecomesAsync(() => Condition(agent, "high", "PodResizePending") is not null, "the second waits");

        await agent.Objects.DeleteAsync(AgentResources.Pods, "shop", "full", new DeleteOptions { GracePeriodSeconds = 0 }, CancellationToken.None);
        await AgentHarness.BecomesAsync(() => Resources(agent, "high") == "1500m", "the second, of higher priority, is granted");

        Assert.Equal("100m", Resources(agent, "low"));
    }

    [Fact]
    public async Task Resize_ThatNeedsARestart_IsShownWhenTheNextOneRuns()
    {
        await using var agent = new AgentHarness().Start();
        await NodeAsync(agent);
        agent.Engine.EndsAtTerm = static _ => false;
        await agent.PodAsync("one", """{"terminationGracePeriodSeconds":5,"containers":[{"name":"app","image":"app:1","resources":{"requests":{"cpu":"100m"}},"resizePolicy":[{"resourceName":"cpu","restartPolicy":"RestartContainer"}]}]}""");
        await AgentHarness.BecomesAsync(() => Resources(agent, "one") == "100m", "it runs");

        await AskAsync(agent, "one", "200m");
        await AgentHarness.BecomesAsync(() => Condition(agent, "one", "PodResizeInProgress") is not null, "it is in progress");
        Assert.Equal("100m", Resources(agent, "one"));

        await agent.PassesUntilAsync(() => Resources(agent, "one") == "200m" && Condition(agent, "one", "PodResizeInProgress") is null, "it is done");
        Assert.Equal(1, agent.Status("one")!.Maps("containerStatuses").Single().Integer("restartCount"));
    }

    private static string Asking(string cpu) => """{"containers":[{"name":"app","image":"app:1","resources":{"requests":{"cpu":"CPU"}}}]}""".Replace("CPU", cpu, StringComparison.Ordinal);

    private static string? Resources(AgentHarness agent, string name) => agent.Status(name)?.Maps("containerStatuses").FirstOrDefault()?.Text("resources", "requests", "cpu");

    private static MapValue? Condition(AgentHarness agent, string name, string type) => agent.Status(name)?.Maps("conditions").FirstOrDefault(one => one.Text("type") == type);

    private static Task AskAsync(AgentHarness agent, string name, string cpu) => agent.Objects.ChangeAsync(
        AgentResources.Pods,
        "shop",
        name,
        pod =>
        {
            pod.Maps("spec", "containers").Single().MakeMap("resources").MakeMap("requests")["cpu"] = new TextValue(cpu);
            return true;
        },
        new WriteOptions(),
        CancellationToken.None);

    private static Task NodeAsync(AgentHarness agent) => agent.Objects.CreateAsync(
        AgentResources.Nodes,
        (MapValue)JsonText.Parse(Encoding.UTF8.GetBytes("""{"apiVersion":"v1","kind":"Node","metadata":{"name":"n1"},"status":{"allocatable":{"cpu":"2","memory":"1Gi","pods":"110"}}}""")),
        new WriteOptions(),
        CancellationToken.None);
}
