using Naru.Core.Lifetime;

namespace Naru.Scheduling.Running;

/// <summary>Places pods while naru runs.</summary>
internal sealed class SchedulerStage(SchedulerLoop loop) : IEngineStage, IDisposable
{
    private readonly BackgroundLoops _loops = new();

    public int Order => 860;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        _loops.Start(loop.RunAsync);
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => _loops.StopAsync(cancellationToken);

    public void Dispose() => _loops.Dispose();
}
