using Naru.Objects.Resources;
using Naru.Objects.Values;

namespace Naru.Workloads.Tests;

public sealed class CollectionTests
{
    private static readonly GroupResource Budgets = new("policy", "poddisruptionbudgets");
    private static readonly GroupResource Jobs = new("batch", "jobs");

    [Fact]
    public async Task Budget_ShareOfADeployment_AllowsWhatIsHealthyBeyondIt()
    {
        await using var cluster = await WorkloadHarness.StartAsync();
        await cluster.CreateAsync(new("apps", "deployments"), """{"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"d","namespace":"ns"},"spec":{"replicas":4,"selector":{"matchLabels":{"app":"x"}},"template":{"metadata":{"labels":{"app":"x"}},"spec":{}}}}""");
        await cluster.CreateAsync(Budgets, """{"apiVersion":"policy/v1","kind":"PodDisruptionBudget","metadata":{"name":"b","namespace":"ns"},"spec":{"minAvailable":"50%","selector":{"matchLabels":{"app":"x"}}}}""");
        await cluster.SettleAsync();
        Assert.Equal((0L, 2L, 4L), Counts(cluster));
        Assert.Equal("InsufficientPods", cluster.Get(Budgets, "b").Maps("status", "conditions").Single().Text("reason"));

        await cluster.MakeReadyAsync(3);

        Assert.Equal((1L, 2L, 4L), Counts(cluster));
        Assert.Equal("SufficientPods", cluster.Get(Budgets, "b").Maps("status", "conditions").Single().Text("reason"));
    }

    [Fact]
    public async Task FinishedJob_TimeToLivePassed_IsDeleted()
    {
        await using var cluster = await WorkloadHarness.StartAsync();
        await cluster.CreateAsync(Jobs, """{"apiVersion":"batch/v1","kind":"Job","metadata":{"name":"j","namespace":"ns"},"spec":{"ttlSecondsAfterFinished":60,"completions":1,"selector":{"matchLabels":{"a":"b"}},"template":{"metadata":{"labels":{"a":"b"}},"spec":{}}}}""");
        await cluster.SettleAsync();
        await cluster.SetPodAsync(cluster.PodsIn().Single().Name, "Succeeded", false);
        await cluster.SettleAsync();
        await cluster.AdvanceAsync(TimeSpan.FromSeconds(59));
        Assert.Null(cluster.Get(Jobs, "j").Text("metadata", "deletionTimestamp"));

        await cluster.AdvanceAsync(TimeSpan.FromSeconds(2));

        Assert.NotNull(cluster.Get(Jobs, "j").Text("metadata", "deletionTimestamp"));
    }

    [Fact]
    public async Task Pod_OnANodeThatIsGone_IsDeletedAfterQuarantine()
    {
        await using var cluster = await WorkloadHarness.StartAsync();
        await cluster.CreateAsync(WorkloadHarness.Pods, """{"apiVersion":"v1","kind":"Pod","metadata":{"name":"p","namespace":"ns"},"spec":{"nodeName":"gone"}}""");
        await cluster.SettleAsync();
        await cluster.AdvanceAsync(TimeSpan.FromSeconds(21));
        Assert.Single(cluster.PodsIn());

        await cluster.AdvanceAsync(TimeSpan.FromSeconds(41));

        Assert.Empty(cluster.PodsIn());
    }

    private static (long? Allowed, long? Desired, long? Expected) Counts(WorkloadHarness cluster)
    {
        var status = cluster.Get(Budgets, "b").Map("status")!;
        return (status.Integer("disruptionsAllowed"), status.Integer("desiredHealthy"), status.Integer("expectedPods"));
    }
}
