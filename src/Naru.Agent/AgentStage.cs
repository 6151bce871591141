using Naru.Agent.Csi;
using Naru.Agent.Events;
using Naru.Agent.Eviction;
using Naru.Agent.Nodes;
using Naru.Agent.Pods;
using Naru.Agent.Sandboxes;
using Naru.Agent.Usage;
using Naru.Agent.Volumes;
using Naru.Core.Hosts;
using Naru.Core.Lifetime;

namespace Naru.Agent;

/// <summary>This host is a node while naru runs. When naru stops its containers go on.</summary>
internal sealed class AgentStage(
    PodFiles pods, INodeFiles files, PodNetwork network, NodeRegistrar registrar, NodeLease lease,
    PodWorkers workers, PodEvents events, UsageSampler usage, Evictions evictions, VolumeSources sources, CsiRegistry drivers, LocalKeeper local)
    : IEngineStage, IDisposable
{
    private readonly BackgroundLoops _loops = new();

    public int Order => 870;

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        files.MakeScattered(pods.Root);
        await network.PrepareAsync(cancellationToken);
        _loops.Start(
            registrar.RunAsync, lease.RunAsync, usage.RunAsync, evictions.RunAsync, events.RunAsync, drivers.RunAsync, local.RunAsync, sources.RunAsync, workers.RunAsync);

        // Pods ran on while naru did not: from the first question on the node knows them.
        await workers.Taken.WaitAsync(cancellationToken);
    }

    public Task StopAsync(CancellationToken cancellationToken) => _loops.StopAsync(cancellationToken);

    public void Dispose() => _loops.Dispose();
}
