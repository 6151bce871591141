using Naru.Core.Units;
using Naru.Testing;
using Naru.Testing.Stores;

namespace Naru.Store.Sqlite.Tests;

/// <summary>Histories of concurrent writers, readers and watchers, checked.</summary>
public sealed class StoreHistoryTests : IDisposable
{
    private readonly TempDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Memory_RandomHistory_IsLinearizable(int seed)
    {
        await using var store = new MemoryStore();

        await new StoreHistory(store, seed).RunAndCheckAsync(writers: 6, operations: 200, watchers: 4);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Sqlite_RandomHistory_IsLinearizable(int seed)
    {
        await using var store = await Stores.OpenAsync(_directory.At("store.db"));

        await new StoreHistory(store, seed).RunAndCheckAsync(writers: 8, operations: 250, watchers: 6);
    }

    [Theory]
    [InlineData(4)]
    [InlineData(5)]
    public async Task Sqlite_RandomHistoryReadFromDisk_IsLinearizable(int seed)
    {
        await using var store = await Stores.OpenAsync(_directory.At("store.db"), recent: new ByteSize(2000));

        await new StoreHistory(store, seed).RunAndCheckAsync(writers: 8, operations: 100, watchers: 6);
    }
}
