using System.Collections.Immutable;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using Naru.Agent.Events;
using Naru.Agent.Pods;
using Naru.Agent.Shutdown;
using Naru.Core.Containers;
using Naru.Core.Hosts;
using Naru.Core.Images;
using Naru.Core.Lifetime;
using Naru.Core.Networks;
using Naru.Core.Volumes;
using Naru.Objects.Access;
using Naru.Objects.Api;
using Naru.Objects.Json;
using Naru.Objects.Values;
using Naru.Testing;
using Naru.Testing.Objects;
using Naru.Testing.Running;

namespace Naru.Agent.Tests.Running;

/// <summary>The agent's workers over an engine and objects in memory, with a clock that tests move.</summary>
internal sealed class AgentHarness : IAsyncDisposable
{
    private readonly TempDirectory _directory = new();
    private readonly CancellationTokenSource _end = new();
    private readonly ServiceProvider _services;
    private Task _run = Task.CompletedTask;

    public AgentHarness()
    {
        Time = new FakeTimeProvider(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero));
        Engine = new FakeEngine(Time);
        Objects = new MemoryObjects(Time) { GracefulPods = true };
        var services = new ServiceCollection();
        services.AddSingleton<ILoggerFactory>(NullLoggerFactory.Instance);
        services.AddSingleton(typeof(ILogger<>), typeof(NullLogger<>));
        services.AddSingleton<TimeProvider>(Time);
        services.AddSingleton<IObjects>(Objects);
        services.AddSingleton(new EngineDirectories(_directory.Path, _directory.Path, "12345678"));
        services.AddSingleton(Engine.Containers);
        services.AddSingleton(Engine.Events);
        services.AddSingleton(Fake.Of<IHost>(static (_, _) => Facts));
        services.AddSingleton(Fake.Of<IImages>(static (method, args) => method == "Find" ? (string)args[0]! == "app:1" ? Image : null : ImmutableArray<Image>.Empty));
        services.AddSingleton(Fake.Of<IVolumes>(static (method, _) => method == "List" ? ImmutableArray<Volume>.Empty : throw new NotSupportedException(method)));
        services.AddSingleton(Fake.Of<INodeFiles>(static (method, _) => method switch { "KindOf" => NodeFileKind.Directory, "Publish" => false, _ => null }));
        services.AddSingleton(Fake.Of<INodeMounts>(static (method, _) => method == "IsMounted" ? false : null));
        services.AddSingleton(Fake.Of<IRegistries>(static (_, _) => throw Naru.Core.Errors.NaruException.NotFound("no such image")));
        services.AddSingleton(Fake.Of<IExecs>());
        services.AddSingleton(Fake.Of<IContainerLogs>());
        services.AddSingleton(Fake.Of<IContainerUsage>(static (_, _) => Task.FromResult(new UsageSample { At = DateTimeOffset.UnixEpoch, Memory = 1 << 20 })));
        services.AddSingleton(Fake.Of<INetworks>());
        services.AddSingleton(Fake.Of<IHostDisks>(static (_, _) => new DiskRoom(100, 50, 0, 0)));
        services.AddSingleton(Fake.Of<IControlGroups>(static (method, _) => method switch { "get_Root" => "/naru", "Below" => Array.Empty<string>(), "Remove" => true, _ => null }));
        services.AddSingleton(Fake.Of<ITokenIssuer>());
        services.AddNaruAgent(new AgentOptions { NodeName = "n1", SandboxProgram = "/bin/sh" });
        _services = services.BuildServiceProvider();
    }

    public FakeTimeProvider Time { get; }

    public FakeEngine Engine { get; }

    public MemoryObjects Objects { get; }

    public INodeShutdown Shutdown => _services.GetRequiredService<INodeShutdown>();

    private static HostFacts Facts { get; } = new()
    {
        InstanceId = "i", Name = "n1", Version = "1", Platform = new Platform { Os = "linux", Architecture = "amd64" }, KernelVersion = "6", OperatingSystem = "Debian", Machine = "x86_64",
        Processors = 2, Memory = 1L << 30, DataDirectory = "/d", RunDirectory = "/r", CgroupVersion = 1,
    };

    private static Image Image { get; } = new()
    {
        Id = Digest.Of([1]), ConfigBytes = default, Config = new ImageConfig { Command = ["app"] }, Platform = new Platform { Os = "linux", Architecture = "amd64" }, Layers = LayerChain.Empty,
    };

    public AgentHarness Start()
    {
        _run = Task.WhenAll(_services.GetRequiredService<PodWorkers>().RunAsync(_end.Token), _services.GetRequiredService<PodEvents>().RunAsync(_end.Token));
        return this;
    }

    /// <summary>Makes a pod on this node.</summary>
    public async Task PodAsync(string name, string spec)
    {
        var body = (MapValue)JsonText.Parse(Encoding.UTF8.GetBytes($$"""{"apiVersion":"v1","kind":"Pod","metadata":{"name":"{{name}}","namespace":"shop"},"spec":{{spec}} }"""));
        body.MakeMap("spec")["nodeName"] = new TextValue("n1");
        await Objects.CreateAsync(AgentResources.Pods, body, new WriteOptions(), CancellationToken.None);
    }

    /// <summary>The node ends a pod for want of room.</summary>
    public void Evict(string name) => _services.GetRequiredService<PodWorkers>().Find("shop", name)!.End(new PodEnd("Evicted", "The node was low on resource: memory.", IsDisruption: true, Grace: TimeSpan.Zero));

    public MapValue? Status(string name) => Objects.Get(AgentResources.Pods, "shop", name)?.Tree.Map("status");

    /// <summary>Waits for something to become true; the agent's clock stands meanwhile.</summary>
    public static Task BecomesAsync(Func<bool> condition, string what) => Eventually.BecomesAsync(condition, what);

    /// <summary>Moves the clock on in small steps until something becomes true.</summary>
    public Task PassesUntilAsync(Func<bool> condition, string what) => Eventually.BecomesAsync(
        async () =>
        {
            Time.Advance(TimeSpan.FromSeconds(1));
            await SettleAsync();
            return condition();
        },
        what);

    // What the clock woke is given time to be done, or the slowness of the machine would pass for time of the agent.
    private static async Task SettleAsync()
    {
        var quiet = 0;
        for (var looks = 0; quiet < 3 && looks < 50; looks++)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(2), TimeProvider.System);
            quiet = ThreadPool.PendingWorkItemCount == 0 ? quiet + 1 : 0;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        await _run.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _services.DisposeAsync();
        _end.Dispose();
        _directory.Dispose();
    }
}
