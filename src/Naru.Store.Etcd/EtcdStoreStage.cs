using Microsoft.Extensions.Logging;
using Naru.Core.Errors;
using Naru.Core.Lifetime;
using Naru.Store.Etcd.Connections;

namespace Naru.Store.Etcd;

/// <summary>Reaches etcd before all that use the store, and lets go of it after them.</summary>
internal sealed partial class EtcdStoreStage(EtcdStore store, TimeProvider time, ILogger<EtcdStoreStage> logger) : IEngineStage
{
    /// <summary>How long etcd is waited for: a host that boots starts it and naru at once, and etcd may have to elect a leader first.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    public int Order => 800;

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        var began = time.GetTimestamp();
        await RetryPolicy.RepeatAsync(OpenAsync, WaitsOn, time, cancellationToken);

        async Task<bool> OpenAsync()
        {
            await store.OpenAsync(cancellationToken);
            return true;
        }

        bool WaitsOn(int attempt, NaruException failure)
        {
            if (attempt == 1)
            {
                LogWaiting(failure.Message, (int)Patience.TotalSeconds);
            }

            return time.GetElapsedTime(began) < Patience;
        }
    }

    public Task StopAsync(CancellationToken cancellationToken) => store.DisposeAsync().AsTask();

    [LoggerMessage(15503, LogLevel.Warning, "{Reason}; it is waited for up to {Seconds} seconds")]
    private partial void LogWaiting(string reason, int seconds);
}
