using Naru.Core.Lifetime;

namespace Naru.Agent.Names;

/// <summary>The cluster's names are answered while naru runs.</summary>
internal sealed class NamesStage(NameFeed feed, NameServiceObjects service) : IEngineStage, IDisposable
{
    private readonly BackgroundLoops _loops = new();

    public int Order => 865;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        _loops.Start(feed.RunAsync, service.RunAsync);
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => _loops.StopAsync(cancellationToken);

    public void Dispose() => _loops.Dispose();
}
