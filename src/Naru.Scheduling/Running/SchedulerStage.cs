using Microsoft.Extensions.DependencyInjection;
using Naru.Core.Lifetime;

namespace Naru.Scheduling.Running;

/// <summary>Places pods while naru runs; of several servers over one store the one does that leads.</summary>
internal sealed class SchedulerStage(SchedulerLoop loop, [FromKeyedServices(SchedulerStage.Lease)] ILeadership? leadership = null) : IEngineStage, IDisposable
{
    internal const string Lease = "kube-scheduler";

    private readonly BackgroundLoops _loops = new();

    public int Order => 860;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        _loops.Start(leadership is null ? loop.RunAsync : token => leadership.RunAsync(loop.RunAsync, token));
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => _loops.StopAsync(cancellationToken);

    public void Dispose() => _loops.Dispose();
}
