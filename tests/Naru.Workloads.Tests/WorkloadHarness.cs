using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Naru.Controllers.Runtime;
using Naru.Objects.Api;
using Naru.Objects.Resources;
using Naru.Objects.Values;
using Naru.Testing.Objects;
using Naru.Testing.Running;
using Naru.Workloads.Pods;

namespace Naru.Workloads.Tests;

/// <summary>All workload controllers over objects in memory on a clock that the test moves.</summary>
public sealed class WorkloadHarness : IAsyncDisposable
{
    public static readonly WriteOptions Write = new();
    public static readonly WriteOptions Status = new() { Subresource = "status" };
    public static readonly GroupResource Pods = new("", "pods");
    private readonly ServiceProvider _services;
    private readonly ControllerStage _stage;

    private WorkloadHarness(Action<IServiceCollection>? more)
    {
        Time = new(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));
        Objects = new MemoryObjects(Time);
        var services = new ServiceCollection();
        services.AddSingleton<TimeProvider>(Time);
        services.AddSingleton<IObjects>(Objects);
        services.AddSingleton(typeof(ILogger<>), typeof(NullLogger<>));
        services.AddSingleton<IResourceCatalogue, FewResources>();
        more?.Invoke(services);
        services.AddNaruControllerRuntime(new ControllerRuntimeOptions());
        services.AddNaruWorkloads(new WorkloadsOptions());
        _services = services.BuildServiceProvider();
        _stage = _services.GetRequiredService<ControllerStage>();
    }

    public FakeTimeProvider Time { get; }

    public MemoryObjects Objects { get; }

    public static async Task<WorkloadHarness> StartAsync(Action<IServiceCollection>? more = null)
    {
        var harness = new WorkloadHarness(more);
        await harness._stage.StartAsync(CancellationToken.None);
        await harness._services.GetRequiredService<Informers>().WaitUntilSyncedAsync(CancellationToken.None);
        await harness.SettleAsync();
        return harness;
    }

    /// <summary>Waits until every controller has seen everything and has nothing left to do, and the events of it are written.</summary>
    public async Task SettleAsync()
    {
        await Eventually.BecomesAsync(
            () =>
            {
                var quiet = 0;
                for (var round = 0; round < 3; round++)
                {
                    quiet += _stage.IsIdle && _services.GetRequiredService<Informers>().All.All(one => one.Revision >= Objects.RevisionOf(one.Resource)) ? 1 : 0;
                }

                return quiet == 3;
            },
            "controllers settle",
            TimeSpan.FromSeconds(60));
        await _services.GetRequiredService<EventRecorder>().FlushAsync();
    }

    public async Task AdvanceAsync(TimeSpan time)
    {
        Time.Advance(time);
        await SettleAsync();
    }

    public Task<StoredObject> CreateAsync(GroupResource resource, string json) => Objects.CreateAsync(resource, TreeJson.Parse(json), Write, CancellationToken.None);

    public Task<StoredObject> ChangeAsync(GroupResource resource, string name, Action<MapValue> change) => Objects.ChangeAsync(resource, "ns", name, tree =>
    {
        change(tree);
        return true;
    }, Write, CancellationToken.None);

    public MapValue Get(GroupResource resource, string name) => Objects.Get(resource, "ns", name)!.Tree;

    public List<PodFacts> PodsIn(string @namespace = "ns") => [.. Objects.List(Pods, @namespace).Select(one => new PodFacts(one))];

    public Task SetPodAsync(string name, string phase, bool ready, Action<MapValue>? more = null) => Objects.ChangeAsync(Pods, "ns", name, tree =>
    {
        var status = tree.MakeMap("status");
        status["phase"] = phase;
        var conditions = new ListValue();
        conditions.Add(new MapValue { ["type"] = "Ready", ["status"] = ready ? "True" : "False", ["lastTransitionTime"] = KubernetesTime.Format(Time.GetUtcNow()) });
        status["conditions"] = conditions;
        more?.Invoke(status);
        return true;
    }, Status, CancellationToken.None);

    /// <summary>Every pod that is neither ready nor ended becomes ready. Says how many.</summary>
    public async Task<int> MakeReadyAsync(int most = int.MaxValue, Func<PodFacts, bool>? which = null)
    {
        var count = 0;
        foreach (var pod in PodsIn().Where(pod => !pod.IsReady && pod.IsActive && which?.Invoke(pod) != false).Take(most))
        {
            await SetPodAsync(pod.Name, "Running", true);
            count++;
        }

        await SettleAsync();
        return count;
    }

    public IEnumerable<string> Events() => Objects.List(new("", "events")).Select(one => $"{one.Tree.Text("reason")}: {one.Tree.Text("message")}");

    public async ValueTask DisposeAsync()
    {
        await _stage.StopAsync(CancellationToken.None);
        await _services.DisposeAsync();
    }
}
