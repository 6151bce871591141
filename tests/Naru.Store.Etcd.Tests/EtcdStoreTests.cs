using Naru.Core.Stores;
using Naru.Testing.Running;
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

/// <summary>The suites once more on etcd 3.5.</summary>
public sealed class NewEtcdStoreTests(NewEtcdFixture etcd) : StoreConformance, IClassFixture<NewEtcdFixture>
{
    protected override async Task<IStore> OpenAsync() => await etcd.OpenAsync();
}

public sealed class NewEtcdStoreWatchTests(NewEtcdFixture etcd) : StoreWatchConformance, IClassFixture<NewEtcdFixture>
{
    protected override async Task<IStore> OpenAsync() => await etcd.OpenAsync();

    /// <summary>etcd counts on its own clock: the watch that follows waits for it.</summary>
    protected override Task PassLeaseAsync() => Task.CompletedTask;
}

/// <summary>etcd 3.4, as Debian 12 has it.</summary>
public class EtcdFixture : IAsyncDisposable
{
    private readonly EtcdProcess _process = new();
    private int _stores;

    public EtcdFixture()
    {
    }

    protected EtcdFixture(string program) => _process.Program = program;

    internal Task<EtcdStore> OpenAsync()
    {
        Assert.SkipUnless(File.Exists(_process.Program), $"{_process.Program} is not on this machine (tests/clients/install brings it)");
        return _process.OpenAsync($"/test{Interlocked.Increment(ref _stores)}/");
    }

    public async ValueTask DisposeAsync()
    {
        await _process.DisposeAsync();
        GC.SuppressFinalize(this);
    }
}

/// <summary>etcd 3.5, as Debian 13 has it.</summary>
public sealed class NewEtcdFixture() : EtcdFixture(EtcdProcess.New);
