using Naru.Objects.Resources;
using Naru.Objects.Values;
using Naru.Workloads.Jobs;

namespace Naru.Workloads.Tests;

public sealed class JobTests
{
    private static readonly GroupResource Jobs = new("batch", "jobs");

    [Fact]
    public async Task Job_PodsSucceed_CompletesAndLetsThemGo()
    {
        await using var cluster = await WorkloadHarness.StartAsync();
        await cluster.CreateAsync(Jobs, Body("\"parallelism\":2,\"completions\":3,"));
        await cluster.SettleAsync();
        Assert.Equal(2, cluster.PodsIn().Count);
        Assert.All(cluster.PodsIn(), pod => Assert.True(JobPods.IsTracked(pod)));

        await EndAsync(cluster, "Succeeded");
        await EndAsync(cluster, "Succeeded");

        var status = cluster.Get(Jobs, "j").Map("status")!;
        Assert.Equal(3, status.Integer("succeeded"));
        Assert.Equal("CompletionsReached", Reason(status, "Complete"));
        Assert.NotNull(status.Text("completionTime"));
        Assert.All(cluster.PodsIn(), pod => Assert.False(JobPods.IsTracked(pod)));
        Assert.Equal(3, cluster.Objects.CountWrites("create pods"));
    }

    [Fact]
    public async Task Job_PodsFail_BacksOffAndGivesUp()
    {
        await using var cluster = await WorkloadHarness.StartAsync();
        await cluster.CreateAsync(Jobs, Body("\"backoffLimit\":1,"));
        await cluster.SettleAsync();
        await EndAsync(cluster, "Failed");
        Assert.Single(cluster.PodsIn());
        await cluster.AdvanceAsync(TimeSpan.FromSeconds(11));
        Assert.Equal(2, cluster.PodsIn().Count);
        await EndAsync(cluster, "Failed");

        var status = cluster.Get(Jobs, "j").Map("status")!;
        Assert.Equal("BackoffLimitExceeded", Reason(status, "Failed"));
        Assert.Equal(2, status.Integer("failed"));
    }

    [Fact]
    public async Task Job_Indexed_RunsEveryIndexOnce()
    {
        await using var cluster = await WorkloadHarness.StartAsync();
        await cluster.CreateAsync(Jobs, Body("\"completionMode\":\"Indexed\",\"parallelism\":2,\"completions\":4,"));
        await cluster.SettleAsync();
        Assert.Equal([0, 1], cluster.PodsIn().Select(JobPods.IndexOf).OfType<int>().Order());
        Assert.Contains(cluster.PodsIn()[0].Tree.Maps("spec", "containers").Single().Maps("env"), one => one.Text("name") == "JOB_COMPLETION_INDEX");
        await EndAsync(cluster, "Succeeded");
        await EndAsync(cluster, "Succeeded");

        var status = cluster.Get(Jobs, "j").Map("status")!;
        Assert.Equal(("0-3", 4L), (status.Text("completedIndexes"), status.Integer("succeeded")));
        Assert.True(Reason(status, "Complete") is not null);
    }

    [Fact]
    public async Task Job_LimitPerIndex_FailsTheIndexAndGoesOnWithTheOthers()
    {
        await using var cluster = await WorkloadHarness.StartAsync();
        await cluster.CreateAsync(Jobs, Body("\"completionMode\":\"Indexed\",\"parallelism\":2,\"completions\":2,\"backoffLimitPerIndex\":0,"));
        await cluster.SettleAsync();
        var (first, second) = (cluster.PodsIn().First(pod => JobPods.IndexOf(pod) == 0), cluster.PodsIn().First(pod => JobPods.IndexOf(pod) == 1));
        await cluster.SetPodAsync(first.Name, "Failed", false);
        await cluster.SettleAsync();
        await cluster.SetPodAsync(second.Name, "Succeeded", false);
        await cluster.SettleAsync();

        var status = cluster.Get(Jobs, "j").Map("status")!;
        Assert.Equal(("1", "0", "FailedIndexes"), (status.Text("completedIndexes"), status.Text("failedIndexes"), Reason(status, "Failed")));
    }

    [Fact]
    public async Task Job_FailurePolicy_EndsTheJobOrIgnoresThePod()
    {
        await using var cluster = await WorkloadHarness.StartAsync();
        const string Policy = "\"podFailurePolicy\":{\"rules\":[{\"action\":\"Ignore\",\"onPodConditions\":[{\"type\":\"DisruptionTarget\"}]},{\"action\":\"FailJob\",\"onExitCodes\":{\"operator\":\"In\",\"values\":[42]}}]},";
        await cluster.CreateAsync(Jobs, Body(Policy + "\"backoffLimit\":0,"));
        await cluster.SettleAsync();
        await cluster.SetPodAsync(cluster.PodsIn().Single().Name, "Failed", false, status => status.MakeList("conditions").Add(new MapValue { ["type"] = "DisruptionTarget", ["status"] = "True" }));
        await cluster.SettleAsync();
        await cluster.AdvanceAsync(TimeSpan.FromSeconds(11));
        Assert.Null(Reason(cluster.Get(Jobs, "j").Map("status")!, "Failed"));
        var second = cluster.PodsIn().Single(pod => pod.IsActive);
        await cluster.SetPodAsync(second.Name, "Failed", false, status => status.MakeList("containerStatuses").Add(Naru.Testing.Objects.TreeJson.Parse("""{"name":"c","state":{"terminated":{"exitCode":42}}}""")));
        await cluster.SettleAsync();

        Assert.Equal("PodFailurePolicy", Reason(cluster.Get(Jobs, "j").Map("status")!, "Failed"));
    }

    [Fact]
    public async Task Job_SuspendedAndResumed_StopsAndStartsAgain()
    {
        await using var cluster = await WorkloadHarness.StartAsync();
        await cluster.CreateAsync(Jobs, Body(""));
        await cluster.SettleAsync();
        await cluster.ChangeAsync(Jobs, "j", tree => tree.Map("spec")!["suspend"] = true);
        await cluster.SettleAsync();
        Assert.Empty(cluster.PodsIn());
        Assert.Null(cluster.Get(Jobs, "j").Text("status", "startTime"));
        Assert.Null(cluster.Get(Jobs, "j").Integer("status", "failed"));

        await cluster.ChangeAsync(Jobs, "j", tree => tree.Map("spec")!["suspend"] = false);
        await cluster.SettleAsync();

        Assert.Single(cluster.PodsIn());
    }

    [Fact]
    public async Task Job_Deadline_EndsIt()
    {
        await using var cluster = await WorkloadHarness.StartAsync();
        await cluster.CreateAsync(Jobs, Body("\"activeDeadlineSeconds\":30,"));
        await cluster.SettleAsync();
        await cluster.AdvanceAsync(TimeSpan.FromSeconds(31));

        Assert.Equal("DeadlineExceeded", Reason(cluster.Get(Jobs, "j").Map("status")!, "Failed"));
        Assert.Empty(cluster.PodsIn());
    }

    [Theory]
    [InlineData("0,2-4,7", "0,2-4,7")]
    [InlineData("1,2", "1,2")]
    [InlineData("", "")]
    public void Indexes_ReadAndWritten_AreTheSame(string text, string expected) => Assert.Equal(expected, IndexSet.Format(IndexSet.Parse(text, 100)));

    private static async Task EndAsync(WorkloadHarness cluster, string phase)
    {
        foreach (var pod in cluster.PodsIn().Where(pod => pod.IsActive))
        {
            await cluster.SetPodAsync(pod.Name, phase, false);
        }

        await cluster.SettleAsync();
    }

    private static string? Reason(MapValue status, string type) => status.Maps("conditions").FirstOrDefault(one => one.Text("type") == type)?.Text("reason");

    private static string Body(string more) =>
        "{\"apiVersion\":\"batch/v1\",\"kind\":\"Job\",\"metadata\":{\"name\":\"j\",\"namespace\":\"ns\"},\"spec\":{" + (more.Contains("completions", StringComparison.Ordinal) ? "" : "\"completions\":1,\"parallelism\":1,") + more
        + "\"selector\":{\"matchLabels\":{\"job\":\"j\"}},\"template\":{\"metadata\":{\"labels\":{\"job\":\"j\"}},\"spec\":{\"restartPolicy\":\"Never\",\"containers\":[{\"name\":\"c\",\"image\":\"i\"}]}}}}";
}
