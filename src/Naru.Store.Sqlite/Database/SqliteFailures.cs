using Naru.Core.Errors;
using SQLitePCL;

namespace Naru.Store.Sqlite.Database;

/// <summary>What SQLite's result codes are in the closed list of failures: the only place that knows.</summary>
internal static class SqliteFailures
{
    private const int PrimaryMask = 0xff;

    public static NaruException From(int code, sqlite3? database, string path)
    {
        var text = database is { IsInvalid: false } ? raw.sqlite3_errmsg(database).utf8_to_string() : raw.sqlite3_errstr(code).utf8_to_string();
        return (code & PrimaryMask) switch
        {
            raw.SQLITE_FULL => new NaruException(ErrorKind.ResourceExhausted, $"the store cannot write to {path}: the disk is full"),
            raw.SQLITE_CORRUPT or raw.SQLITE_NOTADB => new NaruException(ErrorKind.DataLoss, $"the store {path} is damaged: {text}"),
            raw.SQLITE_NOMEM => new NaruException(ErrorKind.ResourceExhausted, $"the store {path} has no memory"),
            raw.SQLITE_TOOBIG => new NaruException(ErrorKind.ResourceExhausted, $"a value is too large for the store {path}"),
            raw.SQLITE_PERM or raw.SQLITE_READONLY or raw.SQLITE_CANTOPEN => new NaruException(ErrorKind.FailedPrecondition, $"the store {path} cannot be opened for writing: {text}"),
            raw.SQLITE_IOERR or raw.SQLITE_BUSY or raw.SQLITE_LOCKED or raw.SQLITE_INTERRUPT => new NaruException(ErrorKind.Unavailable, $"the store {path} does not answer: {text}"),
            _ => new NaruException(ErrorKind.Internal, $"the store {path} failed with code {code}: {text}"),
        };
    }

    public static NaruException Damaged(string path, string what) => new(ErrorKind.DataLoss, $"the store {path} is damaged: {what}");
}
