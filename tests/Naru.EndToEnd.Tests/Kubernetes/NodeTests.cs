using Naru.Testing.Running;

namespace Naru.EndToEnd.Tests.Kubernetes;

/// <summary>Pods on nodes: rollouts that come to their end, and what an operator does to nodes.</summary>
public sealed class NodeTests(Cluster cluster)
{
    [Fact]
    public async Task Rollout_EveryCommand_GoesThrough()
    {
        await using var space = await cluster.SpaceAsync();
        await using var node = await FakeNode.StartAsync(cluster.Client);
        await space.OkAsync("create deployment web --image=busybox:1 --replicas=2");
        Assert.Contains("deployment \"web\" successfully rolled out", await space.OkAsync("rollout status deploy/web --timeout=100s"), StringComparison.Ordinal);
        Assert.Matches(@"(?m)^web +2/2 +2 +2 +\d+s$", await space.OkAsync("get deploy"));
        await space.OkAsync("set image deploy/web busybox=busybox:2");
        await space.OkAsync("rollout status deploy/web --timeout=100s");
        // A rollout does not wait for the end of the last pod that it replaces.
        await space.BecomesAsync("pods", "{.items[*].spec.containers[0].image}", "busybox:2 busybox:2");
        Assert.Matches(@"REVISION +CHANGE-CAUSE\n1 +<none>\n2 +<none>", await space.OkAsync("rollout history deploy/web"));
        await space.OkAsync("rollout undo deploy/web");
        await space.OkAsync("rollout status deploy/web --timeout=100s");
        Assert.Equal("busybox:1", await space.PathAsync("deploy/web", "{.spec.template.spec.containers[0].image}"));
        await space.OkAsync("scale deploy/web --replicas=3");
        await space.OkAsync("wait deploy/web --for=jsonpath={.status.readyReplicas}=3 --timeout=60s");
        await space.FailsAsync("Expected replicas to be 9, was 3", "scale deploy/web --current-replicas=9 --replicas=1");
        await space.OkAsync("rollout pause deploy/web");
        await space.OkAsync("set env deploy/web A=B");
        await space.OkAsync("rollout resume deploy/web");
        await space.OkAsync("rollout restart deploy/web");
        await space.OkAsync("rollout status deploy/web --timeout=100s");
        Assert.Contains("A=B", await space.OkAsync("set env deploy/web --list"), StringComparison.Ordinal);
        await space.OkAsync("delete deploy web --cascade=foreground --timeout=60s");
        await space.BecomesAsync("pods,rs", "{.items}", "[]");
    }

    [Fact]
    public async Task Job_RunsToItsEnd()
    {
        await using var space = await cluster.SpaceAsync();
        await using var node = await FakeNode.StartAsync(cluster.Client);
        await space.OkAsync("create job j1 --image=busybox -- true");
        await space.OkAsync("wait job/j1 --for=condition=Complete --timeout=60s");
        Assert.Matches(@"(?m)^j1 +Complete +1/1", await space.OkAsync("get jobs"));
        Assert.Equal("Succeeded", await space.PathAsync("pods", "{.items[0].status.phase}"));
    }

    [Fact]
    public async Task Run_PodIsBoundAndReady()
    {
        await using var space = await cluster.SpaceAsync();
        await using var node = await FakeNode.StartAsync(cluster.Client);
        await space.OkAsync("run p1 --image=busybox");
        await space.OkAsync("wait pod/p1 --for=condition=Ready --timeout=60s");
        Assert.Equal(node.Name, await space.PathAsync("pod/p1", "{.spec.nodeName}"));
        await Eventually.BecomesAsync(async () => (await space.OkAsync("describe pod p1")).Contains("Successfully assigned", StringComparison.Ordinal), "the event of its binding is told");
        Assert.Matches(@"(?m)^p1 +1/1 +Running", await space.OkAsync("get pods"));
        Assert.Contains($"  {space.Name} ", await cluster.OkAsync($"describe node {node.Name}"), StringComparison.Ordinal);
        Assert.Equal("pod \"p1\" deleted", await space.OkAsync("delete pod p1 --timeout=60s"));
    }

    [Fact]
    public async Task Service_GetsAddressAndEndpoints()
    {
        await using var space = await cluster.SpaceAsync();
        await using var node = await FakeNode.StartAsync(cluster.Client);
        await space.OkAsync("create deployment web --image=busybox --replicas=2 --port=8080");
        await space.OkAsync("expose deploy web --port=80 --target-port=8080");
        Assert.Matches(@"^\d+\.\d+\.\d+\.\d+$", await space.PathAsync("svc/web", "{.spec.clusterIP}"));
        await space.OkAsync("rollout status deploy/web --timeout=100s");
        await space.BecomesAsync("endpointslices -l kubernetes.io/service-name=web", "{.items[0].endpoints[*].conditions.ready}", "true true");
        Assert.Equal("8080", await space.PathAsync("endpointslices", "{.items[0].ports[0].port}"));
        await space.OkAsync("create service nodeport np --tcp=80:8080");
        Assert.Matches(@"^3\d{4}$", await space.PathAsync("svc/np", "{.spec.ports[0].nodePort}"));
    }

    [Fact]
    public async Task Cordon_Taint_Drain()
    {
        await using var space = await cluster.SpaceAsync();
        await using var node = await FakeNode.StartAsync(cluster.Client);
        await space.OkAsync("run p1 --image=busybox --restart=Always");
        await space.OkAsync("wait pod/p1 --for=condition=Ready --timeout=60s");
        Assert.Equal($"node/{node.Name} cordoned", await cluster.OkAsync($"cordon {node.Name}"));
        Assert.Matches($@"(?m)^{node.Name} +Ready,SchedulingDisabled ", await cluster.OkAsync("get nodes"));
        var refused = await cluster.KubectlAsync(["drain", node.Name]);
        Assert.Contains("cannot delete Pods that declare no controller (use --force to override)", refused.Error, StringComparison.Ordinal);
        Assert.Contains($"node/{node.Name} drained", await cluster.OkAsync($"drain {node.Name} --force --timeout=60s"), StringComparison.Ordinal);
        await space.FailsAsync("not found", "get pod p1");
        Assert.Equal($"node/{node.Name} uncordoned", await cluster.OkAsync($"uncordon {node.Name}"));
        Assert.Equal($"node/{node.Name} tainted", await cluster.OkAsync($"taint nodes {node.Name} k=v:NoSchedule"));
        Assert.Contains("k=v:NoSchedule", await cluster.OkAsync($"describe node {node.Name}"), StringComparison.Ordinal);
        Assert.Equal($"node/{node.Name} untainted", await cluster.OkAsync($"taint nodes {node.Name} k=v:NoSchedule-"));
    }

    [Fact]
    public async Task Drain_BudgetForbids_Waits()
    {
        await using var space = await cluster.SpaceAsync();
        await using var node = await FakeNode.StartAsync(cluster.Client);
        await space.OkAsync("create deployment web --image=busybox --replicas=1");
        await space.OkAsync("rollout status deploy/web --timeout=100s");
        await space.OkAsync("create poddisruptionbudget keep --selector=app=web --min-available=1");
        await space.BecomesAsync("pdb/keep", "{.status.currentHealthy}", "1");
        var refused = await cluster.KubectlAsync(["drain", node.Name, "--timeout=4s"]);
        Assert.Contains("Cannot evict pod as it would violate the pod's disruption budget.", refused.Error, StringComparison.Ordinal);
        await cluster.OkAsync($"uncordon {node.Name}");
    }
}
