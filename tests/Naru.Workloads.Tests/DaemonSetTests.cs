using System.Text.Json.Nodes;
using Naru.Objects.Json;
using Naru.Objects.Resources;
using Naru.Objects.Values;
using Naru.Workloads.DaemonSets;

namespace Naru.Workloads.Tests;

public sealed class DaemonSetTests
{
    private static readonly GroupResource Sets = new("apps", "daemonsets");
    private static readonly GroupResource Nodes = new("", "nodes");

    [Fact]
    public async Task DaemonSet_NodesComeAndGo_FollowsThem()
    {
        await using var cluster = await WorkloadHarness.StartAsync();
        await NodeAsync(cluster, "a");
        await NodeAsync(cluster, "tainted", """,{"taints":[{"key":"k","effect":"NoSchedule"}]}""");
        await cluster.CreateAsync(Sets, Body());
        await cluster.SettleAsync();
        Assert.Equal(["a"], cluster.PodsIn().Select(DaemonPods.NodeOf));

        await NodeAsync(cluster, "b");
        await cluster.SettleAsync();
        Assert.Equal(["a", "b"], cluster.PodsIn().Select(DaemonPods.NodeOf).Order());

        await cluster.Objects.DeleteAsync(Nodes, "", "a", new(), CancellationToken.None);
        await cluster.SettleAsync();
        Assert.Equal(["b"], cluster.PodsIn().Select(DaemonPods.NodeOf));
        Assert.Equal(1, cluster.Get(Sets, "d").Integer("status", "desiredNumberScheduled"));
    }

    [Fact]
    public async Task DaemonSet_Revision_HoldsTheTemplateInGoOrder()
    {
        await using var cluster = await WorkloadHarness.StartAsync();
        await cluster.CreateAsync(Sets, Body());
        await cluster.SettleAsync();

        // As a client in Go writes the template that it compares with.
        var template = JsonNode.Parse(JsonText.ToText(cluster.Get(Sets, "d").Map("spec", "template")!))!.AsObject();
        template["$patch"] = "replace";
        var revision = Assert.Single(cluster.Objects.List(new("apps", "controllerrevisions")));
        Assert.Equal($$$"""{"spec":{"template":{{{InOrder(template).ToJsonString()}}}}}""", JsonText.ToText(revision.Tree.Map("data")!));
    }

    [Fact]
    public async Task DaemonSet_NewTemplate_ReplacesOneNodeAtATime()
    {
        await using var cluster = await WorkloadHarness.StartAsync();
        await ReadyAsync(cluster, Body(), 3);
        await cluster.ChangeAsync(Sets, "d", SetImage);
        await cluster.SettleAsync();
        var rounds = 0;
        do
        {
            Assert.True(cluster.PodsIn().Count(pod => pod.IsReady) >= 2);
            Assert.Equal(3, cluster.PodsIn().Count);
            rounds++;
        }
        while (await cluster.MakeReadyAsync() > 0);

        Assert.Equal(4, rounds);
        Assert.All(cluster.PodsIn(), pod => Assert.Equal("two", pod.Tree.Maps("spec", "containers").Single().Text("image")));
        Assert.Equal(3, cluster.Get(Sets, "d").Integer("status", "updatedNumberScheduled"));
    }

    [Fact]
    public async Task DaemonSet_Surge_NeverLeavesANodeWithoutPod()
    {
        await using var cluster = await WorkloadHarness.StartAsync();
        await ReadyAsync(cluster, Body("\"updateStrategy\":{\"type\":\"RollingUpdate\",\"rollingUpdate\":{\"maxSurge\":1,\"maxUnavailable\":0}},"), 3);
        await cluster.ChangeAsync(Sets, "d", SetImage);
        await cluster.SettleAsync();
        do
        {
            Assert.Equal(3, cluster.PodsIn().Where(pod => pod.IsReady).Select(DaemonPods.NodeOf).Distinct().Count());
            Assert.InRange(cluster.PodsIn().Count, 3, 4);
        }
        while (await cluster.MakeReadyAsync() > 0);

        Assert.All(cluster.PodsIn(), pod => Assert.Equal("two", pod.Tree.Maps("spec", "containers").Single().Text("image")));
    }

    [Fact]
    public async Task DaemonSet_FailedPod_IsMadeAgain()
    {
        await using var cluster = await WorkloadHarness.StartAsync();
        await ReadyAsync(cluster, Body(), 1);
        var first = cluster.PodsIn().Single();
        await cluster.SetPodAsync(first.Name, "Failed", false);
        await cluster.SettleAsync();

        Assert.NotEqual(first.Uid, cluster.PodsIn().Single().Uid);
        Assert.Contains(cluster.Events(), text => text.StartsWith("FailedDaemonPod", StringComparison.Ordinal));
    }

    private static async Task ReadyAsync(WorkloadHarness cluster, string body, int nodes)
    {
        for (var index = 0; index < nodes; index++)
        {
            await NodeAsync(cluster, $"n{index}");
        }

        await cluster.CreateAsync(Sets, body);
        await cluster.SettleAsync();
        await cluster.MakeReadyAsync();
    }

    private static Task NodeAsync(WorkloadHarness cluster, string name, string spec = "") =>
        cluster.CreateAsync(Nodes, "{\"apiVersion\":\"v1\",\"kind\":\"Node\",\"metadata\":{\"name\":\"" + name + "\"}" + (spec.Length > 0 ? ",\"spec\":" + spec[1..] : "") + "}");

    private static void SetImage(MapValue tree) => tree.Maps("spec", "template", "spec", "containers").Single()["image"] = "two";

    private static string Body(string more = "") =>
        "{\"apiVersion\":\"apps/v1\",\"kind\":\"DaemonSet\",\"metadata\":{\"name\":\"d\",\"namespace\":\"ns\"},\"spec\":{" + more
        + "\"selector\":{\"matchLabels\":{\"app\":\"x\"}},\"template\":{\"metadata\":{\"labels\":{\"app\":\"x\"}},\"spec\":{\"containers\":[{\"name\":\"c\",\"image\":\"one\"}]}}}}";

    private static JsonNode InOrder(JsonNode node) => node switch
    {
        JsonObject map => new JsonObject(map.OrderBy(static one => one.Key, StringComparer.Ordinal).Select(static one => KeyValuePair.Create(one.Key, one.Value is null ? null : (JsonNode?)InOrder(one.Value)))),
        JsonArray list => new JsonArray([.. list.Select(static one => InOrder(one!))]),
        _ => node.DeepClone(),
    };
}
