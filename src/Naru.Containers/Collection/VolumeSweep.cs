using Naru.Containers.Volumes;
using Naru.Core.Lifetime;

namespace Naru.Containers.Collection;

/// <summary>Takes off, once the running containers are adopted, what an earlier run mounted for volumes that nobody uses any more.</summary>
internal sealed class VolumeSweep(VolumeStore volumes) : IEngineStage
{
    public int Order => 560;

    public Task StartAsync(CancellationToken cancellationToken) => volumes.SweepAsync(cancellationToken);

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
