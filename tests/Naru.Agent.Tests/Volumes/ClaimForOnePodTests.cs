using System.Text;
using Naru.Agent.Tests.Running;
using Naru.Objects.Api;
using Naru.Objects.Json;
using Naru.Objects.Values;

namespace Naru.Agent.Tests.Volumes;

public sealed class ClaimForOnePodTests
{
    private const string Spec = """{"containers":[{"name":"app","image":"app:1","volumeMounts":[{"name":"data","mountPath":"/data"}]}],"volumes":[{"name":"data","persistentVolumeClaim":{"claimName":"alone"}}]}""";

    [Fact]
    public async Task Claim_OfAPodThatRuns_IsNotGivenToOneOfTheSameSecond()
    {
        await using var agent = new AgentHarness().Start();
        await MakeAsync(agent, AgentResources.Volumes, """{"apiVersion":"v1","kind":"PersistentVolume","metadata":{"name":"v"},"spec":{"hostPath":{"path":"/v"}}}""");
        await MakeAsync(agent, AgentResources.Claims, """{"apiVersion":"v1","kind":"PersistentVolumeClaim","metadata":{"name":"alone","namespace":"shop"},"spec":{"accessModes":["ReadWriteOncePod"],"volumeName":"v"},"status":{"phase":"Bound"}}""");

        // The older of the two comes to this node later.
        await MakeAsync(agent, AgentResources.Pods, $$"""{"apiVersion":"v1","kind":"Pod","metadata":{"name":"late","namespace":"shop"},"spec":{{Spec}} }""");
        await agent.PodAsync("holder", Spec);
        await AgentHarness.BecomesAsync(() => agent.Status("holder")?.Text("phase") == "Running", "the first runs");
        await agent.Objects.ChangeAsync(AgentResources.Pods, "shop", "late", static pod => Bind(pod), new WriteOptions(), CancellationToken.None);
        await AgentHarness.BecomesAsync(() => agent.Objects.List(new("", "events")).Any(static one => one.Tree.Text("reason") == "FailedMount"), "the second is refused the volume");

        Assert.Equal(["POD", "app"], agent.Engine.Started.Take(2));
        Assert.DoesNotContain("app", agent.Engine.Started.Skip(2));
        await agent.Objects.DeleteAsync(AgentResources.Pods, "shop", "holder", new DeleteOptions(), CancellationToken.None);
        await agent.PassesUntilAsync(() => agent.Status("late")?.Text("phase") == "Running", "the second has it when the first is gone");
    }

    private static bool Bind(MapValue pod)
    {
        pod.MakeMap("spec")["nodeName"] = "n1";
        return true;
    }

    private static Task MakeAsync(AgentHarness agent, Naru.Objects.Resources.GroupResource resource, string body) =>
        agent.Objects.CreateAsync(resource, (MapValue)JsonText.Parse(Encoding.UTF8.GetBytes(body)), new WriteOptions(), CancellationToken.None);
}
