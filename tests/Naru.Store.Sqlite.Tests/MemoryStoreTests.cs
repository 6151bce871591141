using Microsoft.Extensions.Time.Testing;
using Naru.Core.Stores;
using Naru.Testing.Stores;

namespace Naru.Store.Sqlite.Tests;

/// <summary>The store that other tests use is a store.</summary>
public sealed class MemoryStoreTests : StoreConformance
{
    protected override Task<IStore> OpenAsync() => Task.FromResult<IStore>(new MemoryStore());
}

public sealed class MemoryStoreWatchTests : StoreWatchConformance
{
    private readonly FakeTimeProvider _time = new();

    protected override Task<IStore> OpenAsync() => Task.FromResult<IStore>(new MemoryStore(_time));

    protected override Task PassLeaseAsync()
    {
        _time.Advance(LeaseTime);
        return Task.CompletedTask;
    }
}
