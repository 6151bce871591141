using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Time.Testing;
using Naru.Core.Errors;
using Naru.Core.Stores;
using Naru.Core.Units;
using Naru.Testing;
using Naru.Testing.Running;
using Naru.Testing.Stores;
using static Naru.Testing.Stores.StoreTesting;

namespace Naru.Store.Sqlite.Tests;

/// <summary>What is on disk: what stays, what is refused, how large it grows.</summary>
public sealed class SqliteDurabilityTests : IDisposable
{
    private readonly TempDirectory _directory = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private string Database => _directory.At("store.db");

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task Reopen_KeepsKeysRevisionsHistoryAndLeases()
    {
        var time = new FakeTimeProvider();
        long start, lease, newest;
        await using (var store = await Stores.OpenAsync(Database, time))
        {
            start = await store.PutAsync("a", "1", Cancel);
            lease = await store.GrantLeaseAsync(TimeSpan.FromSeconds(10), Cancel);
            await store.PutAsync("a", "2", Cancel);
            await store.PutAsync("leased", "1", Cancel, lease);
            newest = await store.DeleteAsync("a", Cancel);
        }

        await using var again = await Stores.OpenAsync(Database, time);

        Assert.Equal(newest, await again.GetRevisionAsync(Cancel));
        var batches = await again.WatchSomeAsync("", start, 3, Cancel);
        Assert.Equal(["1", null, "2"], batches.Select(batch => batch.Changes[0].Previous?.TextOf()));
        Assert.Equal(["2", "1", null], batches.Select(batch => batch.Changes[0].Current?.TextOf()));
        Assert.Equal("1", (await again.RangeAsync("a", "b", 0, start, Cancel)).Entries[0].TextOf());
        Assert.True(await again.KeepLeaseAsync(lease, Cancel));
        time.Advance(TimeSpan.FromSeconds(11));
        Assert.Equal("leased", (await again.WatchSomeAsync("", newest, 1, Cancel))[0].Changes[0].Key);
        Assert.True(await again.GrantLeaseAsync(TimeSpan.FromSeconds(1), Cancel) > lease);
    }

    [Fact]
    public async Task Open_Twice_IsRefusedUntilClosed()
    {
        await using (await Stores.OpenAsync(Database))
        {
            Assert.Equal(ErrorKind.FailedPrecondition, (await Assert.ThrowsAsync<NaruException>(() => Stores.OpenAsync(Database))).Kind);
        }

        await using var again = await Stores.OpenAsync(Database);
    }

    [Fact]
    public async Task Open_LaterForm_IsRefused()
    {
        await using (await Stores.OpenAsync(Database))
        {
        }

        Change("UPDATE schema SET version = 99");

        Assert.Equal(ErrorKind.FailedPrecondition, (await Assert.ThrowsAsync<NaruException>(() => Stores.OpenAsync(Database))).Kind);
    }

    [Fact]
    public async Task Open_NoDatabase_IsDataLoss()
    {
        await File.WriteAllTextAsync(Database, new string('x', 10_000), Cancel);

        Assert.Equal(ErrorKind.DataLoss, (await Assert.ThrowsAsync<NaruException>(() => Stores.OpenAsync(Database))).Kind);
    }

    [Fact]
    public async Task Read_DamagedPages_IsDataLoss()
    {
        await using (var store = await Stores.OpenAsync(Database))
        {
            await FillAsync(store, 500, 1000);
        }

        await using (var file = new FileStream(Database, FileMode.Open))
        {
            file.Position = 40 * 4096;
            file.Write(new byte[file.Length - file.Position - 4096]);
        }

        var failure = await Assert.ThrowsAsync<NaruException>(async () =>
        {
            await using var damaged = await Stores.OpenAsync(Database);
            await damaged.ListAsync("", Cancel);
        });
        Assert.Equal(ErrorKind.DataLoss, failure.Kind);
    }

    [Fact]
    public async Task Open_DatabaseOfTheFirstForm_HasItsKeysAndHistory()
    {
        File.Copy(Path.Combine(AppContext.BaseDirectory, "Fixtures", "form1.db"), Database);

        await using var store = await Stores.OpenAsync(Database);

        Assert.Equal(["/pods/a=two", "/pods/c=three"], (await store.ListAsync("", Cancel)).Entries.Select(entry => $"{entry.Key}={entry.TextOf()}"));
        Assert.Equal(5, await store.GetRevisionAsync(Cancel));
        Assert.Equal(["/pods/b", "/pods/a", "/pods/c", "/pods/b"], (await store.WatchSomeAsync("", 1, 4, Cancel)).Select(batch => batch.Changes[0].Key));
        Assert.Equal(6, await store.PutAsync("/pods/d", "new", Cancel));
    }

    [Fact]
    public async Task Commit_DiskFull_IsResourceExhaustedAndReadsGoOn()
    {
        var mount = _directory.Sub("small");
        Assert.Equal(0, Command.Run("mount", ["-t", "tmpfs", "-o", "size=4m", "tmpfs", mount]).ExitCode);
        try
        {
            await using var store = await Stores.OpenAsync(Path.Combine(mount, "store.db"));
            var written = 0;
            var failure = await Assert.ThrowsAsync<NaruException>(async () =>
            {
                for (; written < 200; written++)
                {
                    await store.CommitAsync(new StoreTransaction { Writes = [new StoreWrite($"k{written:000}", new byte[100_000])] }, Cancel);
                }
            });

            Assert.Equal(ErrorKind.ResourceExhausted, failure.Kind);
            Assert.Equal(written, (await store.ListAsync("", Cancel)).Entries.Length);
            Assert.Equal(written, await store.GetRevisionAsync(Cancel));
        }
        finally
        {
            Command.Run("umount", [mount]);
        }
    }

    [Fact]
    public async Task History_Old_IsForgotten()
    {
        var time = new FakeTimeProvider();
        await using var store = await Stores.OpenAsync(Database, time);
        var old = await store.PutAsync("a", "1", Cancel);
        time.Advance(TimeSpan.FromMinutes(6));

        await store.PutAsync("a", "2", Cancel);
        await store.PutAsync("a", "3", Cancel);

        Assert.Equal(old, (await store.GetStatisticsAsync(Cancel)).Compacted);
        Assert.Equal("2", (await store.WatchSomeAsync("a", old, 1, Cancel))[0].Changes[0].Current!.TextOf());
    }

    [Fact]
    public async Task Writes_Many_LeaveASmallFile()
    {
        await using var store = await Stores.OpenAsync(Database, history: ByteSize.FromMebibytes(2));
        var value = new byte[1000];

        // 100,000 writes to 1,000 keys: a thousandth of what 10 million to 10,000 would be in keys and writes, with an eighth of the history.
        await Task.WhenAll(Enumerable.Range(0, 100).Select(async writer =>
        {
            for (var i = 0; i < 1000; i++)
            {
                await store.CommitAsync(new StoreTransaction { Writes = [new StoreWrite($"k{((i * 7) + (writer * 10)) % 1000}", value)] }, Cancel);
            }
        }));

        var statistics = await store.GetStatisticsAsync(Cancel);
        Assert.Equal(1000, statistics.Keys);
        Assert.True(statistics.OnDisk < ByteSize.FromMebibytes(30), statistics.OnDisk.ToString());
        await store.DisposeAsync();
        Assert.InRange(new FileInfo(Database).Length, 1, 6 << 20);
    }

    [Fact]
    public async Task Deleted_Everything_GivesTheDiskItsSpaceBack()
    {
        var time = new FakeTimeProvider();
        await using var store = await Stores.OpenAsync(Database, time);
        await FillAsync(store, 2000, 10_000);
        var full = new FileInfo(Database).Length;
        foreach (var chunk in Enumerable.Range(0, 2000).Chunk(100))
        {
            await store.CommitAsync(Transaction([.. chunk.Select(i => Delete($"k{i:00000}"))]), Cancel);
        }

        await store.CompactAsync(await store.GetRevisionAsync(Cancel), Cancel);
        time.Advance(TimeSpan.FromSeconds(6));
        for (var i = 0; i < 1200 && new FileInfo(Database).Length > 4 << 20; i++)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, Cancel);
            // Longer than history is kept: that of these writes must not fill the file again where the disk is slow.
            time.Advance(TimeSpan.FromMinutes(6));
            await store.PutAsync("x", new string('x', 100_000), Cancel);
        }

        Assert.True(full > 10 << 20, $"{full}");
        Assert.InRange(new FileInfo(Database).Length, 1, 4 << 20);
    }

    [Fact]
    public async Task Snapshot_WhileWriting_IsAWholeStore()
    {
        await using var store = await Stores.OpenAsync(Database);
        await FillAsync(store, 1000, 1000);
        using var stop = new CancellationTokenSource();
        var writing = Task.Run(
            async () =>
            {
                for (var i = 0; !stop.IsCancellationRequested; i++)
                {
                    await store.CommitAsync(Transaction(Put("pair/a", $"{i}"), Put("pair/b", $"{i}")), CancellationToken.None);
                }
            },
            Cancel);

        var snapshot = await store.SnapshotAsync(_directory.At("copy.db"), Cancel);
        await stop.CancelAsync();
        await writing;

        Assert.Equal(snapshot, SnapshotFile.Verify(snapshot.Path));
        await using (var copy = await Stores.OpenAsync(snapshot.Path))
        {
            Assert.Equal(snapshot.Revision, await copy.GetRevisionAsync(Cancel));
            Assert.Equal(snapshot.Keys, (await copy.ListAsync("", Cancel)).Entries.Length);
            Assert.Equal(await copy.GetAsync("pair/a", Cancel), await copy.GetAsync("pair/b", Cancel));
        }

        Assert.Equal(ErrorKind.AlreadyExists, (await Assert.ThrowsAsync<NaruException>(() => store.SnapshotAsync(snapshot.Path, Cancel))).Kind);
        await using (var file = new FileStream(snapshot.Path, FileMode.Open))
        {
            file.Position = 20 * 4096;
            file.Write(new byte[100 * 4096]);
        }

        Assert.Equal(ErrorKind.DataLoss, Assert.Throws<NaruException>(() => SnapshotFile.Verify(snapshot.Path)).Kind);
    }

    private static async Task FillAsync(SqliteStore store, int keys, int size)
    {
        foreach (var chunk in Enumerable.Range(0, keys).Chunk(100))
        {
            await store.CommitAsync(new StoreTransaction { Writes = [.. chunk.Select(i => new StoreWrite($"k{i:00000}", new byte[size]))] }, Cancel);
        }
    }

    private void Change(string sql)
    {
        using var connection = new SqliteConnection($"Data Source={Database};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }
}
