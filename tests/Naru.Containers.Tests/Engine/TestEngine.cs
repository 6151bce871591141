using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Naru.Containers.Tests.Fakes;
using Naru.Core.Containers;
using Naru.Core.Events;
using Naru.Core.Images;
using Naru.Core.Lifetime;
using Naru.Core.Networks;
using Naru.Testing.Running;

namespace Naru.Containers.Tests.Engine;

/// <summary>The real engine with real crun and conmon over directories of its own; images and networks are fakes.</summary>
public sealed class TestEngine : IAsyncDisposable
{
    private readonly string _root;
    private bool _owned;
    private bool _stopped;
    private readonly ServiceProvider _services;

    private TestEngine(string root, bool owned, ServiceProvider services)
    {
        (_root, _owned, _services) = (root, owned, services);
        Snapshots = services.GetRequiredService<FakeSnapshots>();
        Sandboxes = services.GetRequiredService<FakeSandboxes>();
        Images = services.GetRequiredService<FakeImages>();
        Directories = services.GetRequiredService<EngineDirectories>();
        Containers = services.GetRequiredService<IContainers>();
        Events = services.GetRequiredService<IEvents>();
    }

    public EngineDirectories Directories { get; }

    public IContainers Containers { get; }

    public IEvents Events { get; }

    public FakeSnapshots Snapshots { get; }

    public FakeSandboxes Sandboxes { get; }

    public FakeImages Images { get; }

    public T Service<T>()
        where T : notnull => _services.GetRequiredService<T>();

    public static Task<TestEngine> StartAsync(Action<ContainersOptions>? configure = null) =>
        StartAsync(Directory.CreateTempSubdirectory("naru-test-containers-").FullName, owned: true, configure);

    /// <summary>A second engine over the same directories, as after a kill of naru; it cleans up in the end.</summary>
    public Task<TestEngine> RestartAsync(Action<ContainersOptions>? configure = null)
    {
        _owned = false;
        return StartAsync(_root, owned: true, configure);
    }

    /// <summary>Ends everything of this engine but leaves its containers, as a stop of naru does.</summary>
    public async Task StopAsync()
    {
        if (_stopped)
        {
            return;
        }

        _stopped = true;
        foreach (var stage in _services.GetServices<IEngineStage>().OrderByDescending(static stage => stage.Order))
        {
            await stage.StopAsync(CancellationToken.None);
        }
    }

    public static ContainerSpec Shell(string script) => new()
    {
        Image = "busybox",
        Process = new ProcessSpec { Command = ["sh", "-c", script] },
        Network = new ContainerNetworkSpec { Mode = "none" },
    };

    /// <summary>Creates, attaches, starts, and gives output, error and exit code.</summary>
    public async Task<(string Output, string Error, int Code)> RunAsync(ContainerSpec spec)
    {
        var token = TestContext.Current.CancellationToken;
        var container = (await Containers.CreateAsync(spec, null, token)).Container;
        var id = container.Id.Value;
        await using var attachment = await Containers.AttachAsync(id, new AttachOptions { Output = true, Error = true }, token);
        var wait = await Containers.WaitAsync(id, spec.AutoRemove ? WaitCondition.Removed : WaitCondition.NextExit, token);
        await Containers.StartAsync(id, token);
        var (output, error) = await ReadAllAsync(attachment);
        return (output, error, (await wait).ExitCode);
    }

    /// <summary>Waits for a file that the container writes at its root: only what the process itself tells says that its traps are set.</summary>
    public Task FileAppearsAsync(string container, string name)
    {
        var path = RootFile(container, name);
        return Eventually.BecomesAsync(() => File.Exists(path), $"{container} wrote /{name}");
    }

    /// <summary>Makes an empty file at the container's root, whether or not the engine runs.</summary>
    public Task PutFileAsync(string container, string name) => File.WriteAllTextAsync(RootFile(container, name), "", TestContext.Current.CancellationToken);

    /// <summary>Reads until the end of a line: what a terminal says may come in pieces.</summary>
    public static async Task<string> ReadLineAsync(IAttachment attachment)
    {
        var (text, buffer) = ("", new byte[100]);
        while (!text.EndsWith('\n'))
        {
            var piece = await attachment.ReadAsync(buffer, TestContext.Current.CancellationToken);
            Assert.True(piece.Count > 0, $"the output ended after: {text}");
            text += Encoding.UTF8.GetString(buffer, 0, piece.Count);
        }

        return text;
    }

    public static async Task<(string Output, string Error)> ReadAllAsync(IAttachment attachment)
    {
        var (output, error) = (new MemoryStream(), new MemoryStream());
        var buffer = new byte[4096];
        while (true)
        {
            var piece = await attachment.ReadAsync(buffer, TestContext.Current.CancellationToken);
            if (piece.Count == 0)
            {
                return (Encoding.UTF8.GetString(output.ToArray()), Encoding.UTF8.GetString(error.ToArray()));
            }

            (piece.Stream == OutputStream.Error ? error : output).Write(buffer, 0, piece.Count);
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_owned)
        {
            foreach (var container in Containers.List())
            {
                await Containers.RemoveAsync(container.Id.Value, new RemoveOptions(Force: true, Volumes: true), CancellationToken.None);
            }
        }

        await StopAsync();
        await _services.DisposeAsync();
        if (_owned)
        {
            Directory.Delete(_root, recursive: true);
            foreach (var hierarchy in Directory.GetDirectories("/sys/fs/cgroup"))
            {
                var group = Path.Combine(hierarchy, "naru-" + Directories.InstanceId);
                if (Directory.Exists(group))
                {
                    Directory.Delete(group);
                }
            }
        }
    }

    private static async Task<TestEngine> StartAsync(string root, bool owned, Action<ContainersOptions>? configure)
    {
        var options = new ContainersOptions();
        configure?.Invoke(options);
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddSingleton(TimeProvider.System);
        services.AddSingleton(new EngineDirectories(Path.Combine(root, "data"), Path.Combine(root, "run"), root[^6..].ToLowerInvariant()));
        Directory.CreateDirectory(Path.Combine(root, "roots"));
        services.AddSingleton(new FakeSnapshots(Path.Combine(root, "roots")));
        services.AddSingleton<ISnapshots>(static provider => provider.GetRequiredService<FakeSnapshots>());
        services.AddSingleton<FakeImages>();
        services.AddSingleton<IImages>(static provider => provider.GetRequiredService<FakeImages>());
        services.AddSingleton<FakeSandboxes>();
        services.AddSingleton<ISandboxes>(static provider => provider.GetRequiredService<FakeSandboxes>());
        services.AddSingleton<INetworks>(static provider => provider.GetRequiredService<FakeSandboxes>());
        services.AddNaruObservation(new ObservationOptions());
        services.AddNaruContainers(options);
        var engine = new TestEngine(root, owned, services.BuildServiceProvider());
        foreach (var stage in engine._services.GetServices<IEngineStage>().OrderBy(static stage => stage.Order))
        {
            await stage.StartAsync(CancellationToken.None);
        }

        return engine;
    }

    private string RootFile(string container, string name) => Path.Combine(Snapshots.PathsOf(Containers.Get(container).SnapshotKey).Upper, name);
}
