using Naru.Core.Units;

namespace Naru.Store.Sqlite;

/// <summary>Where the store's database is and how much of the past it keeps.</summary>
public sealed class SqliteStoreOptions
{
    /// <summary>The database file; SQLite's own files and the lock stand beside it. Its directory is made if missing.</summary>
    public required string Path { get; init; }

    /// <summary>History older than this is forgotten.</summary>
    public TimeSpan HistoryAge { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>History beyond so many bytes is forgotten, the oldest first.</summary>
    public ByteSize HistorySize { get; init; } = ByteSize.FromMebibytes(16);

    /// <summary>Recent changes kept in memory for watches; readers further behind read from disk.</summary>
    public ByteSize RecentSize { get; init; } = ByteSize.FromMebibytes(4);

    /// <summary>Page cache of the writing connection.</summary>
    public ByteSize WriterCache { get; init; } = ByteSize.FromMebibytes(4);

    /// <summary>Page cache of each reading connection.</summary>
    public ByteSize ReaderCache { get; init; } = ByteSize.FromMebibytes(1);

    /// <summary>Reads that go on at a time; each has a connection of its own.</summary>
    public int Readers { get; init; } = 4;

    /// <summary>The write-ahead log is written back to the database in the background when it has grown to this.</summary>
    public ByteSize CheckpointSize { get; init; } = ByteSize.FromMebibytes(4);
}
