using Naru.Agent.Pods;
using Naru.Core.Containers;
using Naru.Objects.Values;
using static Naru.Agent.Tests.Pods.PodFixture;

namespace Naru.Agent.Tests.Pods;

public sealed class PodStatusTests
{
    private const string OneContainer = """{"containers":[{"name":"app","image":"app:1"}]}""";

    [Fact]
    public void Running_Pod_IsReadyAndHasItsAddress()
    {
        var status = Build(Sight(Pod(OneContainer), Sandbox(), Container("app")));

        Assert.Equal("Running", status.Text("phase"));
        Assert.Equal("10.244.0.7", status.Text("podIP"));
        Assert.Equal("192.0.2.1", status.Text("hostIP"));
        Assert.Equal("True", Condition(status, "Ready").Text("status"));
        Assert.Equal("True", Condition(status, "PodReadyToStartContainers").Text("status"));
        Assert.True(status.Maps("containerStatuses").Single().Boolean("ready"));
        Assert.NotNull(status.Maps("containerStatuses").Single().Map("state", "running"));
    }

    [Fact]
    public void Crashed_Container_WaitsInBackOff()
    {
        var status = Build(Sight(Pod(OneContainer), Sandbox(), Container("app", 2, ContainerPhase.Exited, 3)));

        var container = status.Maps("containerStatuses").Single();
        Assert.Equal("CrashLoopBackOff", container.Text("state", "waiting", "reason"));
        Assert.Equal("back-off 20s restarting failed container=app pod=web_shop(u1)", container.Text("state", "waiting", "message"));
        Assert.Equal(3, container.Integer("lastState", "terminated", "exitCode"));
        Assert.Equal(2, container.Integer("restartCount"));
        Assert.Equal("ContainersNotReady", Condition(status, "Ready").Text("reason"));
    }

    [Theory]
    [InlineData(0, "Completed", "Succeeded")]
    [InlineData(5, "Error", "Failed")]
    public void Ended_Pod_SaysHow(int code, string reason, string phase)
    {
        var pod = Pod("""{"restartPolicy":"Never","containers":[{"name":"app","image":"app:1"}]}""");

        var status = Build(Sight(pod, Sandbox(), Container("app", 0, ContainerPhase.Exited, code)));

        Assert.Equal(phase, status.Text("phase"));
        Assert.Equal(reason, status.Maps("containerStatuses").Single().Text("state", "terminated", "reason"));
    }

    [Fact]
    public void Waiting_BehindAFirstInitContainer_AllAreInitialising()
    {
        var pod = Pod("""{"initContainers":[{"name":"one","image":"i:1"},{"name":"two","image":"i:1"}],"containers":[{"name":"app","image":"app:1"}]}""");

        var status = Build(Sight(pod, Sandbox(), Container("one")));

        Assert.Equal("PodInitializing", status.Maps("initContainerStatuses").Last().Text("state", "waiting", "reason"));
        Assert.Equal("PodInitializing", status.Maps("containerStatuses").Single().Text("state", "waiting", "reason"));
    }

    [Fact]
    public void Failure_BeforeTheStart_IsTheReasonOfWaiting()
    {
        var sight = Sight(Pod(OneContainer), Sandbox()) with { Failures = System.Collections.Immutable.ImmutableDictionary<string, StartFailure>.Empty.Add("app", new("CreateContainerConfigError", "secret \"s\" not found", Now)) };

        var status = Build(sight);

        Assert.Equal("Pending", status.Text("phase"));
        Assert.Equal("CreateContainerConfigError", status.Maps("containerStatuses").Single().Text("state", "waiting", "reason"));
    }

    [Fact]
    public void Gate_NotOpen_KeepsThePodFromBeingReady()
    {
        var pod = Pod("""{"readinessGates":[{"conditionType":"lb"}],"containers":[{"name":"app","image":"app:1"}]}""");

        var status = Build(Sight(pod, Sandbox(), Container("app")));

        Assert.Equal("ReadinessGatesNotReady", Condition(status, "Ready").Text("reason"));
        Assert.Equal("True", Condition(status, "ContainersReady").Text("status"));
    }

    [Fact]
    public void Status_WrittenAgain_IsTheSame()
    {
        var sight = Sight(Pod(OneContainer), Sandbox(), Container("app"));
        var first = Build(sight);

        var second = PodStatus.Build(sight with { Now = Now + TimeSpan.FromMinutes(1) }, PodDecision.Decide(sight), first, ["192.0.2.1"]);

        Assert.True(second.DeepEquals(first));
    }

    private static MapValue Build(PodSight sight) => PodStatus.Build(sight, PodDecision.Decide(sight), sight.Pod.Status, ["192.0.2.1"]);

    private static MapValue Condition(MapValue status, string type) => status.Maps("conditions").Single(one => one.Text("type") == type);
}
