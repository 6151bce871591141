using Naru.Agent.Pods;
using Naru.Core.Containers;
using Naru.Objects.Values;
using static Naru.Agent.Tests.Pods.PodFixture;

namespace Naru.Agent.Tests.Pods;

public sealed class PodStatusTests
{
    private const string WithInit = """{"initContainers":[{"name":"one","image":"i:1"}],"containers":[{"name":"app","image":"app:1"}]}""";

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
    public void Containers_RemovedAfterTheyWereDone_StayDone()
    {
        const string Done = """{"restartCount":0,"state":{"terminated":{"exitCode":0,"reason":"Completed"}},"name":""";
        var running = Build(Sight(Pod(WithInit, status: $$"""{"initContainerStatuses":[{{Done}}"one"}]}"""[1..^1]), Sandbox(), Container("app")));
        var ended = Build(Sight(Pod(WithInit, status: $$"""{"phase":"Succeeded","initContainerStatuses":[{{Done}}"one"}],"containerStatuses":[{{Done}}"app"}]}"""[1..^1])));

        var init = running.Maps("initContainerStatuses").Single();
        Assert.Equal(("Completed", true), (init.Text("state", "terminated", "reason"), init.Boolean("ready")));
        Assert.Equal("Completed", ended.Maps("containerStatuses").Single().Text("state", "terminated", "reason"));
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

    [Theory]
    [InlineData(ContainerPhase.Created, 0, "StartError", 128)]
    [InlineData(ContainerPhase.Exited, 137, "Error", 137)]
    public void End_WithAnError_IsOfTheStartOnlyWhereNothingRan(ContainerPhase phase, int code, string reason, int told)
    {
        var pod = Pod("""{"restartPolicy":"Never","containers":[{"name":"app","image":"app:1"}]}""");

        var ended = Build(Sight(pod, Sandbox(), Container("app", 0, phase, code, error: "lost"))).Maps("containerStatuses").Single().Map("state", "terminated")!;

        Assert.Equal((reason, told, "lost"), (ended.Text("reason"), (int)ended.Integer("exitCode")!, ended.Text("message")));
    }

    [Fact]
    public void Container_WithoutResources_HasNoneInItsStatus()
    {
        var container = Build(Sight(Pod(OneContainer), Sandbox(), Container("app"))).Maps("containerStatuses").Single();

        Assert.Equal(0, container.Map("resources")?.Count);
        Assert.False(container.Has("allocatedResources"));
    }

    [Fact]
    public void Resize_NotSetYet_ShowsWhatStandsAndIsInProgress()
    {
        var pod = Pod("""{"containers":[{"name":"app","image":"app:1","resources":{"requests":{"cpu":"2"}}}]}""", "", """ "containerStatuses":[{"name":"app","resources":{"requests":{"cpu":"1"}}}] """);
        var granted = new Dictionary<string, MapValue> { ["app"] = pod.Member("app")!.Spec.Map("resources")! };
        var sight = Sight(pod, Sandbox(), Container("app"));

        var open = Build(sight with { Resize = new ResizeSight(granted, ["app"], null, null) });
        var done = Build(sight with { Resize = new ResizeSight(granted, [], null, null) });

        Assert.Equal("1", open.Maps("containerStatuses").Single().Text("resources", "requests", "cpu"));
        Assert.Equal("True", Condition(open, "PodResizeInProgress").Text("status"));
        Assert.Equal("2", done.Maps("containerStatuses").Single().Text("resources", "requests", "cpu"));
        Assert.DoesNotContain(done.Maps("conditions"), static one => one.Text("type") == "PodResizeInProgress");
    }

    [Fact]
    public void Container_Status_SaysItsUserItsMountsAndItsSignal()
    {
        var pod = Pod("""{"containers":[{"name":"app","image":"app:1","lifecycle":{"stopSignal":"SIGUSR1"},"volumeMounts":[{"name":"v","mountPath":"/v","readOnly":true,"recursiveReadOnly":"IfPossible"},{"name":"w","mountPath":"/w"}]}]}""");
        var app = Container("app");
        app = app with { Engine = app.Engine with { Status = app.Engine.Status with { User = new ProcessUser(1000, 3000, [3000, 60, 4000]) } } };

        var container = Build(Sight(pod, Sandbox(), app)).Maps("containerStatuses").Single();

        Assert.Equal((1000, 3000), (container.Integer("user", "linux", "uid"), container.Integer("user", "linux", "gid")));
        Assert.Equal([60, 3000, 4000], container.List("user", "linux", "supplementalGroups")!.OfType<IntegerValue>().Select(static one => one.Number));
        Assert.Equal([("v", "Enabled"), ("w", null)], container.Maps("volumeMounts").Select(static one => (one.Text("name")!, one.Text("recursiveReadOnly"))));
        Assert.Equal("SIGUSR1", container.Text("stopSignal"));
    }

    [Fact]
    public void Pod_WithResourcesOfItsOwn_ShowsThem()
    {
        var status = Build(Sight(Pod("""{"resources":{"requests":{"cpu":"1"},"limits":{"cpu":"2"}},"containers":[{"name":"app","image":"app:1"}]}"""), Sandbox(), Container("app")));

        Assert.Equal(("2", "1"), (status.Text("resources", "limits", "cpu"), status.Text("allocatedResources", "cpu")));
    }

    private static MapValue Build(PodSight sight) => PodStatus.Build(sight, PodDecision.Decide(sight), sight.Pod.Status, ["192.0.2.1"]);

    private static MapValue Condition(MapValue status, string type) => status.Maps("conditions").Single(one => one.Text("type") == type);
}
