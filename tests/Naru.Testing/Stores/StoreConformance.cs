using Naru.Core.Errors;
using Naru.Core.Stores;
using Xunit;
using static Naru.Testing.Stores.StoreTesting;

namespace Naru.Testing.Stores;

/// <summary>What every store must do. A hand's test project inherits it and makes the stores.</summary>
public abstract class StoreConformance
{
    protected static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>An empty store; disposed by the test.</summary>
    protected abstract Task<IStore> OpenAsync();

    [Fact]
    public async Task Empty_HasNothing()
    {
        await using var store = await OpenAsync();

        var range = await store.ListAsync("", Cancel);

        Assert.Empty(range.Entries);
        Assert.False(range.More);
        Assert.Equal(await store.GetRevisionAsync(Cancel), range.Revision);
    }

    [Fact]
    public async Task Put_NewKey_IsReadBackWithItsRevisions()
    {
        await using var store = await OpenAsync();
        var before = await store.GetRevisionAsync(Cancel);

        var commit = await store.CommitAsync(Transaction(Put("a", "1")), Cancel);

        Assert.True(commit.Succeeded);
        Assert.Equal(before + 1, commit.Revision);
        var entry = Assert.Single((await store.ListAsync("a", Cancel)).Entries);
        Assert.Equal(("a", "1", commit.Revision, commit.Revision), (entry.Key, entry.TextOf(), entry.Created, entry.Modified));
    }

    [Fact]
    public async Task Transactions_MadeTogether_HoldEachForItself()
    {
        await using var store = await OpenAsync();
        var first = await store.PutAsync("a", "1", Cancel);

        var commits = await store.CommitAllAsync(
            [
                new StoreTransaction { Conditions = [new StoreCondition("a", first)], Writes = [Put("a", "2")] },
                new StoreTransaction { Conditions = [new StoreCondition("b", first)], Writes = [Put("b", "never")] },
                Transaction(Put("c", "3")),
            ],
            Cancel);

        Assert.Equal([true, false, true], commits.Select(static one => one.Succeeded));
        Assert.Equal(["2", "3"], (await store.ListAsync("", Cancel)).Entries.Select(static one => one.TextOf()));
        Assert.Equal(2, commits.Where(static one => one.Succeeded).Select(static one => one.Revision).Distinct().Count());
        Assert.Empty(await store.CommitAllAsync([], Cancel));
    }

    [Fact]
    public async Task Transactions_MadeTogetherOnOneKey_HoldOnce()
    {
        await using var store = await OpenAsync();
        var first = await store.PutAsync("a", "before", Cancel);

        var commits = await store.CommitAllAsync(
            [.. Enumerable.Range(0, 20).Select(i => new StoreTransaction { Conditions = [new StoreCondition("a", first)], Writes = [Put("a", $"{i}")] })],
            Cancel);

        var won = Assert.Single(Enumerable.Range(0, 20), i => commits[i].Succeeded);
        var entry = Assert.Single((await store.ListAsync("", Cancel)).Entries);
        Assert.Equal(($"{won}", commits[won].Revision), (entry.TextOf(), entry.Modified));
    }

    [Fact]
    public async Task Put_Again_KeepsWhenItWasCreated()
    {
        await using var store = await OpenAsync();
        var first = await store.PutAsync("a", "1", Cancel);
        var second = await store.PutAsync("a", "2", Cancel);

        var entry = Assert.Single((await store.ListAsync("a", Cancel)).Entries);

        Assert.Equal((first, second, "2"), (entry.Created, entry.Modified, entry.TextOf()));
        await store.DeleteAsync("a", Cancel);
        var third = await store.PutAsync("a", "3", Cancel);
        Assert.Equal(third, Assert.Single((await store.ListAsync("a", Cancel)).Entries).Created);
    }

    [Fact]
    public async Task Put_EmptyAndBinaryAndLargeValues_ComeBackAsTheyWere()
    {
        await using var store = await OpenAsync();
        var large = new byte[1 << 20];
        new Random(1).NextBytes(large);
        byte[][] values = [[], [0, 255, 0, 128], large];

        for (var i = 0; i < values.Length; i++)
        {
            await store.CommitAsync(new StoreTransaction { Writes = [new StoreWrite($"v{i}", values[i])] }, Cancel);
        }

        Assert.Equal(values, (await store.ListAsync("v", Cancel)).Entries.Select(entry => entry.Value.ToArray()));
    }

    [Fact]
    public async Task Put_TooLarge_IsRefusedAndChangesNothing()
    {
        await using var store = await OpenAsync();
        var before = await store.GetRevisionAsync(Cancel);

        var failure = await Assert.ThrowsAsync<NaruException>(() => store.CommitAsync(new StoreTransaction { Writes = [new StoreWrite("a", new byte[4 << 20])] }, Cancel));

        Assert.Equal(ErrorKind.ResourceExhausted, failure.Kind);
        Assert.Equal(before, await store.GetRevisionAsync(Cancel));
    }

    [Fact]
    public async Task Commit_ManyWrites_HaveOneRevision()
    {
        await using var store = await OpenAsync();
        var writes = Enumerable.Range(0, 100).Select(i => Put($"k{i:000}", $"{i}")).ToArray();

        var commit = await store.CommitAsync(Transaction(writes), Cancel);

        var range = await store.ListAsync("k", Cancel);
        Assert.Equal(100, range.Entries.Length);
        Assert.All(range.Entries, entry => Assert.Equal(commit.Revision, entry.Modified));
        Assert.Equal(commit.Revision, range.Revision);
    }

    [Fact]
    public async Task Commit_NoWrites_TakesNoRevision()
    {
        await using var store = await OpenAsync();
        var revision = await store.PutAsync("a", "1", Cancel);

        var holds = await store.CommitAsync(Transaction().If("a", revision), Cancel);
        var broken = await store.CommitAsync(Transaction().If("a", revision + 1), Cancel);

        Assert.Equal((true, revision), (holds.Succeeded, holds.Revision));
        Assert.Equal((false, revision), (broken.Succeeded, broken.Revision));
    }

    [Fact]
    public async Task Delete_Missing_IsNoChange()
    {
        await using var store = await OpenAsync();
        var revision = await store.PutAsync("a", "1", Cancel);

        var commit = await store.CommitAsync(Transaction(Delete("b")), Cancel);

        Assert.Equal((true, revision), (commit.Succeeded, commit.Revision));
    }

    [Fact]
    public async Task Commit_ConditionBroken_WritesNothingAndShowsWhatStands()
    {
        await using var store = await OpenAsync();
        var a = await store.PutAsync("a", "1", Cancel);
        var b = await store.PutAsync("b", "1", Cancel);

        var commit = await store.CommitAsync(Transaction(Put("a", "2"), Put("c", "2")).If("a", a).If("b", a).If("c", 7), Cancel);

        Assert.False(commit.Succeeded);
        Assert.Equal(b, commit.Revision);
        Assert.Equal(("b", b, "1"), (Assert.Single(commit.Current).Key, commit.Current[0].Modified, commit.Current[0].TextOf()));
        Assert.Equal("1", await store.GetAsync("a", Cancel));
        Assert.Null(await store.GetAsync("c", Cancel));
    }

    [Fact]
    public async Task Commit_ConditionOfAbsence_HoldsOnce()
    {
        await using var store = await OpenAsync();

        var first = await store.CommitAsync(Transaction(Put("a", "1")).If("a", 0), Cancel);
        var second = await store.CommitAsync(Transaction(Put("a", "2")).If("a", 0), Cancel);

        Assert.Equal((true, false), (first.Succeeded, second.Succeeded));
        Assert.Equal("1", Assert.Single(second.Current).TextOf());
    }

    [Fact]
    public async Task Commit_ManyAtOnce_OneWinsEachRound()
    {
        await using var store = await OpenAsync();
        var revision = await store.PutAsync("n", "0", Cancel);

        for (var round = 0; round < 5; round++)
        {
            var at = revision;
            var commits = await Task.WhenAll(Enumerable.Range(0, 16).Select(i => store.CommitAsync(Transaction(Put("n", $"{i}")).If("n", at), Cancel)));
            revision = Assert.Single(commits, commit => commit.Succeeded).Revision;
        }

        Assert.Equal(revision, await store.GetRevisionAsync(Cancel));
    }

    [Fact]
    public async Task Commit_KeyTwice_IsTheCallersBug()
    {
        await using var store = await OpenAsync();

        await Assert.ThrowsAnyAsync<ArgumentException>(() => store.CommitAsync(Transaction(Put("a", "1"), Put("a", "2")), Cancel));
        await Assert.ThrowsAnyAsync<ArgumentException>(() => store.CommitAsync(Transaction(Put("", "1")), Cancel));
    }

    [Fact]
    public async Task Range_KeysOfManyKinds_AreInOrderOfTheirBytes()
    {
        await using var store = await OpenAsync();
        string[] keys = ["a", "a/", "a/b", "a0", "aé", "b", "\ue000", "\U0001f600", "é"];
        await store.CommitAsync(Transaction([.. keys.Reverse().Select(key => Put("k" + key, key))]), Cancel);

        var read = (await store.ListAsync("k", Cancel)).Entries.Select(entry => entry.Key[1..]).ToList();

        Assert.Equal(keys.OrderBy(key => Convert.ToHexString(System.Text.Encoding.UTF8.GetBytes(key)), StringComparer.Ordinal), read);
        Assert.Equal(["a/b"], (await store.ListAsync("ka/b", Cancel)).Entries.Select(entry => entry.Key[1..]));
    }

    [Fact]
    public async Task Range_Limited_IsPagedAtOneRevision()
    {
        await using var store = await OpenAsync();
        await store.CommitAsync(Transaction([.. Enumerable.Range(0, 10).Select(i => Put($"p/{i}", "old"))]), Cancel);
        var first = await store.RangeAsync("p/", "p0", 4, 0, Cancel);
        await store.CommitAsync(Transaction(Put("p/5", "new"), Put("p/55", "new"), Delete("p/7"), Put("p/99", "new")), Cancel);
        await store.DeleteAsync("p/8", Cancel);

        var second = await store.RangeAsync(first.Entries[^1].Key + "\0", "p0", 4, first.Revision, Cancel);
        var third = await store.RangeAsync(second.Entries[^1].Key + "\0", "p0", 4, first.Revision, Cancel);

        Assert.Equal((true, true, false), (first.More, second.More, third.More));
        Assert.Equal(Enumerable.Range(0, 10).Select(i => $"p/{i}=old"), ((StoreRange[])[first, second, third]).SelectMany(page => page.Entries).Select(entry => $"{entry.Key}={entry.TextOf()}"));
        Assert.All((StoreRange[])[second, third], page => Assert.Equal(first.Revision, page.Revision));
    }

    [Fact]
    public async Task Range_AtEachRevision_ShowsThePast()
    {
        await using var store = await OpenAsync();
        var model = new SortedDictionary<string, string>(StringComparer.Ordinal);
        var pasts = new List<(long Revision, string State)>();
        var random = new Random(7);
        for (var i = 0; i < 60; i++)
        {
            var key = $"x{random.Next(8)}";
            if (random.Next(3) == 0 && model.Remove(key))
            {
                pasts.Add((await store.DeleteAsync(key, Cancel), string.Join(',', model)));
            }
            else
            {
                model[key] = $"{i}";
                pasts.Add((await store.PutAsync(key, $"{i}", Cancel), string.Join(',', model)));
            }
        }

        foreach (var (revision, state) in pasts)
        {
            var range = await store.RangeAsync("x", "y", 0, revision, Cancel);
            Assert.Equal(state, string.Join(',', range.Entries.Select(entry => $"[{entry.Key}, {entry.TextOf()}]")));
        }
    }

    [Fact]
    public async Task Range_FromTheFuture_IsRefused()
    {
        await using var store = await OpenAsync();
        var revision = await store.PutAsync("a", "1", Cancel);

        var failure = await Assert.ThrowsAsync<NaruException>(() => store.RangeAsync("a", "b", 0, revision + 100, Cancel));

        Assert.Equal(ErrorKind.InvalidArgument, failure.Kind);
    }

    [Fact]
    public async Task Compact_Older_IsExpiredNewerIsThere()
    {
        await using var store = await OpenAsync();
        var one = await store.PutAsync("a", "1", Cancel);
        await store.PutAsync("b", "1", Cancel);
        await store.PutAsync("a", "2", Cancel);
        var four = await store.PutAsync("a", "3", Cancel);
        var five = await store.PutAsync("a", "4", Cancel);

        await store.CompactAsync(four, Cancel);
        await store.CompactAsync(four, Cancel);
        await store.CompactAsync(one, Cancel);

        Assert.Equal(ErrorKind.Expired, (await Assert.ThrowsAsync<NaruException>(() => store.RangeAsync("a", "z", 0, one, Cancel))).Kind);
        Assert.Equal(ErrorKind.Expired, (await Assert.ThrowsAsync<NaruException>(() => store.WatchSomeAsync("a", one, 1, Cancel))).Kind);
        Assert.Equal("3", (await store.RangeAsync("a", "b", 0, four, Cancel)).Entries[0].TextOf());
        Assert.Equal(five, (await store.WatchSomeAsync("a", four, 1, Cancel))[0].Revision);
        Assert.Equal(["4", "1"], (await store.ListAsync("", Cancel)).Entries.Select(entry => entry.TextOf()));
        Assert.Equal(four, (await store.GetStatisticsAsync(Cancel)).Compacted);
    }

    [Fact]
    public async Task Compact_Future_IsRefused()
    {
        await using var store = await OpenAsync();

        Assert.Equal(ErrorKind.InvalidArgument, (await Assert.ThrowsAsync<NaruException>(() => store.CompactAsync(1_000_000, Cancel))).Kind);
    }

    [Fact]
    public async Task Statistics_CountKeys()
    {
        await using var store = await OpenAsync();
        await store.CommitAsync(Transaction(Put("a", "1"), Put("b", "1"), Put("c", "1")), Cancel);
        var revision = await store.CommitAsync(Transaction(Put("a", "2"), Delete("b"), Delete("x")), Cancel);

        var statistics = await store.GetStatisticsAsync(Cancel);

        Assert.Equal((2, revision.Revision), (statistics.Keys, statistics.Revision));
    }
}
