using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using Naru.Controllers.Runtime;
using Naru.Controllers.Tests.Certificates;
using Naru.Objects.Access;
using Naru.Objects.Api;
using Naru.Objects.Resources;
using Naru.Objects.Values;
using Naru.Testing.Objects;
using Naru.Testing.Running;

namespace Naru.Controllers.Tests.Nodes;

/// <summary>The controllers of nodes, certificates, volumes and quotas over objects in memory on a clock that the test moves.</summary>
public sealed class NodeHarness : IAsyncDisposable
{
    public static readonly WriteOptions Write = new();
    public static readonly WriteOptions Status = new() { Subresource = "status" };
    private readonly ServiceProvider _services;
    private readonly Faults _faults = new();
    private readonly ControllerStage _stage;

    private NodeHarness(NodeControllersOptions options, Action<IServiceCollection>? more)
    {
        Time = new(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));
        Objects = new MemoryObjects(Time);
        var services = new ServiceCollection();
        services.AddSingleton<TimeProvider>(Time);
        services.AddSingleton<IObjects>(Objects);
        services.AddSingleton(typeof(ILogger<>), typeof(FaultLogger<>));
        services.AddSingleton(_faults);
        services.AddNaruControllerRuntime(new ControllerRuntimeOptions());
        services.AddNaruNodeControllers(options);
        services.AddSingleton<IAuthorizer>(new FakeAccess());
        services.AddSingleton<IClusterCertificates>(new FakeAccess());
        more?.Invoke(services);
        _services = services.BuildServiceProvider();
        _stage = _services.GetRequiredService<ControllerStage>();
    }

    public FakeTimeProvider Time { get; }

    public MemoryObjects Objects { get; }

    public static async Task<NodeHarness> StartAsync(NodeControllersOptions? options = null, Action<IServiceCollection>? more = null, Func<MemoryObjects, Task>? before = null)
    {
        var harness = new NodeHarness(options ?? new(), more);
        if (before is not null)
        {
            await before(harness.Objects);
        }

        await harness._stage.StartAsync(CancellationToken.None);
        await harness._services.GetRequiredService<Informers>().WaitUntilSyncedAsync(CancellationToken.None);
        await harness.SettleAsync();
        return harness;
    }

    /// <summary>Waits until every controller has seen everything and has nothing left to do.</summary>
    public async Task SettleAsync()
    {
        var informers = _services.GetRequiredService<Informers>();
        await Eventually.BecomesAsync(
            () => Enumerable.Range(0, 3).All(_ => _stage.IsIdle && informers.All.All(one => one.Revision >= Objects.RevisionOf(one.Resource))), "controllers settle", TimeSpan.FromSeconds(60));
        await _services.GetRequiredService<EventRecorder>().FlushAsync();
    }

    /// <summary>Lets time pass in steps, each of which settles.</summary>
    public async Task AdvanceAsync(TimeSpan time, TimeSpan? step = null)
    {
        for (var left = time; left > TimeSpan.Zero; left -= step ?? time)
        {
            Time.Advance(step is { } small && small < left ? small : left);
            await SettleAsync();
        }
    }

    public async Task<StoredObject> CreateAsync(GroupResource resource, string json)
    {
        var made = await Objects.CreateAsync(resource, TreeJson.Parse(json), Write, CancellationToken.None);
        await SettleAsync();
        return made;
    }

    public async Task ChangeAsync(GroupResource resource, string @namespace, string name, Action<MapValue> change, WriteOptions? options = null)
    {
        await Objects.ChangeAsync(resource, @namespace, name, tree =>
        {
            change(tree);
            return true;
        }, options ?? Write, CancellationToken.None);
        await SettleAsync();
    }

    public async Task DeleteAsync(GroupResource resource, string @namespace, string name)
    {
        await Objects.DeleteAsync(resource, @namespace, name, new DeleteOptions(), CancellationToken.None);
        await SettleAsync();
    }

    public MapValue? Find(GroupResource resource, string @namespace, string name) => Objects.Get(resource, @namespace, name)?.Tree;

    public MapValue Get(GroupResource resource, string @namespace, string name) => Find(resource, @namespace, name) ?? throw new InvalidOperationException($"{resource} {@namespace}/{name} does not exist");

    public IEnumerable<string> Events() => Objects.List(new("", "events")).Select(one => $"{one.Tree.Text("reason")}: {one.Tree.Text("message")}");

    public async ValueTask DisposeAsync()
    {
        await _stage.StopAsync(CancellationToken.None);
        await _services.DisposeAsync();
        _faults.Throw();
    }
}
