using Naru.Core.Errors;

namespace Naru.Store.Sqlite.Database;

/// <summary>The tables, and the version of their form that a file carries.</summary>
/// <remarks><c>entry</c> has what is; <c>history</c> has for each change what was before it (an undo log), so that a value is on disk once:
/// what a key became at a revision stands in its next row of history, or in <c>entry</c>. <c>history.id</c> is the revision shifted by
/// <see cref="PositionBits"/> plus the place in its transaction.</remarks>
internal static class Schema
{
    public const int Version = 1;
    public const int PositionBits = 20;

    // Of a new file: a pod has two to eight kilobytes, of which SQLite's 4 KiB would hold one and be half empty.
    private const int PageBytes = 8192;

    private const string Tables = """
        CREATE TABLE schema (version INTEGER NOT NULL);
        CREATE TABLE state (revision INTEGER NOT NULL, compacted INTEGER NOT NULL, lease INTEGER NOT NULL, keys INTEGER NOT NULL);
        CREATE TABLE entry (id INTEGER PRIMARY KEY, key BLOB NOT NULL, value BLOB NOT NULL, created INTEGER NOT NULL, modified INTEGER NOT NULL, lease INTEGER NOT NULL);
        CREATE UNIQUE INDEX entry_key ON entry (key);
        CREATE INDEX entry_lease ON entry (lease) WHERE lease <> 0;
        CREATE TABLE history (id INTEGER PRIMARY KEY, at INTEGER NOT NULL, key BLOB NOT NULL, value BLOB, created INTEGER NOT NULL, modified INTEGER NOT NULL, lease INTEGER NOT NULL);
        CREATE TABLE lease (id INTEGER PRIMARY KEY, milliseconds INTEGER NOT NULL);
        INSERT INTO schema VALUES (1);
        INSERT INTO state VALUES (0, 0, 0, 0);
        """;

    /// <summary>Makes the tables in a new file, checks an old one.</summary>
    public static void Prepare(Connection connection)
    {
        connection.Execute($"PRAGMA page_size = {PageBytes}");
        connection.Execute("PRAGMA auto_vacuum = INCREMENTAL");
        connection.Execute("PRAGMA journal_mode = WAL");
        connection.Execute("PRAGMA synchronous = FULL");
        connection.Execute("PRAGMA wal_autocheckpoint = 0");
        connection.Execute("BEGIN IMMEDIATE");
        try
        {
            if (connection.Number("SELECT count(*) FROM sqlite_schema") == 0)
            {
                connection.Execute(Tables);
            }

            Check(connection);
            connection.Execute("COMMIT");
        }
        finally
        {
            connection.RollBack();
        }
    }

    /// <summary>Refuses a file that is no store of ours or of a later form.</summary>
    public static void Check(Connection connection)
    {
        if (connection.Number("SELECT count(*) FROM sqlite_schema WHERE name IN ('schema', 'state', 'entry', 'history', 'lease') AND type = 'table'") != 5)
        {
            throw SqliteFailures.Damaged(connection.Path, "its tables are not those of a store");
        }

        var version = connection.Number("SELECT version FROM schema");
        if (version > Version)
        {
            throw new NaruException(ErrorKind.FailedPrecondition, $"the store {connection.Path} was written by a later naru: its form is {version}, this naru knows {Version}");
        }

        if (version < 1 || connection.Number("SELECT count(*) FROM state") != 1)
        {
            throw SqliteFailures.Damaged(connection.Path, "its state is missing");
        }
    }
}
