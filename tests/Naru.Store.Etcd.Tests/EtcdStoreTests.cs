using Naru.Core.Stores;
using Naru.Testing.Stores;

namespace Naru.Store.Etcd.Tests;

public sealed class EtcdStoreTests(EtcdFixture etcd) : StoreConformance, IClassFixture<EtcdFixture>
{
    protected override async Task<IStore> OpenAsync() => await etcd.OpenAsync();
}

public sealed class EtcdStoreWatchTests(EtcdFixture etcd) : StoreWatchConformance, IClassFixture<EtcdFixture>
{
    protected override async Task<IStore> OpenAsync() => await etcd.OpenAsync();

    /// <summary>etcd counts on its own clock: the watch that follows waits for it.</summary>
    protected override Task PassLeaseAsync() => Task.CompletedTask;
}

/// <summary>The suite once more where revisions are moved: as after a migration.</summary>
public sealed class EtcdStoreAdvancedTests(EtcdFixture etcd) : StoreConformance, IClassFixture<EtcdFixture>
{
    protected override async Task<IStore> OpenAsync()
    {
        var store = await etcd.OpenAsync();
        await store.AdvanceAsync(500_000, Cancel);
        return store;
    }
}

public sealed class EtcdFixture : IAsyncDisposable
{
    private readonly EtcdProcess _process = new();
    private int _stores;

    internal Task<EtcdStore> OpenAsync() => _process.OpenAsync($"/test{Interlocked.Increment(ref _stores)}/");

    public ValueTask DisposeAsync() => _process.DisposeAsync();
}
