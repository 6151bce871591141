using Microsoft.Extensions.Logging.Abstractions;
using Naru.Core.Units;

namespace Naru.Store.Sqlite.Tests;

/// <summary>Opens stores for tests.</summary>
internal static class Stores
{
    public static async Task<SqliteStore> OpenAsync(string path, TimeProvider? time = null, ByteSize? history = null, ByteSize? recent = null)
    {
        var options = new SqliteStoreOptions { Path = path, HistorySize = history ?? ByteSize.FromMebibytes(64), RecentSize = recent ?? ByteSize.FromMebibytes(4) };
        var store = new SqliteStore(options, time ?? TimeProvider.System, NullLogger<SqliteStore>.Instance);
        await store.OpenAsync(TestContext.Current.CancellationToken);
        return store;
    }
}
