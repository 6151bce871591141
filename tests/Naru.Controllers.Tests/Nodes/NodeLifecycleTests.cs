using Naru.Objects.Resources;
using Naru.Objects.Values;

namespace Naru.Controllers.Tests.Nodes;

public sealed class NodeLifecycleTests
{
    private static readonly GroupResource Nodes = new("", "nodes");
    private static readonly GroupResource Pods = new("", "pods");
    private static readonly GroupResource Leases = new("coordination.k8s.io", "leases");

    [Fact]
    public async Task Node_NeverSpeaks_IsUnknownAfterAMinute()
    {
        await using var harness = await NodeHarness.StartAsync();
        await harness.CreateAsync(Nodes, """{"metadata":{"name":"n"}}""");
        Assert.Equal(["not-ready:NoSchedule"], Taints(harness, "n"));

        await harness.AdvanceAsync(TimeSpan.FromSeconds(59));
        Assert.Null(Ready(harness, "n"));
        await harness.AdvanceAsync(TimeSpan.FromSeconds(2));

        Assert.Equal(("Unknown", "NodeStatusNeverUpdated"), (Ready(harness, "n")?.Text("status"), Ready(harness, "n")?.Text("reason")));
        Assert.Equal(["unreachable:NoSchedule"], Taints(harness, "n"));
    }

    [Fact]
    public async Task Node_GoesSilent_IsUnknownAfterTheGracePeriodAndItsPodsAreNotReady()
    {
        await using var harness = await NodeHarness.StartAsync();
        await NodeAsync(harness, "n");
        await PodAsync(harness, "p", "n", "[]");
        Assert.Empty(Taints(harness, "n"));

        await harness.AdvanceAsync(TimeSpan.FromSeconds(39));
        Assert.Equal("True", Ready(harness, "n")?.Text("status"));
        await harness.AdvanceAsync(TimeSpan.FromSeconds(2));

        Assert.Equal(("Unknown", "NodeStatusUnknown"), (Ready(harness, "n")?.Text("status"), Ready(harness, "n")?.Text("reason")));
        Assert.Equal("False", harness.Get(Pods, "ns", "p").Maps("status", "conditions").First(static one => one.Text("type") == "Ready").Text("status"));
    }

    [Fact]
    public async Task Node_RenewsItsLeaseOnly_StaysReady()
    {
        await using var harness = await NodeHarness.StartAsync();
        await NodeAsync(harness, "n");
        await harness.CreateAsync(Leases, """{"metadata":{"name":"n","namespace":"kube-node-lease"},"spec":{"renewTime":"2026-01-01T00:00:00.000000Z"}}""");
        for (var round = 1; round <= 5; round++)
        {
            await harness.AdvanceAsync(TimeSpan.FromSeconds(30));
            await harness.ChangeAsync(Leases, "kube-node-lease", "n", tree => tree.MakeMap("spec")["renewTime"] = $"renewed {round}");
        }

        Assert.Equal("True", Ready(harness, "n")?.Text("status"));
        await harness.AdvanceAsync(TimeSpan.FromSeconds(41));
        Assert.Equal("Unknown", Ready(harness, "n")?.Text("status"));
    }

    [Fact]
    public async Task Node_SpeaksAgain_LosesItsTaints()
    {
        await using var harness = await NodeHarness.StartAsync();
        await NodeAsync(harness, "good");
        await NodeAsync(harness, "n");
        await KeepAsync(harness, "good", TimeSpan.FromSeconds(60));
        Assert.Equal(["unreachable:NoExecute", "unreachable:NoSchedule"], Taints(harness, "n"));

        await SpeakAsync(harness, "n");
        Assert.Empty(Taints(harness, "n"));
    }

    [Fact]
    public async Task Node_AllAreLost_NobodyIsDrivenAway()
    {
        await using var harness = await NodeHarness.StartAsync();
        await NodeAsync(harness, "a");
        await NodeAsync(harness, "b");
        await harness.AdvanceAsync(TimeSpan.FromSeconds(120), TimeSpan.FromSeconds(5));

        Assert.Equal(["unreachable:NoSchedule"], Taints(harness, "a"));
        Assert.Equal(["unreachable:NoSchedule"], Taints(harness, "b"));
    }

    [Fact]
    public async Task Nodes_SeveralLost_AreGivenUpOneByOne()
    {
        await using var harness = await NodeHarness.StartAsync();
        foreach (var name in (string[])["good", "better", "a", "b"])
        {
            await NodeAsync(harness, name);
        }

        await KeepAsync(harness, ["good", "better"], TimeSpan.FromSeconds(45));
        Assert.Equal(1, Driven(harness));
        await KeepAsync(harness, ["good", "better"], TimeSpan.FromSeconds(12));
        Assert.Equal(2, Driven(harness));
    }

    [Fact]
    public async Task Nodes_MostOfASmallZoneLost_NobodyIsDrivenAway()
    {
        await using var harness = await NodeHarness.StartAsync();
        foreach (var name in (string[])["good", "a", "b", "c"])
        {
            await NodeAsync(harness, name);
        }

        await KeepAsync(harness, "good", TimeSpan.FromSeconds(120));
        Assert.Equal(0, Driven(harness));
        Assert.Equal(["unreachable:NoSchedule"], Taints(harness, "a"));
    }

    [Fact]
    public async Task Node_UnderPressureOrCordoned_KeepsPodsAway()
    {
        await using var harness = await NodeHarness.StartAsync();
        await NodeAsync(harness, "n");
        await harness.ChangeAsync(Nodes, "", "n", static tree =>
        {
            tree.MakeMap("spec")["unschedulable"] = true;
            tree.MakeMap("spec").MakeList("taints").Add(new MapValue { ["key"] = "mine", ["effect"] = "NoSchedule" });
        });
        await harness.ChangeAsync(Nodes, "", "n", static tree => tree.MakeMap("status").MakeList("conditions").Add(new MapValue { ["type"] = "DiskPressure", ["status"] = "True" }), NodeHarness.Status);
        Assert.Equal(["disk-pressure:NoSchedule", "mine:NoSchedule", "unschedulable:NoSchedule"], Taints(harness, "n"));

        await harness.ChangeAsync(Nodes, "", "n", static tree => tree.MakeMap("spec")["unschedulable"] = null);
        Assert.Equal(["disk-pressure:NoSchedule", "mine:NoSchedule"], Taints(harness, "n"));
    }

    [Fact]
    public async Task Pod_OnLostNode_GoesWhenItsPatienceEnds()
    {
        await using var harness = await NodeHarness.StartAsync();
        await NodeAsync(harness, "good");
        await NodeAsync(harness, "n");
        await PodAsync(harness, "patient", "n", """[{"key":"node.kubernetes.io/unreachable","operator":"Exists","effect":"NoExecute","tolerationSeconds":30}]""");
        await PodAsync(harness, "stoic", "n", """[{"operator":"Exists"}]""");
        await PodAsync(harness, "restless", "n", "[]");

        await KeepAsync(harness, "good", TimeSpan.FromSeconds(45));
        Assert.Null(harness.Find(Pods, "ns", "restless"));
        Assert.NotNull(harness.Find(Pods, "ns", "patient"));
        await KeepAsync(harness, "good", TimeSpan.FromSeconds(35));

        Assert.Null(harness.Find(Pods, "ns", "patient"));
        Assert.NotNull(harness.Find(Pods, "ns", "stoic"));
        Assert.Contains("TaintManagerEviction: Marking for deletion Pod ns/patient", harness.Events());
    }

    [Fact]
    public async Task Pod_TaintGoesInTime_Stays()
    {
        await using var harness = await NodeHarness.StartAsync();
        await NodeAsync(harness, "n");
        await PodAsync(harness, "p", "n", """[{"key":"mine","operator":"Exists","effect":"NoExecute","tolerationSeconds":20}]""");
        await TaintAsync(harness, "mine");
        await harness.AdvanceAsync(TimeSpan.FromSeconds(15));
        await TaintAsync(harness, null);
        await harness.AdvanceAsync(TimeSpan.FromSeconds(15));
        await TaintAsync(harness, "mine");
        await harness.AdvanceAsync(TimeSpan.FromSeconds(15));
        Assert.NotNull(harness.Find(Pods, "ns", "p"));

        await harness.AdvanceAsync(TimeSpan.FromSeconds(6));
        Assert.Null(harness.Find(Pods, "ns", "p"));
    }

    private static Task TaintAsync(NodeHarness harness, string? key) => harness.ChangeAsync(
        Nodes, "", "n", tree => tree.MakeMap("spec")["taints"] = key is null ? null : new ListValue([new MapValue { ["key"] = key, ["effect"] = "NoExecute" }]));

    private static int Driven(NodeHarness harness) => harness.Objects.List(Nodes).Count(one => Taints(harness, one.Name).Contains("unreachable:NoExecute"));

    private static Task KeepAsync(NodeHarness harness, string name, TimeSpan time) => KeepAsync(harness, [name], time);

    private static async Task KeepAsync(NodeHarness harness, string[] names, TimeSpan time)
    {
        for (var left = time; left > TimeSpan.Zero; left -= TimeSpan.FromSeconds(5))
        {
            await harness.AdvanceAsync(TimeSpan.FromSeconds(5) < left ? TimeSpan.FromSeconds(5) : left);
            foreach (var name in names)
            {
                await SpeakAsync(harness, name);
            }
        }
    }

    private static Task SpeakAsync(NodeHarness harness, string name) => harness.ChangeAsync(Nodes, "", name, tree =>
    {
        var ready = tree.Maps("status", "conditions").First(static one => one.Text("type") == "Ready");
        ready["status"] = "True";
        ready["lastHeartbeatTime"] = Naru.Controllers.Runtime.KubernetesTime.Format(harness.Time.GetUtcNow());
    }, NodeHarness.Status);

    private static Task NodeAsync(NodeHarness harness, string name) => harness.CreateAsync(Nodes, """
        {"metadata":{"name":"NAME"},"spec":{},"status":{"conditions":[{"type":"Ready","status":"True","lastHeartbeatTime":"2025-12-31T00:00:00Z"}]}}
        """.Replace("NAME", name, StringComparison.Ordinal));

    private static Task PodAsync(NodeHarness harness, string name, string node, string tolerations) => harness.CreateAsync(Pods, """
        {"metadata":{"name":"NAME","namespace":"ns"},"spec":{"nodeName":"NODE","tolerations":TOLERATIONS},"status":{"conditions":[{"type":"Ready","status":"True"}]}}
        """.Replace("NAME", name, StringComparison.Ordinal).Replace("NODE", node, StringComparison.Ordinal).Replace("TOLERATIONS", tolerations, StringComparison.Ordinal));

    private static MapValue? Ready(NodeHarness harness, string name) => harness.Get(Nodes, "", name).Maps("status", "conditions").FirstOrDefault(static one => one.Text("type") == "Ready");

    private static List<string> Taints(NodeHarness harness, string name) =>
        [.. harness.Get(Nodes, "", name).Maps("spec", "taints").Select(static one => $"{one.Text("key")!.Replace("node.kubernetes.io/", "", StringComparison.Ordinal)}:{one.Text("effect")}").Order()];
}
