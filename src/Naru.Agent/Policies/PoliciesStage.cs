using Naru.Core.Lifetime;

namespace Naru.Agent.Policies;

/// <summary>Network policies are followed while naru runs; they hold also when it does not.</summary>
internal sealed class PoliciesStage(PolicyFeed feed) : IEngineStage, IDisposable
{
    private readonly BackgroundLoops _loops = new();

    public int Order => 866;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        _loops.Start(feed.RunAsync);
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => _loops.StopAsync(cancellationToken);

    public void Dispose() => _loops.Dispose();
}
