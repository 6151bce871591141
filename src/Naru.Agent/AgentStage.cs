using Naru.Agent.Csi;
using Naru.Agent.Events;
using Naru.Agent.Eviction;
using Naru.Agent.Nodes;
using Naru.Agent.Pods;
using Naru.Agent.Sandboxes;
using Naru.Agent.Usage;
using Naru.Agent.Volumes;
using Naru.Core.Lifetime;

namespace Naru.Agent;

/// <summary>This host is a node while naru runs. When naru stops its containers go on.</summary>
internal sealed class AgentStage(
    PodNetwork network, NodeRegistrar registrar, NodeLease lease, PodWorkers workers, PodEvents events, UsageSampler usage, Evictions evictions, VolumeSources sources, CsiRegistry drivers, LocalKeeper local)
    : IEngineStage, IDisposable
{
    private readonly CancellationTokenSource _end = new();
    private Task _run = Task.CompletedTask;

    public int Order => 870;

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await network.PrepareAsync(cancellationToken);
        _run = Task.WhenAll(
            Task.Run(() => registrar.RunAsync(_end.Token), CancellationToken.None),
            Task.Run(() => lease.RunAsync(_end.Token), CancellationToken.None),
            Task.Run(() => usage.RunAsync(_end.Token), CancellationToken.None),
            Task.Run(() => evictions.RunAsync(_end.Token), CancellationToken.None),
            Task.Run(() => events.RunAsync(_end.Token), CancellationToken.None),
            Task.Run(() => drivers.RunAsync(_end.Token), CancellationToken.None),
            Task.Run(() => local.RunAsync(_end.Token), CancellationToken.None),
            Task.Run(() => sources.RunAsync(_end.Token), CancellationToken.None),
            Task.Run(() => workers.RunAsync(_end.Token), CancellationToken.None));
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await _end.CancelAsync();
        try
        {
            await _run.WaitAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            // Its end was asked for.
        }
    }

    public void Dispose() => _end.Dispose();
}
