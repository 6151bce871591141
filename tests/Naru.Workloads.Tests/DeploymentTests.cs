using Naru.Core.Errors;
using Naru.Objects.Api;
using Naru.Objects.Resources;
using Naru.Objects.Values;
using Naru.Testing.Objects;

namespace Naru.Workloads.Tests;

public sealed class DeploymentTests
{
    private static readonly GroupResource Deployments = new("apps", "deployments");
    private static readonly GroupResource Sets = new("apps", "replicasets");

    [Fact]
    public async Task Deployment_Created_BecomesAvailable()
    {
        await using var cluster = await WorkloadHarness.StartAsync();
        await cluster.CreateAsync(Deployments, Body("d", 3));
        await cluster.SettleAsync();

        Assert.Equal(3, cluster.PodsIn().Count);
        Assert.Equal(3, await cluster.MakeReadyAsync());
        var status = cluster.Get(Deployments, "d").Map("status")!;
        Assert.Equal([3L, 3L, 3L, 3L], new[] { "replicas", "updatedReplicas", "readyReplicas", "availableReplicas" }.Select(name => status.Integer(name)!.Value));
        Assert.Equal("NewReplicaSetAvailable", Reason(status, "Progressing"));
        Assert.Equal("MinimumReplicasAvailable", Reason(status, "Available"));
        Assert.Equal("1", cluster.Get(Deployments, "d").Text("metadata", "annotations", "deployment.kubernetes.io/revision"));
        Assert.Equal(1, status.Integer("observedGeneration"));
        Assert.NotNull(cluster.PodsIn()[0].Label("pod-template-hash"));
    }

    [Fact]
    public async Task Deployment_NewTemplate_RollsWithinItsBudget()
    {
        await using var cluster = await WorkloadHarness.StartAsync();
        await cluster.CreateAsync(Deployments, Body("d", 4));
        await cluster.SettleAsync();
        await cluster.MakeReadyAsync();

        await cluster.ChangeAsync(Deployments, "d", tree => SetImage(tree, "two"));
        await cluster.SettleAsync();
        var rounds = 0;
        do
        {
            var pods = cluster.PodsIn();
            Assert.InRange(pods.Count, 3, 5);
            Assert.True(pods.Count(pod => pod.IsReady) >= 3);
            Assert.True(++rounds < 20);
        }
        while (await cluster.MakeReadyAsync(1) > 0);

        Assert.All(cluster.PodsIn(), pod => Assert.Equal("two", pod.Tree.Maps("spec", "containers").Single().Text("image")));
        Assert.Equal(4, cluster.PodsIn().Count);
        Assert.Equal("2", cluster.Get(Deployments, "d").Text("metadata", "annotations", "deployment.kubernetes.io/revision"));
        Assert.Equal(2, cluster.Objects.List(Sets).Count);
    }

    [Fact]
    public async Task Deployment_RolledBack_ReusesTheOldSetWithANewRevision()
    {
        await using var cluster = await WorkloadHarness.StartAsync();
        await cluster.CreateAsync(Deployments, Body("d", 1));
        await cluster.SettleAsync();
        await cluster.MakeReadyAsync();
        foreach (var image in new[] { "two", "one" })
        {
            await cluster.ChangeAsync(Deployments, "d", tree => SetImage(tree, image));
            await cluster.SettleAsync();
            while (await cluster.MakeReadyAsync() > 0)
            {
            }
        }

        var set = Assert.Single(cluster.Objects.List(Sets), one => one.Tree.Integer("spec", "replicas") == 1).Tree;
        Assert.Equal("3", set.Text("metadata", "annotations", "deployment.kubernetes.io/revision"));
        Assert.Equal("1", set.Text("metadata", "annotations", "deployment.kubernetes.io/revision-history"));
    }

    [Fact]
    public async Task Deployment_Recreate_StopsAllBeforeItStartsAny()
    {
        await using var cluster = await WorkloadHarness.StartAsync();
        cluster.Objects.GracefulPods = true;
        await cluster.CreateAsync(Deployments, Body("d", 2, "\"strategy\":{\"type\":\"Recreate\"},"));
        await cluster.SettleAsync();
        foreach (var pod in cluster.PodsIn())
        {
            await cluster.Objects.BindAsync([new("ns", pod.Name, pod.Uid, "node")], CancellationToken.None);
        }

        await cluster.MakeReadyAsync();
        await cluster.ChangeAsync(Deployments, "d", tree => SetImage(tree, "two"));
        await cluster.SettleAsync();
        Assert.All(cluster.PodsIn(), pod => Assert.True(pod.IsTerminating));
        Assert.Equal(2, cluster.PodsIn().Count);

        foreach (var pod in cluster.PodsIn())
        {
            await cluster.Objects.DeleteAsync(WorkloadHarness.Pods, "ns", pod.Name, new DeleteOptions { GracePeriodSeconds = 0 }, CancellationToken.None);
        }

        await cluster.SettleAsync();
        Assert.Equal(2, cluster.PodsIn().Count(pod => pod.IsActive));
        Assert.All(cluster.PodsIn(), pod => Assert.Equal("two", pod.Tree.Maps("spec", "containers").Single().Text("image")));
    }

    [Fact]
    public async Task Deployment_PausedMidway_ScalesItsSetsByShare()
    {
        await using var cluster = await WorkloadHarness.StartAsync();
        await cluster.CreateAsync(Deployments, Body("d", 10, "\"strategy\":{\"type\":\"RollingUpdate\",\"rollingUpdate\":{\"maxSurge\":3,\"maxUnavailable\":2}},"));
        await cluster.SettleAsync();
        await cluster.MakeReadyAsync();
        await cluster.ChangeAsync(Deployments, "d", tree => SetImage(tree, "two"));
        await cluster.SettleAsync();
        Assert.Equal([5L, 8L], cluster.Objects.List(Sets).Select(one => one.Tree.Integer("spec", "replicas")!.Value).Order());

        await cluster.ChangeAsync(Deployments, "d", tree => tree.Map("spec")!["replicas"] = 15);
        await cluster.SettleAsync();

        // The example of Kubernetes' documentation: five more, three to the larger set and two to the smaller.
        Assert.Equal([7L, 11L], cluster.Objects.List(Sets).Select(one => one.Tree.Integer("spec", "replicas")!.Value).Order());
    }

    [Fact]
    public async Task Deployment_Stuck_ExceedsItsDeadline()
    {
        await using var cluster = await WorkloadHarness.StartAsync();
        await cluster.CreateAsync(Deployments, Body("d", 1, "\"progressDeadlineSeconds\":60,"));
        await cluster.SettleAsync();
        await cluster.AdvanceAsync(TimeSpan.FromSeconds(30));
        Assert.NotEqual("ProgressDeadlineExceeded", Reason(cluster.Get(Deployments, "d").Map("status")!, "Progressing"));

        await cluster.AdvanceAsync(TimeSpan.FromSeconds(31));

        Assert.Equal("ProgressDeadlineExceeded", Reason(cluster.Get(Deployments, "d").Map("status")!, "Progressing"));
    }

    [Fact]
    public async Task Deployment_HistoryLimit_ClearsOldSets()
    {
        await using var cluster = await WorkloadHarness.StartAsync();
        await cluster.CreateAsync(Deployments, Body("d", 1, "\"revisionHistoryLimit\":1,"));
        await cluster.SettleAsync();
        foreach (var image in new[] { "two", "three", "four" })
        {
            while (await cluster.MakeReadyAsync() > 0)
            {
            }

            await cluster.ChangeAsync(Deployments, "d", tree => SetImage(tree, image));
            await cluster.SettleAsync();
        }

        while (await cluster.MakeReadyAsync() > 0)
        {
        }

        Assert.Equal(2, cluster.Objects.List(Sets).Count);
    }

    [Fact]
    public async Task Deployment_PodsRefused_SaysSoInItsConditions()
    {
        await using var cluster = await WorkloadHarness.StartAsync();
        cluster.Objects.Refuse = (verb, resource, _, _) => verb == "create" && resource.Resource == "pods" ? new NaruException(ErrorKind.PermissionDenied, "exceeded quota: q") : null;
        await cluster.CreateAsync(Deployments, Body("d", 3));
        await cluster.SettleAsync();

        var status = cluster.Get(Deployments, "d").Map("status")!;
        Assert.Equal("FailedCreate", Reason(status, "ReplicaFailure"));
        Assert.Contains(cluster.Events(), text => text.Contains("exceeded quota: q", StringComparison.Ordinal));

        cluster.Objects.Refuse = null;
        for (var round = 0; round < 10 && cluster.PodsIn().Count < 3; round++)
        {
            await cluster.AdvanceAsync(TimeSpan.FromSeconds(1));
        }

        Assert.Equal(3, cluster.PodsIn().Count);
        Assert.Null(Reason(cluster.Get(Deployments, "d").Map("status")!, "ReplicaFailure"));
    }

    [Fact]
    public async Task Deployment_Of2000_MakesEveryPodOnceAndQuickly()
    {
        await using var cluster = await WorkloadHarness.StartAsync();
        var started = System.Diagnostics.Stopwatch.StartNew();
        await cluster.CreateAsync(Deployments, Body("d", 2000));
        for (var round = 0; round < 50 && cluster.PodsIn().Count < 2000; round++)
        {
            await cluster.SettleAsync();
        }

        Assert.Equal(2000, cluster.Objects.CountWrites("create pods"));
        TestContext.Current.SendDiagnosticMessage($"2000 pods in {started.ElapsedMilliseconds} ms");
        // Wide enough for a busy machine.
        Assert.True(started.Elapsed < TimeSpan.FromMinutes(1), $"took {started.Elapsed}");
    }

    [Fact]
    public async Task ReplicaSet_LabelTakenOff_ReleasesThePodAndTakesItBack()
    {
        await using var cluster = await WorkloadHarness.StartAsync();
        await cluster.CreateAsync(Sets, """{"apiVersion":"apps/v1","kind":"ReplicaSet","metadata":{"name":"r","namespace":"ns"},"spec":{"replicas":1,"selector":{"matchLabels":{"app":"x"}},"template":{"metadata":{"labels":{"app":"x"}},"spec":{}}}}""");
        await cluster.SettleAsync();
        var first = cluster.PodsIn().Single().Name;
        await cluster.ChangeAsync(WorkloadHarness.Pods, first, tree => tree.Map("metadata", "labels")!["app"] = "other");
        await cluster.SettleAsync();
        Assert.Equal(2, cluster.PodsIn().Count);
        Assert.Null(cluster.Get(WorkloadHarness.Pods, first).At("metadata", "ownerReferences"));

        await cluster.ChangeAsync(WorkloadHarness.Pods, first, tree => tree.Map("metadata", "labels")!["app"] = "x");
        await cluster.SettleAsync();

        Assert.Single(cluster.PodsIn());
    }

    [Fact]
    public async Task ReplicationController_ScaledDown_DeletesCheapestFirst()
    {
        await using var cluster = await WorkloadHarness.StartAsync();
        var controllers = new GroupResource("", "replicationcontrollers");
        await cluster.CreateAsync(controllers, """{"apiVersion":"v1","kind":"ReplicationController","metadata":{"name":"r","namespace":"ns"},"spec":{"replicas":3,"selector":{"app":"x"},"template":{"metadata":{"labels":{"app":"x"}},"spec":{}}}}""");
        await cluster.SettleAsync();
        await cluster.MakeReadyAsync();
        var cheap = cluster.PodsIn()[1].Name;
        await cluster.ChangeAsync(WorkloadHarness.Pods, cheap, tree => tree.MakeMap("metadata").MakeMap("annotations")["controller.kubernetes.io/pod-deletion-cost"] = "-5");
        await cluster.ChangeAsync(controllers, "r", tree => tree.Map("spec")!["replicas"] = 2);
        await cluster.SettleAsync();

        Assert.Equal(2, cluster.PodsIn().Count);
        Assert.DoesNotContain(cluster.PodsIn(), pod => pod.Name == cheap);
        Assert.Equal(2, cluster.Get(controllers, "r").Integer("status", "readyReplicas"));
    }

    private static string? Reason(MapValue status, string type) => status.Maps("conditions").FirstOrDefault(one => one.Text("type") == type)?.Text("reason");

    private static void SetImage(MapValue tree, string image) => tree.Maps("spec", "template", "spec", "containers").Single()["image"] = image;

    private static string Body(string name, int replicas, string more = "") =>
        "{\"apiVersion\":\"apps/v1\",\"kind\":\"Deployment\",\"metadata\":{\"name\":\"" + name + "\",\"namespace\":\"ns\"},\"spec\":{" + more + "\"replicas\":" + replicas
        + ",\"selector\":{\"matchLabels\":{\"app\":\"x\"}},\"template\":{\"metadata\":{\"labels\":{\"app\":\"x\"}},\"spec\":{\"containers\":[{\"name\":\"c\",\"image\":\"one\"}]}}}}";
}
