using Naru.Core.Errors;
using Naru.Core.Lifetime;
using Naru.Store.Sqlite.Database;

namespace Naru.Store.Sqlite;

/// <summary>Opens the store before all that use it and closes it after them.</summary>
internal sealed class SqliteStoreStage(SqliteStore store, SqliteStoreOptions options) : IEngineStage
{
    private readonly DiskReserve _reserve = new(options.Path);

    public int Order => 800;

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        try
        {
            await store.OpenAsync(cancellationToken);
        }
        catch (NaruException exception) when (exception.Kind == ErrorKind.ResourceExhausted && _reserve.GiveUp())
        {
            await store.OpenAsync(cancellationToken);
            return;
        }

        _reserve.Take();
    }

    public Task StopAsync(CancellationToken cancellationToken) => store.DisposeAsync().AsTask();
}
