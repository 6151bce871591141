using Naru.Core.Lifetime;

namespace Naru.Store.Etcd;

/// <summary>Reaches etcd before all that use the store, and lets go of it after them.</summary>
internal sealed class EtcdStoreStage(EtcdStore store) : IEngineStage
{
    public int Order => 800;

    public Task StartAsync(CancellationToken cancellationToken) => store.OpenAsync(cancellationToken);

    public Task StopAsync(CancellationToken cancellationToken) => store.DisposeAsync().AsTask();
}
