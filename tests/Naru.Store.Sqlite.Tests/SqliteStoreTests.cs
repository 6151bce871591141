using Microsoft.Extensions.Time.Testing;
using Naru.Core.Stores;
using Naru.Testing;
using Naru.Testing.Stores;

namespace Naru.Store.Sqlite.Tests;

public sealed class SqliteStoreTests : StoreConformance, IDisposable
{
    private readonly TempDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    protected override async Task<IStore> OpenAsync() => await Stores.OpenAsync(_directory.At("store.db"));
}

public sealed class SqliteStoreWatchTests : StoreWatchConformance, IDisposable
{
    private readonly TempDirectory _directory = new();
    private readonly FakeTimeProvider _time = new();

    public void Dispose() => _directory.Dispose();

    protected override async Task<IStore> OpenAsync() => await Stores.OpenAsync(_directory.At("store.db"), _time);

    protected override Task PassLeaseAsync()
    {
        _time.Advance(LeaseTime);
        return Task.CompletedTask;
    }
}
