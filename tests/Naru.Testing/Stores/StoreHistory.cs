using Naru.Core.Stores;
using Xunit;
using static Naru.Testing.Stores.StoreTesting;

namespace Naru.Testing.Stores;

/// <summary>Runs concurrent writers, readers and watchers with random compare-and-swap, and checks what each of them saw against the one history that the
/// revisions say there was: no change lost, doubled, reordered or half seen, and revisions in the order of real time.</summary>
public sealed class StoreHistory(IStore store, int seed)
{
    private const int Keys = 6;
    private readonly List<Observation> _observations = [];
    private long _clock;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async Task RunAndCheckAsync(int writers, int operations, int watchers)
    {
        var start = await store.GetRevisionAsync(Cancel);
        var watches = Enumerable.Range(0, watchers).Select(i => WatchAsync(start, new Random(seed + 1000 + i))).ToList();
        await Task.WhenAll(Enumerable.Range(0, writers).Select(i => WriteAsync(i, operations, new Random(seed + i))));
        await store.PutAsync("m/end", "", Cancel);

        var logs = await Task.WhenAll(watches);
        foreach (var log in logs)
        {
            Assert.Equal(logs[0].Select(Describe), log.Select(Describe));
        }

        Check(start, logs[0]);
    }

    private async Task WriteAsync(int writer, int operations, Random random)
    {
        var known = new Dictionary<string, long>(StringComparer.Ordinal);
        for (var i = 0; i < operations; i++)
        {
            await Task.Yield();
            var began = Interlocked.Increment(ref _clock);
            if (random.Next(4) == 0)
            {
                var range = await store.RangeAsync("m/k", "m/l", 0, 0, Cancel);
                Add(new Observation(began, Interlocked.Increment(ref _clock), range.Revision, null, null, range));
                known = range.Entries.ToDictionary(entry => entry.Key, entry => entry.Modified, StringComparer.Ordinal);
                continue;
            }

            var transaction = Random(writer, i, random, known);
            var commit = await store.CommitAsync(transaction, Cancel);
            Add(new Observation(began, Interlocked.Increment(ref _clock), commit.Revision, transaction, commit, null));
            foreach (var write in commit.Succeeded ? transaction.Writes : [])
            {
                known[write.Key] = write.Value is null ? 0 : commit.Revision;
            }
        }
    }

    private static StoreTransaction Random(int writer, int number, Random random, Dictionary<string, long> known)
    {
        var keys = Enumerable.Range(0, Keys).Select(i => $"m/k{i}").OrderBy(_ => random.Next()).Take(random.Next(1, 4)).ToList();
        var writes = keys.Select(key => random.Next(4) == 0 ? Delete(key) : Put(key, $"{writer}.{number}")).ToArray();
        var transaction = Transaction(writes);
        return random.Next(4) == 0 ? transaction : keys.Aggregate(transaction, (with, key) => with.If(key, known.GetValueOrDefault(key)));
    }

    /// <summary>Watches until the end mark, leaving and coming back from the last revision at random moments.</summary>
    private async Task<List<StoreBatch>> WatchAsync(long after, Random random)
    {
        var log = new List<StoreBatch>();
        while (true)
        {
            var stay = random.Next(1, 40);
            await foreach (var batch in store.WatchAsync("m/", after, Cancel))
            {
                log.Add(batch);
                after = batch.Revision;
                if (batch.Changes[0].Key == "m/end")
                {
                    return log;
                }

                if (--stay == 0)
                {
                    break;
                }
            }
        }
    }

    private void Check(long start, List<StoreBatch> log)
    {
        var states = new SortedDictionary<long, Dictionary<string, StoreEntry>> { [start] = [] };
        var revision = start;
        foreach (var batch in log)
        {
            Assert.True(batch.Revision > revision, $"revision {batch.Revision} came after {revision}");
            states[batch.Revision] = Next(states[revision], batch);
            revision = batch.Revision;
        }

        var written = log.ToDictionary(batch => batch.Revision, Changes);
        foreach (var seen in _observations)
        {
            CheckOne(seen, states, written);
        }

        var made = _observations.Where(seen => seen.Commit is { Succeeded: true } && IsChange(seen, states, written)).Select(seen => seen.Revision).Distinct();
        Assert.Equal(log.Select(batch => batch.Revision).SkipLast(1), made.Order());
        CheckRealTime();
    }

    private static Dictionary<string, StoreEntry> Next(Dictionary<string, StoreEntry> state, StoreBatch batch)
    {
        var next = new Dictionary<string, StoreEntry>(state, StringComparer.Ordinal);
        foreach (var change in batch.Changes)
        {
            Assert.Equal(Describe(state.GetValueOrDefault(change.Key)), Describe(change.Previous));
            if (change.Current is null)
            {
                Assert.True(next.Remove(change.Key), $"{change.Key} was deleted twice");
            }
            else
            {
                Assert.Equal(batch.Revision, change.Current.Modified);
                Assert.Equal(state.TryGetValue(change.Key, out var before) ? before.Created : batch.Revision, change.Current.Created);
                next[change.Key] = change.Current;
            }
        }

        return next;
    }

    private static void CheckOne(Observation seen, SortedDictionary<long, Dictionary<string, StoreEntry>> states, Dictionary<long, string> written)
    {
        if (seen.Range is not null)
        {
            var expected = At(states, seen.Revision).Values.OrderBy(entry => entry.Key, StringComparer.Ordinal);
            Assert.Equal(expected.Select(Describe), seen.Range.Entries.Select(Describe));
            return;
        }

        if (!seen.Commit!.Succeeded)
        {
            var state = At(states, seen.Revision);
            var broken = Broken(seen, state);
            Assert.NotEmpty(broken);
            var standing = broken.Select(condition => state.GetValueOrDefault(condition.Key)).OfType<StoreEntry>();
            Assert.Equal(standing.Select(Describe).Order(StringComparer.Ordinal), seen.Commit.Current.Select(Describe).Order(StringComparer.Ordinal));
        }
        else if (!IsChange(seen, states, written))
        {
            Assert.Equal("", Effects(seen, At(states, seen.Revision)));
            Assert.Empty(Broken(seen, At(states, seen.Revision)));
        }
    }

    /// <summary>The transaction made its revision: what it changes is what changed there, and its conditions held before.</summary>
    private static bool IsChange(Observation seen, SortedDictionary<long, Dictionary<string, StoreEntry>> states, Dictionary<long, string> written)
    {
        var before = At(states, seen.Revision - 1);
        var effects = Effects(seen, before);
        return effects != "" && effects == written.GetValueOrDefault(seen.Revision) && Broken(seen, before).Count == 0;
    }

    private static List<StoreCondition> Broken(Observation seen, Dictionary<string, StoreEntry> state) =>
        [.. seen.Transaction!.Conditions.Where(condition => (state.GetValueOrDefault(condition.Key)?.Modified ?? 0) != condition.Modified)];

    /// <summary>Whoever began after another had ended has no lower revision, and a higher one if it wrote.</summary>
    private void CheckRealTime()
    {
        var byEnd = _observations.OrderBy(seen => seen.Ended).ToList();
        var highest = 0L;
        var next = 0;
        foreach (var seen in _observations.OrderBy(seen => seen.Began))
        {
            for (; next < byEnd.Count && byEnd[next].Ended < seen.Began; next++)
            {
                highest = Math.Max(highest, byEnd[next].Revision);
            }

            Assert.True(seen.Revision >= highest, $"revision {seen.Revision} was seen after {highest}");
        }
    }

    /// <summary>What a transaction changed on this state: deletions of what was not there change nothing.</summary>
    private static string Effects(Observation seen, Dictionary<string, StoreEntry> before)
    {
        return string.Join(';', seen.Transaction!.Writes.Where(write => write.Value is not null || before.ContainsKey(write.Key))
            .Select(write => $"{write.Key}={(write.Value is { } value ? System.Text.Encoding.UTF8.GetString(value.Span) : "")}").Order(StringComparer.Ordinal));
    }

    private static Dictionary<string, StoreEntry> At(SortedDictionary<long, Dictionary<string, StoreEntry>> states, long revision)
    {
        for (; revision > states.Keys.First(); revision--)
        {
            if (states.TryGetValue(revision, out var state))
            {
                return state;
            }
        }

        return states.Values.First();
    }

    private static string Changes(StoreBatch batch) => string.Join(';', batch.Changes.Select(change => $"{change.Key}={change.Current?.TextOf()}").Order(StringComparer.Ordinal));

    private static string Describe(StoreEntry? entry) => entry is null ? "" : $"{entry.Key}={entry.TextOf()}@{entry.Created}/{entry.Modified}";

    private static string Describe(StoreBatch batch) => $"{batch.Revision}: {string.Join(';', batch.Changes.Select(change => $"{change.Key}: {Describe(change.Previous)} -> {Describe(change.Current)}"))}";

    private void Add(Observation seen)
    {
        lock (_observations)
        {
            _observations.Add(seen);
        }
    }

    private sealed record Observation(long Began, long Ended, long Revision, StoreTransaction? Transaction, StoreCommit? Commit, StoreRange? Range);
}
