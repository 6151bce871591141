using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Naru.Core.Events;
using Naru.Core.Images;
using Naru.Core.Lifetime;
using Naru.Linux.Mounts;
using Naru.Testing;

namespace Naru.Images.Tests.Support;

/// <summary>The image part of an engine in a directory of its own. Restart makes a second one over the same data, as after a kill.</summary>
internal sealed class Engine : IAsyncDisposable
{
    private readonly TempDirectory _temp = new();
    private readonly ImagesOptions _options;
    private ServiceProvider _services;

    private Engine(ImagesOptions options, string? data)
    {
        (_options, Data) = (options, data ?? Path.Combine(_temp.Path, "data"));
        _services = Build(options);
    }

    internal EventLog Events { get; } = new();

    internal IImages Images => _services.GetRequiredService<IImages>();

    internal ISnapshots Snapshots => _services.GetRequiredService<ISnapshots>();

    internal string Data { get; }

    internal TempDirectory Temp => _temp;

    internal static async Task<Engine> StartAsync(ImagesOptions? options = null, string? data = null)
    {
        var engine = new Engine(options ?? new(), data);
        await engine.RunStagesAsync();
        return engine;
    }

    internal T Get<T>()
        where T : notnull => _services.GetRequiredService<T>();

    internal async Task RestartAsync()
    {
        await _services.DisposeAsync();
        _services = Build(_options);
        await RunStagesAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _services.DisposeAsync();
        Mounter.UnmountTree(_temp.Path);
        _temp.Dispose();
    }

    private async Task RunStagesAsync()
    {
        foreach (var stage in _services.GetServices<IEngineStage>().OrderBy(stage => stage.Order))
        {
            await stage.StartAsync(default);
        }
    }

    private ServiceProvider Build(ImagesOptions options)
    {
        var services = new ServiceCollection();
        services.AddSingleton<ILoggerFactory>(NullLoggerFactory.Instance);
        services.AddSingleton(typeof(ILogger<>), typeof(NullLogger<>));
        services.AddSingleton(TimeProvider.System);
        services.AddSingleton<IEvents>(Events);
        services.AddSingleton(new EngineDirectories(Data, Path.Combine(_temp.Path, "run"), "0123abcd"));
        services.AddNaruImages(options);
        return services.BuildServiceProvider();
    }

    internal sealed class EventLog : IEvents
    {
        internal List<EngineEvent> All { get; } = [];

        public void Publish(EngineEvent happened)
        {
            lock (All)
            {
                All.Add(happened);
            }
        }

        public IAsyncEnumerable<EngineEvent> Read(DateTimeOffset? since, DateTimeOffset? until, CancellationToken cancellationToken) =>
            throw new NotSupportedException();
    }
}
