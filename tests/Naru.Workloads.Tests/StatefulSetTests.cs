using Naru.Objects.Resources;
using Naru.Objects.Values;

namespace Naru.Workloads.Tests;

public sealed class StatefulSetTests
{
    private static readonly GroupResource Sets = new("apps", "statefulsets");
    private static readonly GroupResource Claims = new("", "persistentvolumeclaims");

    [Fact]
    public async Task StatefulSet_Ordered_StartsOneAfterTheOther()
    {
        await using var cluster = await WorkloadHarness.StartAsync();
        await cluster.CreateAsync(Sets, Body("s", 3));
        await cluster.SettleAsync();
        for (var count = 1; count <= 3; count++)
        {
            Assert.Equal(Enumerable.Range(0, count).Select(index => $"s-{index}"), cluster.PodsIn().Select(pod => pod.Name));
            await cluster.MakeReadyAsync();
        }

        var status = cluster.Get(Sets, "s").Map("status")!;
        Assert.Equal([3L, 3L, 3L, 3L], new[] { "replicas", "readyReplicas", "availableReplicas", "currentReplicas" }.Select(name => status.Integer(name)!.Value));
        Assert.Equal(status.Text("currentRevision"), status.Text("updateRevision"));
        var pod = cluster.PodsIn()[1];
        Assert.Equal(("1", "s-1", "s-1"), (pod.Label("apps.kubernetes.io/pod-index"), pod.Label("statefulset.kubernetes.io/pod-name"), pod.Tree.Text("spec", "hostname")));
    }

    [Fact]
    public async Task StatefulSet_NewTemplate_ReplacesFromTheHighestAndWaits()
    {
        await using var cluster = await WorkloadHarness.StartAsync();
        await ReadySetAsync(cluster, Body("s", 3));
        await cluster.ChangeAsync(Sets, "s", tree => SetImage(tree, "two"));
        await cluster.SettleAsync();
        foreach (var expected in new[] { 2, 1, 0 })
        {
            var waiting = Assert.Single(cluster.PodsIn(), pod => !pod.IsReady);
            Assert.Equal(($"s-{expected}", "two"), (waiting.Name, waiting.Tree.Maps("spec", "containers").Single().Text("image")));
            await cluster.MakeReadyAsync();
        }

        var status = cluster.Get(Sets, "s").Map("status")!;
        Assert.Equal(status.Text("updateRevision"), status.Text("currentRevision"));
        Assert.Equal(3, status.Integer("updatedReplicas"));
    }

    [Fact]
    public async Task StatefulSet_NewTemplateBehindABrokenPod_WaitsForIt()
    {
        await using var cluster = await WorkloadHarness.StartAsync();
        await ReadySetAsync(cluster, Body("s", 3));
        var before = cluster.PodsIn().Select(static pod => pod.Uid).ToList();
        await cluster.SetPodAsync("s-1", "Running", false);
        await cluster.SettleAsync();
        await cluster.ChangeAsync(Sets, "s", tree => SetImage(tree, "two"));
        await cluster.SettleAsync();

        Assert.Equal(before, cluster.PodsIn().Select(static pod => pod.Uid));
        await cluster.MakeReadyAsync();
        Assert.Equal("s-2", Assert.Single(cluster.PodsIn(), pod => !pod.IsReady).Name);
    }

    [Fact]
    public async Task StatefulSet_Partition_KeepsLowerOrdinalsOld()
    {
        await using var cluster = await WorkloadHarness.StartAsync();
        await ReadySetAsync(cluster, Body("s", 3, "\"updateStrategy\":{\"type\":\"RollingUpdate\",\"rollingUpdate\":{\"partition\":2}},"));
        await cluster.ChangeAsync(Sets, "s", tree => SetImage(tree, "two"));
        await cluster.SettleAsync();
        await cluster.MakeReadyAsync();
        await cluster.Objects.DeleteAsync(WorkloadHarness.Pods, "ns", "s-0", new(), CancellationToken.None);
        await cluster.SettleAsync();
        await cluster.MakeReadyAsync();

        Assert.Equal(["one", "one", "two"], cluster.PodsIn().Select(pod => pod.Tree.Maps("spec", "containers").Single().Text("image")));
    }

    [Fact]
    public async Task StatefulSet_Parallel_StartsAllAtOnceFromItsFirstOrdinal()
    {
        await using var cluster = await WorkloadHarness.StartAsync();
        await cluster.CreateAsync(Sets, Body("s", 3, "\"podManagementPolicy\":\"Parallel\",\"ordinals\":{\"start\":5},"));
        await cluster.SettleAsync();

        Assert.Equal(["s-5", "s-6", "s-7"], cluster.PodsIn().Select(pod => pod.Name));
    }

    [Fact]
    public async Task StatefulSet_ScaledDown_DeletesHighestFirstAndItsClaimsAsWished()
    {
        await using var cluster = await WorkloadHarness.StartAsync();
        await ReadySetAsync(cluster, Body("s", 2, "\"persistentVolumeClaimRetentionPolicy\":{\"whenDeleted\":\"Retain\",\"whenScaled\":\"Delete\"},\"volumeClaimTemplates\":[{\"metadata\":{\"name\":\"data\"},\"spec\":{}}],"));
        Assert.Equal(["data-s-0", "data-s-1"], cluster.Objects.List(Claims).Select(one => one.Name));
        Assert.Equal("data-s-1", cluster.PodsIn()[1].Tree.Maps("spec", "volumes").Single().Text("persistentVolumeClaim", "claimName"));
        var uid = cluster.PodsIn()[1].Uid;

        await cluster.ChangeAsync(Sets, "s", tree => tree.Map("spec")!["replicas"] = 1);
        await cluster.SettleAsync();

        Assert.Equal("s-0", Assert.Single(cluster.PodsIn()).Name);
        // The garbage collector takes the claim once its only owner, the pod, is gone.
        Assert.Equal(uid, cluster.Get(Claims, "data-s-1").Maps("metadata", "ownerReferences").Single().Text("uid"));
        Assert.Empty(cluster.Get(Claims, "data-s-0").Maps("metadata", "ownerReferences"));
    }

    [Fact]
    public async Task StatefulSet_ScaledDownWithBrokenPods_WaitsForAllButTheLowest()
    {
        await using var cluster = await WorkloadHarness.StartAsync();
        await ReadySetAsync(cluster, Body("s", 3));
        await cluster.SetPodAsync("s-0", "Running", false);
        await cluster.SetPodAsync("s-2", "Running", false);
        await cluster.SettleAsync();
        await cluster.ChangeAsync(Sets, "s", static tree => tree.Map("spec")!["replicas"] = 0);
        await cluster.SettleAsync();
        Assert.Equal(3, cluster.PodsIn().Count);

        await cluster.SetPodAsync("s-2", "Running", true);
        await cluster.SettleAsync();
        Assert.Empty(cluster.PodsIn());
    }

    [Fact]
    public async Task StatefulSet_FailedPod_IsMadeAgain()
    {
        await using var cluster = await WorkloadHarness.StartAsync();
        await ReadySetAsync(cluster, Body("s", 1));
        var first = cluster.PodsIn().Single().Uid;
        await cluster.SetPodAsync("s-0", "Failed", false);
        await cluster.SettleAsync();

        Assert.NotEqual(first, cluster.PodsIn().Single().Uid);
    }

    [Fact]
    public async Task StatefulSet_OnDelete_UpdatesWhatIsDeleted()
    {
        await using var cluster = await WorkloadHarness.StartAsync();
        await ReadySetAsync(cluster, Body("s", 2, "\"updateStrategy\":{\"type\":\"OnDelete\"},"));
        await cluster.ChangeAsync(Sets, "s", tree => SetImage(tree, "two"));
        await cluster.SettleAsync();
        await cluster.Objects.DeleteAsync(WorkloadHarness.Pods, "ns", "s-0", new(), CancellationToken.None);
        await cluster.SettleAsync();

        Assert.Equal(["two", "one"], cluster.PodsIn().Select(pod => pod.Tree.Maps("spec", "containers").Single().Text("image")));
    }

    private static async Task ReadySetAsync(WorkloadHarness cluster, string body)
    {
        await cluster.CreateAsync(Sets, body);
        await cluster.SettleAsync();
        while (await cluster.MakeReadyAsync() > 0)
        {
        }
    }

    private static void SetImage(MapValue tree, string image) => tree.Maps("spec", "template", "spec", "containers").Single()["image"] = image;

    private static string Body(string name, int replicas, string more = "") =>
        "{\"apiVersion\":\"apps/v1\",\"kind\":\"StatefulSet\",\"metadata\":{\"name\":\"" + name + "\",\"namespace\":\"ns\"},\"spec\":{" + more + "\"replicas\":" + replicas
        + ",\"serviceName\":\"svc\",\"selector\":{\"matchLabels\":{\"app\":\"x\"}},\"template\":{\"metadata\":{\"labels\":{\"app\":\"x\"}},\"spec\":{\"containers\":[{\"name\":\"c\",\"image\":\"one\"}]}}}}";
}
