using Microsoft.Extensions.Logging.Abstractions;
using Naru.Core.Errors;
using Naru.Objects.Values;
using Naru.Scheduling.Running;
using Naru.Testing.Objects;
using static Naru.Scheduling.Tests.World;

namespace Naru.Scheduling.Tests;

/// <summary>The whole scheduler over objects in memory.</summary>
public sealed class LoopTests : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly MemoryObjects _objects = new();
    private readonly SchedulerMetrics _metrics = new();
    private readonly SchedulerStage _stage;
    private readonly SchedulerLoop _loop;

    public LoopTests()
    {
        var options = new SchedulingOptions { InitialBackoff = TimeSpan.FromMilliseconds(10) };
        var events = new EventWriter(_objects, options, TimeProvider.System, NullLogger<EventWriter>.Instance);
        var writer = new PodWriter(_objects, events, TimeProvider.System, NullLogger<PodWriter>.Instance);
        _loop = new(_objects, options, writer, events, new(_objects, options, TimeProvider.System), _metrics, TimeProvider.System, NullLogger<SchedulerLoop>.Instance);
        _stage = new(_loop);
    }

    [Fact]
    public async Task Pods_AreBound_AndEventsSaySo()
    {
        await CreateAsync(Kinds.Nodes, NodeTree("n"));
        await _stage.StartAsync(default);
        await CreateAsync(Kinds.Pods, PodTree("p"));

        await UntilAsync(Kinds.Pods, pod => pod.Text("spec", "nodeName") == "n");
        await UntilAsync(Kinds.Events, one => one.Text("reason") == "Scheduled" && one.Text("message") == "Successfully assigned default/p to n");
    }

    [Fact]
    public async Task Pod_WithoutRoom_IsToldWhy_AndPlacedWhenANodeComes()
    {
        await CreateAsync(Kinds.Nodes, NodeTree("small", cpu: "500m"));
        await _stage.StartAsync(default);
        await CreateAsync(Kinds.Pods, PodTree("p"));
        await UntilAsync(Kinds.Pods, pod => pod.Maps("status", "conditions").Any(condition =>
            condition.Text("type") == "PodScheduled" && condition.Text("status") == "False" && condition.Text("reason") == "Unschedulable" && condition.Text("message")!.StartsWith("0/1 nodes are available: 1 Insufficient cpu.", StringComparison.Ordinal)));

        await CreateAsync(Kinds.Nodes, NodeTree("big"));

        await UntilAsync(Kinds.Pods, pod => pod.Text("spec", "nodeName") == "big");
    }

    [Fact]
    public async Task Important_PushesOut_AndTakesThePlace()
    {
        await CreateAsync(Kinds.Nodes, NodeTree("n", cpu: "1"));
        await CreateAsync(Kinds.Pods, PodTree("low", node: "n"));
        await _stage.StartAsync(default);
        await CreateAsync(Kinds.Pods, PodTree("high", priority: 100));

        await UntilAsync(Kinds.Pods, pod => pod.Text("metadata", "name") == "high" && pod.Text("spec", "nodeName") == "n");

        Assert.Null(_objects.Get(Kinds.Pods, "default", "low"));
    }

    [Fact]
    public async Task OtherSchedulersPods_AreLeftAlone()
    {
        await CreateAsync(Kinds.Nodes, NodeTree("n"));
        await _stage.StartAsync(default);
        var other = PodTree("other");
        other.MakeMap("spec")["schedulerName"] = "mine";
        await CreateAsync(Kinds.Pods, other);
        await CreateAsync(Kinds.Pods, PodTree("own"));

        await UntilAsync(Kinds.Pods, pod => pod.Text("metadata", "name") == "own" && pod.Text("spec", "nodeName") == "n");

        Assert.Null(_objects.Get(Kinds.Pods, "default", "other")!.Tree.Text("spec", "nodeName"));
    }

    [Fact]
    public async Task ConflictsChurnAndCutWatches_EndWithAllPlacedAndNothingOvercommitted()
    {
        var failing = 0;
        _objects.Refuse = (verb, resource, _, options) =>
            verb == "update" && resource == Kinds.Pods && options.Subresource.Length == 0 && ++failing % 5 == 0 ? NaruException.Conflict("somebody else was quicker") : null;
        for (var node = 0; node < 10; node++)
        {
            await CreateAsync(Kinds.Nodes, NodeTree($"n{node}", cpu: "8", memory: "64Gi"));
        }

        await _stage.StartAsync(default);
        for (var pod = 0; pod < 60; pod++)
        {
            await CreateAsync(Kinds.Pods, PodTree($"p{pod}"));
            if (pod % 20 == 10)
            {
                _objects.ExpireWatches();
            }

            if (pod % 15 == 7)
            {
                await CreateAsync(Kinds.Nodes, NodeTree($"m{pod}", cpu: "2"));
                await _objects.DeleteAsync(Kinds.Pods, "default", $"p{pod - 1}", new(), default);
            }
        }

        await UntilAllAsync(pods => pods.Count > 0 && pods.All(pod => pod.Text("spec", "nodeName") is { Length: > 0 }));

        foreach (var node in _objects.List(Kinds.Nodes))
        {
            var count = _objects.List(Kinds.Pods).Count(pod => pod.Tree.Text("spec", "nodeName") == node.Name);
            Assert.True(count <= int.Parse(node.Tree.Text("status", "allocatable", "cpu")!), node.Name);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stage.StopAsync(default);
        _stage.Dispose();
        _loop.Dispose();
        _metrics.Dispose();
    }

    private async Task CreateAsync(Naru.Objects.Resources.GroupResource resource, MapValue tree) => await _objects.CreateAsync(resource, tree, new(), default);

    private async Task UntilAsync(Naru.Objects.Resources.GroupResource resource, Func<MapValue, bool> holds)
    {
        using var late = new CancellationTokenSource(Patience);
        await foreach (var change in _objects.WatchAsync(resource, late.Token))
        {
            if (change.Object is { } item && holds(item.Tree))
            {
                return;
            }
        }
    }

    private async Task UntilAllAsync(Func<List<MapValue>, bool> hold)
    {
        using var late = new CancellationTokenSource(Patience);
        await foreach (var _ in _objects.WatchAsync(Kinds.Pods, late.Token))
        {
            if (hold([.. _objects.List(Kinds.Pods).Select(pod => pod.Tree)]))
            {
                return;
            }
        }
    }
}
