using Naru.Core.Errors;
using Naru.Core.Stores;
using Naru.Testing;
using Naru.Testing.Stores;
using static Naru.Testing.Stores.StoreTesting;

namespace Naru.Store.Sqlite.Tests;

/// <summary>Moving a store.</summary>
public sealed class StoreMigrationTests : IDisposable
{
    private readonly TempDirectory _directory = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task Run_FullSource_CopiesAllAndGoesAboveItsRevision()
    {
        await using var source = await FilledAsync(450);
        await using var target = await Stores.OpenAsync(_directory.At("target.db"));

        var result = await new StoreMigration(source, "memory", target).RunAsync(null, Cancel);

        Assert.Equal((450, 1), (result.Keys, result.Skipped));
        Assert.True(result.TargetRevision > result.SourceRevision);
        var (from, to) = (await source.ListAsync("k", Cancel), await target.ListAsync("", Cancel));
        Assert.Equal(from.Entries.Select(entry => (entry.Key, entry.TextOf())), to.Entries.Select(entry => (entry.Key, entry.TextOf())));
        Assert.Equal(ErrorKind.Expired, (await Assert.ThrowsAsync<NaruException>(() => target.WatchSomeAsync("", result.SourceRevision, 1, Cancel))).Kind);
    }

    [Fact]
    public async Task Run_TargetNotEmpty_IsRefused()
    {
        await using var source = await FilledAsync(3);
        await using var target = new MemoryStore();
        await target.PutAsync("x", "1", Cancel);

        var failure = await Assert.ThrowsAsync<NaruException>(() => new StoreMigration(source, "memory", target).RunAsync(null, Cancel));

        Assert.Equal(ErrorKind.FailedPrecondition, failure.Kind);
        Assert.Equal("1", await target.GetAsync("x", Cancel));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Run_BrokenOff_GoesOn(bool sourceChanged)
    {
        await using var source = await FilledAsync(450);
        await using var target = new MemoryStore();
        var commits = 0;
        target.FailCommit = _ => ++commits == 4 ? new NaruException(ErrorKind.Unavailable, "gone") : null;
        await Assert.ThrowsAsync<NaruException>(() => new StoreMigration(source, "memory", target).RunAsync(null, Cancel));
        target.FailCommit = null;
        if (sourceChanged)
        {
            await source.DeleteAsync("k00001", Cancel);
        }

        var other = await Assert.ThrowsAsync<NaruException>(() => new StoreMigration(source, "another", target).RunAsync(null, Cancel));
        var result = await new StoreMigration(source, "memory", target).RunAsync(null, Cancel);

        Assert.Equal(ErrorKind.FailedPrecondition, other.Kind);
        Assert.Equal(sourceChanged ? 449 : 450, result.Keys);
        Assert.Equal((await source.ListAsync("k", Cancel)).Entries.Select(entry => entry.TextOf()), (await target.ListAsync("", Cancel)).Entries.Select(entry => entry.TextOf()));
    }

    [Fact]
    public async Task Run_TargetLosesAKey_IsDataLossAndKeepsTheMark()
    {
        await using var source = await FilledAsync(10);
        await using var target = new MemoryStore();
        await target.CommitAsync(Transaction(Put(StoreMigration.Mark, $"{await source.GetRevisionAsync(Cancel)} memory"), Put("k00009", "wrong")), Cancel);

        var failure = await Assert.ThrowsAsync<NaruException>(() => new StoreMigration(source, "memory", target).RunAsync(null, Cancel));

        Assert.Equal(ErrorKind.DataLoss, failure.Kind);
        Assert.NotNull(await target.GetAsync(StoreMigration.Mark, Cancel));
    }

    private static async Task<MemoryStore> FilledAsync(int keys)
    {
        var store = new MemoryStore();
        for (var i = 0; i < keys; i++)
        {
            await store.PutAsync($"k{i:00000}", $"value {i}", Cancel);
        }

        await store.PutAsync("leased", "1", Cancel, await store.GrantLeaseAsync(TimeSpan.FromHours(1), Cancel));
        return store;
    }
}
