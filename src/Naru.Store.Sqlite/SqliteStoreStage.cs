using Naru.Core.Lifetime;

namespace Naru.Store.Sqlite;

/// <summary>Opens the store before all that use it and closes it after them.</summary>
internal sealed class SqliteStoreStage(SqliteStore store) : IEngineStage
{
    public int Order => 800;

    public Task StartAsync(CancellationToken cancellationToken) => store.OpenAsync(cancellationToken);

    public Task StopAsync(CancellationToken cancellationToken) => store.DisposeAsync().AsTask();
}
