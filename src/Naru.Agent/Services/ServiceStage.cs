using Naru.Core.Lifetime;

namespace Naru.Agent.Services;

/// <summary>Services are led to their endpoints while naru runs; when it stops they stay as they are.</summary>
internal sealed class ServiceStage(ServiceKeeper keeper) : IEngineStage, IDisposable
{
    private readonly BackgroundLoops _loops = new();

    // After the agent, which makes the pods' network.
    public int Order => 872;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        _loops.Start(keeper.RunAsync);
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => _loops.StopAsync(cancellationToken);

    public void Dispose() => _loops.Dispose();
}
