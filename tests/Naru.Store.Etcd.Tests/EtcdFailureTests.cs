using Microsoft.Extensions.Logging.Abstractions;
using Naru.Core.Errors;
using Naru.Core.Stores;
using Naru.Testing.Running;
using Naru.Testing.Stores;

namespace Naru.Store.Etcd.Tests;

/// <summary>An etcd that is killed, several servers on one, and histories.</summary>
public sealed class EtcdFailureTests : IAsyncDisposable
{
    private readonly EtcdProcess _etcd = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync() => _etcd.DisposeAsync();

    [Fact]
    public async Task Killed_AgainAndAgain_LosesNothingAcknowledgedAndWatchesGoOn()
    {
        await using var store = await _etcd.OpenAsync("/crash/");
        var watch = WatchAsync(store, await store.GetRevisionAsync(Cancel));
        var acknowledged = new List<long>();
        for (var round = 0; round < 3; round++)
        {
            using var killing = new CancellationTokenSource();
            var writing = WriteUntilKilledAsync(store, round, acknowledged, killing.Token);
            // Whoever writes ends early only with a failure, which is thrown below.
            while (Count(acknowledged) < (round + 1) * 50 && !writing.IsFaulted)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System, Cancel);
            }

            await killing.CancelAsync();
            await _etcd.KillAsync();
            await writing;
            _etcd.Start();
            await using var again = await _etcd.OpenAsync("/crash/");
            Assert.True(await again.GetRevisionAsync(Cancel) >= acknowledged.Max());
        }

        await using var last = await _etcd.OpenAsync("/crash/");
        await last.PutAsync("end", "", Cancel);
        var seen = await watch;
        Assert.Equal(seen.Distinct().Order(), seen);
        Assert.Subset(seen.ToHashSet(), acknowledged.ToHashSet());
    }

    [Fact]
    public async Task Start_BeforeEtcd_WaitsAndSaysSo()
    {
        var logger = new HeardLogger<EtcdStoreStage>();
        await using var store = new EtcdStore(new EtcdStoreOptions { Endpoints = [_etcd.Endpoint], Prefix = "/early/" }, TimeProvider.System, NullLogger<EtcdStore>.Instance);
        var started = new EtcdStoreStage(store, TimeProvider.System, logger).StartAsync(Cancel);
        var said = await logger.First.WaitAsync(TimeSpan.FromSeconds(20), TimeProvider.System, Cancel);

        _etcd.Start();
        await started;

        Assert.Contains($"etcd at {_etcd.Endpoint.GetLeftPart(UriPartial.Authority)} does not answer", said, StringComparison.Ordinal);
        Assert.NotEqual(0, await store.PutAsync("a", "1", Cancel));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Random_History_IsLinearizable(int seed)
    {
        await using var store = await _etcd.OpenAsync("/history/");

        await new StoreHistory(store, seed).RunAndCheckAsync(writers: 6, operations: 60, watchers: 4);
    }

    [Fact]
    public async Task Compaction_OfSeveralServers_IsDoneByOne()
    {
        await using var one = await _etcd.OpenAsync("/compaction/");
        await using var two = await _etcd.OpenAsync("/compaction/");
        var old = await one.PutAsync("a", "1", Cancel);
        await one.PutAsync("a", "2", Cancel);

        var first = await one.Compactor.RoundAsync(Cancel);
        var behind = await two.Compactor.RoundAsync(Cancel);
        Assert.Equal("1", (await one.RangeAsync("a", "b", 0, old, Cancel)).Entries[0].TextOf());
        var second = await one.Compactor.RoundAsync(Cancel);
        var late = await two.Compactor.RoundAsync(Cancel);

        Assert.Equal((true, false, true, false), (first, behind, second, late));
        Assert.Equal(ErrorKind.Expired, (await Assert.ThrowsAsync<NaruException>(() => two.RangeAsync("a", "b", 0, old, Cancel))).Kind);
    }

    [Fact]
    public async Task Migration_ThereAndBack_LosesNothing()
    {
        await using var source = new MemoryStore();
        for (var i = 0; i < 300; i++)
        {
            await source.PutAsync($"k{i:000}", $"{i}", Cancel);
        }

        await using var etcd = await _etcd.OpenAsync("/there/");
        await using var back = new MemoryStore();
        var there = await new StoreMigration(source, "memory", etcd).RunAsync(null, Cancel);
        var home = await new StoreMigration(etcd, "etcd", back).RunAsync(null, Cancel);

        Assert.Equal((300, 300, there.Digest), (there.Keys, home.Keys, home.Digest));
        Assert.True(there.TargetRevision > there.SourceRevision);
        Assert.Equal(ErrorKind.Expired, (await Assert.ThrowsAsync<NaruException>(() => etcd.WatchSomeAsync("", there.SourceRevision, 1, Cancel))).Kind);
    }

    private static async Task<List<long>> WatchAsync(EtcdStore store, long after)
    {
        var seen = new List<long>();
        await foreach (var batch in store.WatchAsync("", after, Cancel))
        {
            seen.Add(batch.Revision);
            if (batch.Changes[0].Key == "end")
            {
                break;
            }
        }

        return seen;
    }

    // After the round before, this store may need a moment longer to find etcd again than the new one that looked for it.
    private static Task WriteUntilKilledAsync(EtcdStore store, int round, List<long> acknowledged, CancellationToken killing) => Task.WhenAll(Enumerable.Range(0, 4).Select(async writer =>
    {
        for (var i = 0; ; i++)
        {
            try
            {
                var revision = await store.PutAsync($"w{writer}", $"{round} {i}", Cancel);
                lock (acknowledged)
                {
                    acknowledged.Add(revision);
                }
            }
            catch (NaruException failure) when (failure.Kind == ErrorKind.Unavailable)
            {
                if (killing.IsCancellationRequested)
                {
                    return;
                }
            }
        }
    }));

    private static int Count(List<long> list)
    {
        lock (list)
        {
            return list.Count;
        }
    }
}
