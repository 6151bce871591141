using System.Collections.Immutable;
using Naru.Core.Errors;
using Naru.Core.Stores;
using Naru.Store.Sqlite.Database;

namespace Naru.Store.Sqlite.Writing;

/// <summary>The writing connection with its statements, and the state that the open group works on. Used by the writer's thread alone.</summary>
internal sealed class WriteSession : IDisposable
{
    private readonly Connection _connection;
    private readonly TimeProvider _time;
    private readonly Func<long, bool> _leaseExists;
    private readonly Statement _begin;
    private readonly Statement _commit;
    private readonly Statement _find;
    private readonly Statement _insert;
    private readonly Statement _update;
    private readonly Statement _delete;
    private readonly Statement _record;
    private readonly Statement _trim;
    private readonly Statement _save;
    private readonly Statement _leased;
    private readonly Statement _grant;
    private readonly Statement _end;
    private readonly List<StoreBatch> _batches = [];
    private StoreState _working;
    private long _at;
    private long _recorded;

    public WriteSession(Connection connection, TimeProvider time, Func<long, bool> leaseExists)
    {
        (_connection, _time, _leaseExists) = (connection, time, leaseExists);
        _begin = connection.Prepare("BEGIN IMMEDIATE");
        _commit = connection.Prepare("COMMIT");
        _find = connection.Prepare("SELECT id, value, created, modified, lease FROM entry WHERE key = ?1");
        _insert = connection.Prepare("INSERT INTO entry (key, value, created, modified, lease) VALUES (?1, ?2, ?3, ?3, ?4)");
        _update = connection.Prepare("UPDATE entry SET value = ?2, modified = ?3, lease = ?4 WHERE id = ?1");
        _delete = connection.Prepare("DELETE FROM entry WHERE id = ?1");
        _record = connection.Prepare("INSERT INTO history (id, at, key, value, created, modified, lease) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)");
        _trim = connection.Prepare("DELETE FROM history WHERE id < ?1");
        _save = connection.Prepare("UPDATE state SET revision = ?1, compacted = ?2, lease = ?3, keys = ?4");
        _leased = connection.Prepare("SELECT key FROM entry WHERE lease = ?1 AND lease <> 0 ORDER BY key");
        _grant = connection.Prepare("INSERT INTO lease (id, milliseconds) VALUES (?1, ?2)");
        _end = connection.Prepare("DELETE FROM lease WHERE id = ?1");
        Reload();
    }

    /// <summary>As of the last durable group.</summary>
    public StoreState Committed { get; private set; }

    /// <summary>As of the open group.</summary>
    public StoreState Working => _working;

    /// <summary>What the open group (or the one just made durable) changed.</summary>
    public IReadOnlyList<StoreBatch> Batches => _batches;

    /// <summary>About how many bytes of history the group wrote.</summary>
    public long Recorded => _recorded;

    /// <summary>Time of the open group, in milliseconds of Unix time.</summary>
    public long At => _at;

    public void Begin()
    {
        _batches.Clear();
        _recorded = 0;
        _at = _time.GetUtcNow().ToUnixTimeMilliseconds();
        _working = Committed;
        _begin.Run();
    }

    public void Commit()
    {
        if (_working != Committed)
        {
            _save.Bind(1, _working.Revision).Bind(2, _working.Compacted).Bind(3, _working.Lease).Bind(4, _working.Keys).Run();
        }

        _commit.Run();
        Committed = _working;
    }

    /// <summary>Back to what is durable, read anew: after a failed commit only the file knows.</summary>
    public void RollBack()
    {
        foreach (var statement in (ReadOnlySpan<Statement>)[_begin, _commit, _find, _insert, _update, _delete, _record, _trim, _save, _leased, _grant, _end])
        {
            statement.Reset();
        }

        _batches.Clear();
        _recorded = 0;
        _connection.RollBack();
        Reload();
    }

    public StoreCommit Apply(StoreTransaction transaction)
    {
        ImmutableArray<StoreEntry>.Builder? standing = null;
        var holds = true;
        foreach (var condition in transaction.Conditions)
        {
            var (_, modified) = Find(condition.Key);
            if (modified != condition.Modified)
            {
                holds = false;
                if (modified != 0)
                {
                    (standing ??= ImmutableArray.CreateBuilder<StoreEntry>()).Add(Found(condition.Key));
                }
            }

            _find.Reset();
        }

        if (!holds)
        {
            return new StoreCommit(false, _working.Revision, standing?.DrainToImmutable() ?? []);
        }

        foreach (var write in transaction.Writes)
        {
            if (write is { Lease: not 0, Value: not null } && !_leaseExists(write.Lease))
            {
                throw NaruException.NotFound($"lease {write.Lease} not found");
            }
        }

        Write(transaction.Writes);
        return new StoreCommit(true, _working.Revision, []);
    }

    public long Grant(TimeSpan timeToLive)
    {
        _working = _working with { Lease = _working.Lease + 1 };
        _grant.Bind(1, _working.Lease).Bind(2, (long)timeToLive.TotalMilliseconds).Run();
        return _working.Lease;
    }

    public void EndLease(long lease)
    {
        var writes = ImmutableArray.CreateBuilder<StoreWrite>();
        _leased.Bind(1, lease);
        while (_leased.Step())
        {
            writes.Add(new StoreWrite(_leased.Key(0), null));
        }

        _leased.Reset();
        Write(writes.DrainToImmutable());
        _end.Bind(1, lease).Run();
    }

    /// <summary>Marks history as gone; its rows go in small steps (<see cref="Trim"/>).</summary>
    public void Compact(long revision)
    {
        if (revision > _working.Revision)
        {
            throw NaruException.Invalid($"revision {revision} is in the future: the newest is {_working.Revision}");
        }

        _working = _working with { Compacted = Math.Max(_working.Compacted, revision) };
    }

    /// <summary>Takes the number of the newest revision up to <paramref name="revision"/>; history begins anew there.</summary>
    public void Advance(long revision)
    {
        if (revision > _working.Revision)
        {
            _working = _working with { Revision = revision, Compacted = revision };
        }
    }

    /// <summary>Deletes rows of history up to a revision.</summary>
    public void Trim(long revision)
    {
        Compact(Math.Min(revision, _working.Revision));
        _trim.Bind(1, (revision + 1) << Schema.PositionBits).Run();
    }

    public void Dispose()
    {
        foreach (var statement in (ReadOnlySpan<Statement>)[_begin, _commit, _find, _insert, _update, _delete, _record, _trim, _save, _leased, _grant, _end])
        {
            statement.Dispose();
        }
    }

    private void Reload()
    {
        using var state = _connection.Prepare("SELECT revision, compacted, lease, keys FROM state");
        if (!state.Step())
        {
            throw SqliteFailures.Damaged(_connection.Path, "its state is missing");
        }

        Committed = _working = new StoreState(state.Number(0), state.Number(1), state.Number(2), state.Number(3));
    }

    /// <summary>Leaves the statement on the key's row: the caller resets it.</summary>
    private (long Id, long Modified) Find(string key) => _find.BindKey(1, key).Step() ? (_find.Number(0), _find.Number(3)) : (0, 0);

    private StoreEntry Found(string key) => new(key, _find.Bytes(1), _find.Number(2), _find.Number(3), _find.Number(4));

    private void Write(ImmutableArray<StoreWrite> writes)
    {
        var revision = _working.Revision + 1;
        var changes = ImmutableArray.CreateBuilder<StoreChange>(writes.Length);
        foreach (var write in writes)
        {
            var (id, modified) = Find(write.Key);
            var previous = modified == 0 ? null : Found(write.Key);
            _find.Reset();
            if (previous is null && write.Value is null)
            {
                continue;
            }

            Record((revision << Schema.PositionBits) + changes.Count, write.Key, previous);
            var current = write.Value is { } value ? new StoreEntry(write.Key, value, previous?.Created ?? revision, revision, write.Lease) : null;
            Put(id, previous, current);
            changes.Add(new StoreChange(write.Key, current, previous));
        }

        if (changes.Count > 0)
        {
            _working = _working with { Revision = revision };
            _batches.Add(new StoreBatch(revision, changes.DrainToImmutable()));
        }
    }

    private void Record(long id, string key, StoreEntry? previous)
    {
        _record.Bind(1, id).Bind(2, _at).BindKey(3, key).Bind(5, previous?.Created ?? 0).Bind(6, previous?.Modified ?? 0).Bind(7, previous?.Lease ?? 0);
        if (previous is null)
        {
            _record.BindNull(4);
        }
        else
        {
            _record.Bind(4, previous.Value.Span);
        }

        _record.Run();
        _recorded += HistoryLedger.SizeOf(key.Length, previous?.Value.Length ?? 0);
    }

    private void Put(long id, StoreEntry? previous, StoreEntry? current)
    {
        if (current is null)
        {
            _delete.Bind(1, id).Run();
            _working = _working with { Keys = _working.Keys - 1 };
        }
        else if (previous is null)
        {
            _insert.BindKey(1, current.Key).Bind(2, current.Value.Span).Bind(3, current.Modified).Bind(4, current.Lease).Run();
            _working = _working with { Keys = _working.Keys + 1 };
        }
        else
        {
            _update.Bind(1, id).Bind(2, current.Value.Span).Bind(3, current.Modified).Bind(4, current.Lease).Run();
        }
    }
}
