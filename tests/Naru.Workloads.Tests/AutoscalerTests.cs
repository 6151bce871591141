using Microsoft.Extensions.DependencyInjection;
using Naru.Objects.Metrics;
using Naru.Objects.Resources;
using Naru.Objects.Values;
using Naru.Workloads.Autoscaling;

namespace Naru.Workloads.Tests;

public sealed class AutoscalerTests
{
    private static readonly GroupResource Deployments = new("apps", "deployments");
    private static readonly GroupResource Autoscalers = new("autoscaling", "horizontalpodautoscalers");

    [Fact]
    public async Task Autoscaler_LoadRisesAndFalls_ScalesUpAtOnceAndDownAfterAWindow()
    {
        var usage = new FakeUsage();
        await using var cluster = await WorkloadHarness.StartAsync(services => services.AddSingleton<IUsageReadings>(usage));
        usage.Cluster = cluster;
        await StartAsync(cluster);

        usage.MilliCpu = 180;
        await TickAsync(cluster);
        Assert.Equal(4, Replicas(cluster));
        Assert.Contains("SuccessfulRescale: New size: 4; reason: metrics above target", cluster.Events());

        usage.MilliCpu = 45;
        await TickAsync(cluster);
        Assert.Equal(4, Replicas(cluster));
        for (var round = 0; round < 21; round++)
        {
            await TickAsync(cluster);
        }

        Assert.Equal(2, Replicas(cluster));
        var status = cluster.Get(Autoscalers, "h").Map("status")!;
        Assert.Equal("True", status.Maps("conditions").Single(one => one.Text("type") == "ScalingActive").Text("status"));
        Assert.Equal(45, status.Maps("currentMetrics").Single().Integer("resource", "current", "averageUtilization"));
    }

    [Fact]
    public async Task Autoscaler_NoReadings_SaysSoAndLeavesTheSize()
    {
        await using var cluster = await WorkloadHarness.StartAsync();
        await StartAsync(cluster);
        await TickAsync(cluster);

        Assert.Equal(2, Replicas(cluster));
        Assert.Equal("FailedGetResourceMetric", cluster.Get(Autoscalers, "h").Maps("status", "conditions").Single(one => one.Text("type") == "ScalingActive").Text("reason"));
    }

    [Theory]
    [InlineData(3, 100, 100, 3)] // within tolerance
    [InlineData(3, 200, 100, 6)]
    [InlineData(3, 30, 100, 1)]
    public void Calculation_AllMeasured_FollowsTheRatio(int pods, long usage, long target, int expected) =>
        Assert.Equal(expected, ReplicaCalculation.OfPods(pods, [.. Enumerable.Repeat(new PodReading(true, usage, 0), pods)], target, false, (0.1, 0.1))!.Replicas);

    [Fact]
    public void Calculation_UnmeasuredAndUnready_DampTheChange()
    {
        PodReading[] pods = [new(true, 200, 100), new(true, null, 100), new(false, null, 100)];

        // Alone the measured one asks for twice as many; the others count as idle, which would turn the change round: nothing moves.
        Assert.Equal(3, ReplicaCalculation.OfPods(3, pods, 100, true, (0.1, 0.1))!.Replicas);
    }

    private static async Task StartAsync(WorkloadHarness cluster)
    {
        await cluster.CreateAsync(Deployments, """{"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"d","namespace":"ns"},"spec":{"replicas":2,"selector":{"matchLabels":{"app":"x"}},"template":{"metadata":{"labels":{"app":"x"}},"spec":{"containers":[{"name":"c","resources":{"requests":{"cpu":"100m"}}}]}}}}""");
        await cluster.SettleAsync();
        await ReadyAsync(cluster);
        await cluster.CreateAsync(Autoscalers, """{"apiVersion":"autoscaling/v2","kind":"HorizontalPodAutoscaler","metadata":{"name":"h","namespace":"ns"},"spec":{"minReplicas":1,"maxReplicas":10,"scaleTargetRef":{"apiVersion":"apps/v1","kind":"Deployment","name":"d"},"metrics":[{"type":"Resource","resource":{"name":"cpu","target":{"type":"Utilization","averageUtilization":90}}}]}}""");
        await cluster.SettleAsync();
    }

    private static async Task TickAsync(WorkloadHarness cluster)
    {
        await cluster.AdvanceAsync(TimeSpan.FromSeconds(15));
        await ReadyAsync(cluster);
    }

    private static async Task ReadyAsync(WorkloadHarness cluster)
    {
        foreach (var pod in cluster.PodsIn().Where(pod => !pod.IsReady && pod.IsActive))
        {
            await cluster.SetPodAsync(pod.Name, "Running", true, status => status["startTime"] = "2026-01-01T00:00:00Z");
        }

        await cluster.SettleAsync();
    }

    private static long? Replicas(WorkloadHarness cluster) => cluster.Get(Deployments, "d").Integer("spec", "replicas");

    private sealed class FakeUsage : IUsageReadings
    {
        public WorkloadHarness? Cluster { get; set; }

        public long MilliCpu { get; set; } = 90;

        public IReadOnlyList<NodeUsage> Nodes() => [];

        public IReadOnlyList<PodUsage> Pods(string? @namespace) =>
            [.. Cluster!.PodsIn().Select(pod => new PodUsage("ns", pod.Name, default, TimeSpan.FromSeconds(15), [new ContainerUsage("c", MilliCpu * 1_000_000, 0)]))];
    }
}
