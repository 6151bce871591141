using System.Collections.Immutable;
using Naru.Core.Errors;
using Naru.Core.Stores;
using Naru.Store.Sqlite.Database;
using Naru.Store.Sqlite.Watching;

namespace Naru.Store.Sqlite.Reading;

/// <summary>What is read from one connection.</summary>
internal sealed class Reader : IDisposable
{
    private readonly Connection _connection;
    private readonly Statement _begin;
    private readonly Statement _end;
    private readonly Statement _state;
    private readonly Statement _range;
    private readonly Statement _changedSince;
    private readonly Statement _history;
    private readonly Statement _entry;

    public Reader(Connection connection)
    {
        _connection = connection;
        _begin = connection.Prepare("BEGIN");
        _end = connection.Prepare("COMMIT");
        _state = connection.Prepare("SELECT revision, compacted FROM state");
        _range = connection.Prepare("SELECT key, value, created, modified, lease FROM entry WHERE key >= ?1 AND key < ?2 ORDER BY key LIMIT ?3");
        _changedSince = connection.Prepare("SELECT key, value, created, modified, lease FROM history WHERE id >= ?3 AND key >= ?1 AND key < ?2 ORDER BY id");
        _history = connection.Prepare("SELECT key, value, created, modified, lease, id FROM history WHERE id >= ?1 ORDER BY id DESC");
        _entry = connection.Prepare("SELECT key, value, created, modified, lease FROM entry WHERE key = ?1");
    }

    /// <summary>The range as of the newest revision (0) or an older one.</summary>
    public StoreRange Range(string start, string end, int limit, long revision, CancellationToken cancellationToken) => InSnapshot((newest, compacted) =>
    {
        var at = revision == 0 ? newest : revision;
        if (at < compacted)
        {
            throw RecentBatches.Expired(at, compacted);
        }

        if (at > newest)
        {
            throw NaruException.Invalid($"revision {at} is in the future: the newest is {newest}");
        }

        var then = at == newest ? null : ChangedSince(start, end, at);
        return then is { Count: > 0 } ? Past(start, end, limit, at, then, cancellationToken) : Present(start, end, limit, at, cancellationToken);
    });

    /// <summary>All batches above a revision.</summary>
    /// <remarks>Read from the newest down: what a key became is what the change after it found, or what stands there now.</remarks>
    public List<StoreBatch> History(long after, CancellationToken cancellationToken) => InSnapshot((_, compacted) =>
    {
        if (after < compacted)
        {
            throw RecentBatches.Expired(after, compacted);
        }

        var became = new Dictionary<string, StoreEntry?>(StringComparer.Ordinal);
        var batches = new List<StoreBatch>();
        var changes = new List<StoreChange>();
        var revision = 0L;
        _history.Bind(1, (after + 1) << Schema.PositionBits);
        while (_history.Step())
        {
            cancellationToken.ThrowIfCancellationRequested();
            var of = _history.Number(5) >> Schema.PositionBits;
            if (of != revision)
            {
                Close(batches, changes, revision);
                revision = of;
            }

            var key = _history.Key(0);
            var previous = Entry(_history, key);
            changes.Add(new StoreChange(key, became.TryGetValue(key, out var current) ? current : Now(key), previous));
            became[key] = previous;
        }

        Close(batches, changes, revision);
        batches.Reverse();
        return batches;
    });

    /// <summary>A whole copy of the database in a new file.</summary>
    public void CopyTo(string path)
    {
        using var copy = _connection.Prepare("VACUUM INTO ?1");
        copy.BindText(1, path);
        copy.Run();
    }

    public void Dispose()
    {
        foreach (var statement in (ReadOnlySpan<Statement>)[_begin, _end, _state, _range, _changedSince, _history, _entry])
        {
            statement.Dispose();
        }

        _connection.Dispose();
    }

    private static void Close(List<StoreBatch> batches, List<StoreChange> changes, long revision)
    {
        if (changes.Count > 0)
        {
            changes.Reverse();
            batches.Add(new StoreBatch(revision, [.. changes]));
            changes.Clear();
        }
    }

    private static StoreEntry? Entry(Statement row, string key) =>
        row.IsNull(1) ? null : new StoreEntry(key, row.Bytes(1), row.Number(2), row.Number(3), row.Number(4));

    private T InSnapshot<T>(Func<long, long, T> read)
    {
        _begin.Run();
        try
        {
            if (!_state.Step())
            {
                throw SqliteFailures.Damaged(_connection.Path, "its state is missing");
            }

            var (newest, compacted) = (_state.Number(0), _state.Number(1));
            _state.Reset();
            return read(newest, compacted);
        }
        finally
        {
            foreach (var statement in (ReadOnlySpan<Statement>)[_state, _range, _changedSince, _history, _entry])
            {
                statement.Reset();
            }

            _end.Run();
        }
    }

    private StoreRange Present(string start, string end, int limit, long at, CancellationToken cancellationToken)
    {
        var entries = ImmutableArray.CreateBuilder<StoreEntry>();
        _range.BindKey(1, start).BindKey(2, end).Bind(3, limit > 0 ? limit + 1L : -1);
        while (_range.Step())
        {
            if (limit > 0 && entries.Count == limit)
            {
                return new StoreRange(at, entries.ToImmutable(), More: true);
            }

            cancellationToken.ThrowIfCancellationRequested();
            entries.Add(Entry(_range, _range.Key(0))!);
        }

        return new StoreRange(at, entries.DrainToImmutable(), More: false);
    }

    /// <summary>What is now, with what changed since put back to what it was.</summary>
    private StoreRange Past(string start, string end, int limit, long at, SortedDictionary<string, StoreEntry?> then, CancellationToken cancellationToken)
    {
        var entries = ImmutableArray.CreateBuilder<StoreEntry>();
        bool IsFull() => limit > 0 && entries.Count > limit;
        using var changed = then.GetEnumerator();
        var left = changed.MoveNext();
        _range.BindKey(1, start).BindKey(2, end).Bind(3, -1L);
        while (!IsFull() && _range.Step())
        {
            cancellationToken.ThrowIfCancellationRequested();
            var key = _range.Key(0);
            for (; left && StoreKeys.Compare(changed.Current.Key, key) < 0; left = changed.MoveNext())
            {
                AddIfThere(changed.Current.Value);
            }

            if (!then.ContainsKey(key))
            {
                entries.Add(Entry(_range, key)!);
            }
        }

        for (; left && !IsFull(); left = changed.MoveNext())
        {
            AddIfThere(changed.Current.Value);
        }

        var more = IsFull();
        return new StoreRange(at, more ? [.. entries.Take(limit)] : entries.DrainToImmutable(), more);

        void AddIfThere(StoreEntry? entry)
        {
            if (entry is not null)
            {
                entries.Add(entry);
            }
        }
    }

    private SortedDictionary<string, StoreEntry?> ChangedSince(string start, string end, long at)
    {
        var then = new SortedDictionary<string, StoreEntry?>(StoreKeys.Order);
        _changedSince.BindKey(1, start).BindKey(2, end).Bind(3, (at + 1) << Schema.PositionBits);
        while (_changedSince.Step())
        {
            var key = _changedSince.Key(0);
            if (!then.ContainsKey(key))
            {
                then.Add(key, Entry(_changedSince, key));
            }
        }

        return then;
    }

    private StoreEntry? Now(string key)
    {
        _entry.BindKey(1, key);
        var entry = _entry.Step() ? Entry(_entry, key) : null;
        _entry.Reset();
        return entry;
    }
}
