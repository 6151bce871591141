using Naru.Core.Units;
using SQLitePCL;

namespace Naru.Store.Sqlite.Database;

/// <summary>One connection to a database file, used by one thread at a time.</summary>
internal sealed class Connection : IDisposable
{
    private readonly sqlite3 _handle;

    static Connection() => Batteries_V2.Init();

    private Connection(sqlite3 handle, string path)
    {
        _handle = handle;
        Path = path;
    }

    public string Path { get; }

    /// <summary>Opens the file; makes it unless <paramref name="readOnly"/>.</summary>
    public static Connection Open(string path, ByteSize cache, bool readOnly = false)
    {
        var flags = raw.SQLITE_OPEN_NOMUTEX | (readOnly ? raw.SQLITE_OPEN_READONLY : raw.SQLITE_OPEN_READWRITE | raw.SQLITE_OPEN_CREATE);
        var code = raw.sqlite3_open_v2(path, out var handle, flags, null);
        if (code != raw.SQLITE_OK)
        {
            var failure = SqliteFailures.From(code, handle, path);
            handle?.Dispose();
            throw failure;
        }

        raw.sqlite3_extended_result_codes(handle, 1);
        raw.sqlite3_busy_timeout(handle, 5000);
        var connection = new Connection(handle, path);
        try
        {
            connection.Execute($"PRAGMA cache_size = -{cache.Bytes >> 10}");
            connection.Execute("PRAGMA temp_store = MEMORY");
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    public Statement Prepare(string sql)
    {
        Check(raw.sqlite3_prepare_v3(_handle, sql, raw.SQLITE_PREPARE_PERSISTENT, out var statement));
        return new Statement(this, statement);
    }

    public void Execute(string sql) => Check(raw.sqlite3_exec(_handle, sql));

    /// <summary>First column of the first row; 0 when there is none.</summary>
    public long Number(string sql)
    {
        using var statement = Prepare(sql);
        return statement.Step() ? statement.Number(0) : 0;
    }

    /// <summary>First column of the first row as text; empty when there is none.</summary>
    public string Text(string sql)
    {
        using var statement = Prepare(sql);
        return statement.Step() ? statement.Text(0) : "";
    }

    /// <summary>Rolls back what is open, if anything is; never fails.</summary>
    public void RollBack()
    {
        if (raw.sqlite3_get_autocommit(_handle) == 0)
        {
            _ = raw.sqlite3_exec(_handle, "ROLLBACK");
        }
    }

    /// <summary>Writes the log back as far as readers allow.</summary>
    /// <returns>Pages in the log, and how many of them are written back.</returns>
    public (int Logged, int WrittenBack) Checkpoint(bool truncate = false)
    {
        var code = raw.sqlite3_wal_checkpoint_v2(_handle, null, truncate ? raw.SQLITE_CHECKPOINT_TRUNCATE : raw.SQLITE_CHECKPOINT_PASSIVE, out var logged, out var written);
        if (code is not (raw.SQLITE_OK or raw.SQLITE_BUSY))
        {
            throw SqliteFailures.From(code, _handle, Path);
        }

        return (logged, written);
    }

    /// <summary>Pages that this connection has written to the log since it was last asked.</summary>
    public int TakeWrittenPages()
    {
        const int cacheWrite = 9;
        return raw.sqlite3_db_status(_handle, cacheWrite, out var pages, out _, 1) == raw.SQLITE_OK ? pages : 0;
    }

    public void Check(int code)
    {
        if (code is not (raw.SQLITE_OK or raw.SQLITE_ROW or raw.SQLITE_DONE))
        {
            throw SqliteFailures.From(code, _handle, Path);
        }
    }

    public void Dispose() => _handle.Dispose();
}
