using Naru.Cluster.Tests.Support;
using Naru.Core.Errors;
using Naru.Objects.Resources;
using Naru.Objects.Values;

namespace Naru.Cluster.Tests;

public sealed class EvictionTests
{
    private const string Budgets = "policy/v1/poddisruptionbudgets";
    private static readonly GroupResource Pods = new("", "pods");

    [Fact]
    public async Task Eviction_TakesFromTheBudget_UntilItIsUsedUp()
    {
        await using var cluster = await TestCluster.StartAsync();
        await RunningAsync(cluster, "p");
        await RunningAsync(cluster, "q");
        await BudgetAsync(cluster, 1);

        await EvictAsync(cluster, "p");
        var refused = await Assert.ThrowsAsync<NaruException>(() => EvictAsync(cluster, "q"));

        var budget = cluster.Objects.Get(new GroupResource("policy", "poddisruptionbudgets"), "a", "b")!.Tree;
        Assert.Equal(0, budget.Integer("status", "disruptionsAllowed"));
        Assert.True(budget.Map("status", "disruptedPods")!.Has("p"));
        Assert.True(cluster.Objects.Get(Pods, "a", "p")!.Tree.Map("metadata")!.Has("deletionTimestamp"));
        Assert.Equal("EvictionByEvictionAPI", cluster.Objects.Get(Pods, "a", "p")!.Tree.Maps("status", "conditions").Single(static one => one.Text("type") == "DisruptionTarget").Text("reason"));
        Assert.DoesNotContain(cluster.Objects.Get(Pods, "a", "q")!.Tree.Maps("status", "conditions"), static one => one.Text("type") == "DisruptionTarget");
        Assert.Equal(ErrorKind.ResourceExhausted, refused.Kind);
        Assert.Equal("DisruptionBudget", Assert.Single(refused.Details!.Causes).Reason);
    }

    [Fact]
    public async Task Eviction_DryRun_TakesNothing()
    {
        await using var cluster = await TestCluster.StartAsync();
        await RunningAsync(cluster, "p");
        await BudgetAsync(cluster, 1);

        await cluster.Api.CreateAsync(cluster.Call("v1/pods", "a", "eviction") with { DryRun = true }, "p", Eviction("p"), default);

        Assert.Equal(1, cluster.Objects.Get(new GroupResource("policy", "poddisruptionbudgets"), "a", "b")!.Tree.Integer("status", "disruptionsAllowed"));
        Assert.False(cluster.Objects.Get(Pods, "a", "p")!.Tree.Map("metadata")!.Has("deletionTimestamp"));
    }

    private static Task EvictAsync(TestCluster cluster, string name) => cluster.Api.CreateAsync(cluster.Call("v1/pods", "a", "eviction"), name, Eviction(name), default);

    private static MapValue Eviction(string name) => new() { ["apiVersion"] = "policy/v1", ["kind"] = "Eviction", ["metadata"] = new MapValue { ["name"] = name, ["namespace"] = "a" } };

    private static async Task RunningAsync(TestCluster cluster, string name)
    {
        await cluster.CreateAsync("v1/pods", "a", $$"""{"metadata":{"name":"{{name}}","labels":{"app":"x"} },"spec":{"nodeName":"n","containers":[{"name":"c","image":"i"}]} }""");
        var body = cluster.Objects.Get(Pods, "a", name)!.Tree.CloneMap();
        body["status"] = TestCluster.Map("""{"phase":"Running","conditions":[{"type":"Ready","status":"True"}]}""");
        await cluster.Api.UpdateAsync(cluster.Call("v1/pods", "a", "status"), name, body, default);
    }

    private static async Task BudgetAsync(TestCluster cluster, long allowed)
    {
        var made = await cluster.CreateAsync(Budgets, "a", """{"metadata":{"name":"b"},"spec":{"minAvailable":1,"selector":{"matchLabels":{"app":"x"}}}}""");
        var body = made.Tree.CloneMap();
        body["status"] = new MapValue { ["disruptionsAllowed"] = allowed, ["currentHealthy"] = 2, ["desiredHealthy"] = 1, ["expectedPods"] = 2, ["observedGeneration"] = body.Integer("metadata", "generation") ?? 0 };
        await cluster.Api.UpdateAsync(cluster.Call(Budgets, "a", "status"), "b", body, default);
    }
}
