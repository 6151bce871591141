using Naru.Core.Errors;
using Naru.Core.Stores;
using Xunit;
using static Naru.Testing.Stores.StoreTesting;

namespace Naru.Testing.Stores;

/// <summary>What every store's watches and leases must do.</summary>
public abstract class StoreWatchConformance
{
    protected static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>An empty store; disposed by the test.</summary>
    protected abstract Task<IStore> OpenAsync();

    /// <summary>Lets a lease of <see cref="LeaseTime"/> run out.</summary>
    protected abstract Task PassLeaseAsync();

    /// <summary>Of a lease that is to end: on a real clock long enough for the few writes before that.</summary>
    protected static TimeSpan LeaseTime => TimeSpan.FromSeconds(5);

    [Fact]
    public async Task Watch_FromThePast_GivesEachChangeWithBeforeAndAfter()
    {
        await using var store = await OpenAsync();
        var start = await store.GetRevisionAsync(Cancel);
        var first = await store.PutAsync("w/a", "1", Cancel);
        await store.PutAsync("other", "1", Cancel);
        var second = await store.CommitAsync(Transaction(Put("w/a", "2"), Put("w/b", "1"), Put("z", "1")), Cancel);
        var third = await store.DeleteAsync("w/a", Cancel);

        var batches = await store.WatchSomeAsync("w/", start, 3, Cancel);

        Assert.Equal([first, second.Revision, third], batches.Select(batch => batch.Revision));
        Assert.Equal(["w/a: -> 1", "w/a: 1 -> 2", "w/b: -> 1", "w/a: 2 ->"], batches.SelectMany(batch => batch.Changes).Select(Describe));
        Assert.Equal((first, second.Revision), (batches[1].Changes[0].Current!.Created, batches[1].Changes[0].Current!.Modified));
        Assert.Equal((first, first), (batches[1].Changes[0].Previous!.Created, batches[1].Changes[0].Previous!.Modified));
    }

    [Fact]
    public async Task Watch_FromNow_GivesWhatComes()
    {
        await using var store = await OpenAsync();
        await store.PutAsync("w/a", "1", Cancel);
        var start = await store.GetRevisionAsync(Cancel);
        var watch = store.WatchSomeAsync("w/", start, 3, Cancel);

        for (var i = 0; i < 3; i++)
        {
            await store.PutAsync("w/a", $"new {i}", Cancel);
        }

        Assert.Equal(["new 0", "new 1", "new 2"], (await watch).Select(batch => batch.Changes[0].Current!.TextOf()));
    }

    [Fact]
    public async Task Watch_FromTheFuture_WaitsForIt()
    {
        await using var store = await OpenAsync();
        var start = await store.PutAsync("a", "0", Cancel);
        var watch = store.WatchSomeAsync("", start + 2, 1, Cancel);

        for (var i = 1; i <= 3; i++)
        {
            await store.PutAsync("a", $"{i}", Cancel);
        }

        Assert.Equal("3", (await watch)[0].Changes[0].Current!.TextOf());
    }

    [Fact]
    public async Task Watch_Cancelled_Ends()
    {
        await using var store = await OpenAsync();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        var watch = store.WatchSomeAsync("w/", await store.GetRevisionAsync(Cancel), 1, stop.Token);

        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => watch);
    }

    [Fact]
    public async Task Watch_StoreCloses_Ends()
    {
        var store = await OpenAsync();
        var watch = store.WatchSomeAsync("w/", await store.GetRevisionAsync(Cancel), 1, Cancel);

        await store.DisposeAsync();

        var ended = await Task.WhenAny(watch, Task.Delay(TimeSpan.FromSeconds(60), TimeProvider.System, Cancel));
        Assert.Same(watch, ended);
        await Assert.ThrowsAnyAsync<Exception>(() => watch);
    }

    [Fact]
    public async Task Watch_ManyWritersManyWatches_EachSeesAllInOrder()
    {
        await using var store = await OpenAsync();
        var start = await store.GetRevisionAsync(Cancel);
        var watches = Enumerable.Range(0, 8).Select(i => store.WatchSomeAsync($"w/{i % 4}/", start, 50, Cancel)).ToList();

        await Task.WhenAll(Enumerable.Range(0, 4).Select(async writer =>
        {
            for (var i = 0; i < 50; i++)
            {
                await store.PutAsync($"w/{writer}/k", $"{i}", Cancel);
            }
        }));

        foreach (var batches in await Task.WhenAll(watches))
        {
            Assert.Equal(Enumerable.Range(0, 50).Select(i => $"{i}"), batches.Select(batch => batch.Changes[0].Current!.TextOf()));
        }
    }

    [Fact]
    public async Task Watch_SlowReader_GetsAllOrIsExpired()
    {
        await using var store = await OpenAsync();
        var start = await store.GetRevisionAsync(Cancel);
        await using var watch = store.WatchAsync("w/", start, Cancel).GetAsyncEnumerator(Cancel);
        await store.PutAsync("w/a", "first", Cancel);
        Assert.True(await watch.MoveNextAsync());
        for (var i = 0; i < 40; i++)
        {
            await store.CommitAsync(new StoreTransaction { Writes = [new StoreWrite("w/a", new byte[256 << 10])] }, Cancel);
        }

        var seen = watch.Current.Revision;
        try
        {
            for (var i = 0; i < 40; i++)
            {
                Assert.True(await watch.MoveNextAsync());
                Assert.Equal(seen + 1, watch.Current.Revision);
                seen = watch.Current.Revision;
            }
        }
        catch (NaruException failure)
        {
            Assert.Equal(ErrorKind.Expired, failure.Kind);
        }
    }

    [Fact]
    public async Task Lease_NotKept_DeletesItsKeys()
    {
        await using var store = await OpenAsync();
        var lease = await store.GrantLeaseAsync(LeaseTime, Cancel);
        await store.PutAsync("l/a", "1", Cancel, lease);
        await store.PutAsync("l/b", "1", Cancel, lease);
        var start = await store.PutAsync("l/c", "1", Cancel);
        Assert.Equal(lease, (await store.ListAsync("l/a", Cancel)).Entries[0].Lease);

        await PassLeaseAsync();

        var batch = Assert.Single(await store.WatchSomeAsync("l/", start, 1, Cancel));
        Assert.Equal(["l/a: 1 ->", "l/b: 1 ->"], batch.Changes.Select(Describe).Order(StringComparer.Ordinal));
        Assert.False(await store.KeepLeaseAsync(lease, Cancel));
        Assert.Equal(["l/c"], (await store.ListAsync("l/", Cancel)).Entries.Select(entry => entry.Key));
    }

    [Fact]
    public async Task Lease_Revoked_DeletesItsKeysAtOnce()
    {
        await using var store = await OpenAsync();
        var lease = await store.GrantLeaseAsync(TimeSpan.FromMinutes(10), Cancel);
        await store.PutAsync("l/a", "1", Cancel, lease);
        Assert.True(await store.KeepLeaseAsync(lease, Cancel));

        await store.RevokeLeaseAsync(lease, Cancel);
        await store.RevokeLeaseAsync(lease, Cancel);

        Assert.Empty((await store.ListAsync("l/", Cancel)).Entries);
        Assert.False(await store.KeepLeaseAsync(lease, Cancel));
        Assert.Equal(ErrorKind.NotFound, (await Assert.ThrowsAsync<NaruException>(() => store.PutAsync("l/a", "1", Cancel, lease))).Kind);
    }

    [Fact]
    public async Task Lease_KeyWrittenWithoutIt_Stays()
    {
        await using var store = await OpenAsync();
        var lease = await store.GrantLeaseAsync(TimeSpan.FromMinutes(10), Cancel);
        await store.PutAsync("l/a", "1", Cancel, lease);
        await store.PutAsync("l/a", "2", Cancel);

        await store.RevokeLeaseAsync(lease, Cancel);

        Assert.Equal("2", await store.GetAsync("l/a", Cancel));
    }

    private static string Describe(StoreChange change) => $"{change.Key}:{Value(change.Previous)} ->{Value(change.Current)}";

    private static string Value(StoreEntry? entry) => entry is null ? "" : " " + entry.TextOf();
}
