using Naru.Core.Errors;
using Naru.Core.Stores;
using Naru.Dialects.Kubernetes.Server;

namespace Naru.Dialects.Kubernetes.Health;

/// <summary>The process answers.</summary>
internal sealed class PingCheck : IHealthCheck
{
    public string Name => "ping";

    public bool ReadinessOnly => false;

    public ValueTask<string?> CheckAsync(CancellationToken cancellationToken) => ValueTask.FromResult<string?>(null);
}

/// <summary>The store answers.</summary>
internal sealed class StoreCheck(IEnumerable<IStore> stores) : IHealthCheck
{
    private readonly IStore? _store = stores.FirstOrDefault();

    public string Name => "etcd";

    public bool ReadinessOnly => false;

    public async ValueTask<string?> CheckAsync(CancellationToken cancellationToken)
    {
        if (_store is null)
        {
            return null;
        }

        try
        {
            await _store.GetRevisionAsync(cancellationToken);
            return null;
        }
        catch (NaruException failure)
        {
            return failure.Message;
        }
    }
}

/// <summary>The server is started and not about to stop.</summary>
internal sealed class ShutdownCheck(ServerLife life) : IHealthCheck
{
    public string Name => "shutdown";

    public bool ReadinessOnly => true;

    public ValueTask<string?> CheckAsync(CancellationToken cancellationToken) =>
        ValueTask.FromResult(life.Draining.IsCancellationRequested || !life.IsReady ? "process is shutting down or not started" : null);
}
