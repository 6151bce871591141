using Microsoft.Extensions.Time.Testing;
using Naru.Core.Stores;
using Naru.Core.Units;
using Naru.Testing;
using Naru.Testing.Stores;

namespace Naru.Store.Sqlite.Tests;

/// <summary>The suite of watches with next to nothing in memory: watches read from disk.</summary>
public sealed class SqliteStoreDiskWatchTests : StoreWatchConformance, IDisposable
{
    private readonly TempDirectory _directory = new();
    private readonly FakeTimeProvider _time = new();

    public void Dispose() => _directory.Dispose();

    protected override async Task<IStore> OpenAsync() => await Stores.OpenAsync(_directory.At("store.db"), _time, recent: new ByteSize(1));

    protected override Task PassLeaseAsync()
    {
        _time.Advance(LeaseTime);
        return Task.CompletedTask;
    }
}
