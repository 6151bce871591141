using Naru.Core.Errors;
using Naru.Objects.Api;
using Naru.Objects.Resources;
using Naru.Objects.Values;

namespace Naru.Agent.Tests.Running;

public sealed class PodWorkersTests
{
    private const string OneContainer = """{"terminationGracePeriodSeconds":5,"containers":[{"name":"app","image":"app:1"}]}""";

    [Fact]
    public async Task Pod_Bound_RunsAndIsReady()
    {
        await using var agent = new AgentHarness().Start();
        await agent.PodAsync("web", OneContainer);

        await AgentHarness.BecomesAsync(() => IsReady(agent, "web"), "the pod is ready");

        Assert.Equal(["POD", "app"], agent.Engine.Started);
        Assert.StartsWith("10.244.0.", agent.Status("web")!.Text("podIP"), StringComparison.Ordinal);
        Assert.Contains(agent.Engine.All(), static one => one.Name.StartsWith("k8s_app_web_shop_", StringComparison.Ordinal) && one.Spec.Network.Mode.StartsWith("container:", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Container_Ends_StartsAgainAtOnceThenAfterAWait()
    {
        await using var agent = new AgentHarness().Start();
        await agent.PodAsync("web", OneContainer);
        await AgentHarness.BecomesAsync(() => IsReady(agent, "web"), "the pod is ready");

        agent.Engine.End(NameOf(agent, 0), 1);
        await AgentHarness.BecomesAsync(() => Container(agent, "web").Integer("restartCount") == 1, "it was started again");
        agent.Engine.End(NameOf(agent, 1), 1);
        await AgentHarness.BecomesAsync(() => Container(agent, "web").Text("state", "waiting", "reason") == "CrashLoopBackOff", "it waits");
        Assert.Equal(3, agent.Engine.Started.Count);

        await agent.PassesUntilAsync(() => agent.Engine.Started.Count == 4, "the wait is over");
    }

    [Fact]
    public async Task Pod_Deleted_EndsGracefullyAndGoes()
    {
        await using var agent = new AgentHarness().Start();
        await agent.PodAsync("web", OneContainer);
        await AgentHarness.BecomesAsync(() => IsReady(agent, "web"), "the pod is ready");

        await agent.Objects.DeleteAsync(AgentResources.Pods, "shop", "web", new DeleteOptions(), CancellationToken.None);
        await AgentHarness.BecomesAsync(() => agent.Status("web") is null, "the pod is gone");

        Assert.Equal(["app TERM"], agent.Engine.Signals);
        Assert.Empty(agent.Engine.All());
    }

    [Fact]
    public async Task Hook_HangsUntilTheGraceIsOver_SignalIsSentAllTheSame()
    {
        await using var agent = new AgentHarness().Start();
        agent.Engine.EndsAtTerm = static _ => false;
        await agent.PodAsync("web", """{"terminationGracePeriodSeconds":5,"containers":[{"name":"app","image":"app:1","lifecycle":{"preStop":{"sleep":{"seconds":600}}}}]}""");
        await AgentHarness.BecomesAsync(() => IsReady(agent, "web"), "the pod is ready");
        var begun = agent.Time.GetUtcNow();

        await agent.Objects.DeleteAsync(AgentResources.Pods, "shop", "web", new DeleteOptions(), CancellationToken.None);
        await agent.PassesUntilAsync(() => agent.Status("web") is null, "the pod is gone");

        Assert.Equal(["app TERM", "app KILL"], agent.Engine.Signals);
        Assert.InRange(agent.Time.GetUtcNow() - begun, TimeSpan.FromSeconds(7), TimeSpan.FromSeconds(300));
    }

    [Fact]
    public async Task Deadline_Passes_PodFails()
    {
        await using var agent = new AgentHarness().Start();
        await agent.PodAsync("web", """{"activeDeadlineSeconds":3,"containers":[{"name":"app","image":"app:1"}]}""");
        await AgentHarness.BecomesAsync(() => IsReady(agent, "web"), "the pod is ready");

        await agent.PassesUntilAsync(() => agent.Status("web")?.Text("phase") == "Failed", "the pod failed");

        Assert.Equal("DeadlineExceeded", agent.Status("web")!.Text("reason"));
    }

    [Fact]
    public async Task Pod_WithAForbiddenSysctl_IsRefusedAndNothingOfItIsMade()
    {
        await using var agent = new AgentHarness().Start();
        await agent.PodAsync("web", """{"securityContext":{"sysctls":[{"name":"kernel.msgmax","value":"1"}]},"containers":[{"name":"app","image":"app:1"}]}""");

        await AgentHarness.BecomesAsync(() => agent.Status("web")?.Text("phase") == "Failed", "the pod failed");

        Assert.Equal("SysctlForbidden", agent.Status("web")!.Text("reason"));
        Assert.False(agent.Status("web")!.Has("containerStatuses"));
        Assert.Empty(agent.Engine.All());
    }

    [Fact]
    public async Task Container_IgnoresItsSignal_IsKilledWhenTheGraceIsOver()
    {
        await using var agent = new AgentHarness().Start();
        agent.Engine.EndsAtTerm = static _ => false;
        await agent.PodAsync("web", OneContainer);
        await AgentHarness.BecomesAsync(() => IsReady(agent, "web"), "the pod is ready");

        await agent.Objects.DeleteAsync(AgentResources.Pods, "shop", "web", new DeleteOptions(), CancellationToken.None);
        await AgentHarness.BecomesAsync(() => agent.Engine.Signals.Contains("app TERM"), "it is asked to end");
        Assert.DoesNotContain("app KILL", agent.Engine.Signals);
        await agent.PassesUntilAsync(() => agent.Status("web") is null, "the pod is gone");

        Assert.Equal(["app TERM", "app KILL"], agent.Engine.Signals);
    }

    [Fact]
    public async Task Sidecar_EndsAfterTheMainContainer()
    {
        await using var agent = new AgentHarness().Start();
        await agent.PodAsync("web", """{"initContainers":[{"name":"side","image":"app:1","restartPolicy":"Always"}],"containers":[{"name":"app","image":"app:1"}]}""");
        await AgentHarness.BecomesAsync(() => IsReady(agent, "web"), "the pod is ready");

        await agent.Objects.DeleteAsync(AgentResources.Pods, "shop", "web", new DeleteOptions(), CancellationToken.None);
        await AgentHarness.BecomesAsync(() => agent.Status("web") is null, "the pod is gone");

        Assert.Equal(["POD", "side", "app"], agent.Engine.Started);
        Assert.Equal(["app TERM", "side TERM"], agent.Engine.Signals);
    }

    [Fact]
    public async Task Sandbox_PortIsTaken_OneEventCountsTheTries()
    {
        await using var agent = new AgentHarness().Start();
        agent.Engine.Refuses = static one => new NaruException(ErrorKind.Internal, $"driver failed programming external connectivity on endpoint {one.Name} ({one.Id}): no", new NaruException(ErrorKind.Internal, "Bind for 0.0.0.0:80 failed: port is already allocated"));
        await agent.PodAsync("web", OneContainer);

        IEnumerable<MapValue> Told() => agent.Objects.List(new GroupResource("", "events"), "shop").Select(static one => one.Tree).Where(static tree => tree.Text("reason") == "FailedCreatePodSandBox");
        await agent.PassesUntilAsync(() => Told().Any(static tree => tree.Integer("count") > 1), "the second try is told");

        Assert.Equal("Failed to create pod sandbox: Bind for 0.0.0.0:80 failed: port is already allocated", Assert.Single(Told()).Text("message"));
    }

    [Fact]
    public async Task Image_NotThere_BacksOff()
    {
        await using var agent = new AgentHarness().Start();
        await agent.PodAsync("web", """{"containers":[{"name":"app","image":"other:1"}]}""");

        await AgentHarness.BecomesAsync(() => Container(agent, "web").Text("state", "waiting", "reason") == "ErrImagePull", "the pull failed");
        await agent.PassesUntilAsync(() => Container(agent, "web").Text("state", "waiting", "reason") == "ImagePullBackOff", "the next pull waits");
    }

    [Fact]
    public async Task Job_Ends_PodSucceedsAndItsSandboxGoes()
    {
        await using var agent = new AgentHarness().Start();
        await agent.PodAsync("job", """{"restartPolicy":"Never","containers":[{"name":"app","image":"app:1"}]}""");
        await AgentHarness.BecomesAsync(() => IsReady(agent, "job"), "the pod is ready");

        agent.Engine.End(NameOf(agent, 0), 0);
        await AgentHarness.BecomesAsync(() => agent.Status("job")?.Text("phase") == "Succeeded" && agent.Engine.All().Length == 1, "the pod succeeded");
    }

    [Fact]
    public async Task Container_WithoutAnObject_IsEnded()
    {
        await using var first = new AgentHarness().Start();
        await first.PodAsync("web", OneContainer);
        await AgentHarness.BecomesAsync(() => IsReady(first, "web"), "the pod is ready");

        await first.Objects.DeleteAsync(AgentResources.Pods, "shop", "web", new DeleteOptions { GracePeriodSeconds = 0 }, CancellationToken.None);

        await AgentHarness.BecomesAsync(() => first.Engine.All().IsEmpty, "its containers are gone");
    }

    private static bool IsReady(AgentHarness agent, string pod) => agent.Status(pod)?.Maps("conditions").Any(static one => one.Text("type") == "Ready" && one.Text("status") == "True") == true;

    private static MapValue Container(AgentHarness agent, string pod) => agent.Status(pod)?.Maps("containerStatuses").FirstOrDefault() ?? [];

    private static string NameOf(AgentHarness agent, int attempt) => agent.Engine.All().Single(one => one.Name.StartsWith("k8s_app_", StringComparison.Ordinal) && one.Name.EndsWith($"_{attempt}", StringComparison.Ordinal)).Name;
}
