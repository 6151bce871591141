using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging;
using Naru.Core.Errors;
using Naru.Core.Stores;
using Naru.Core.Units;
using Naru.Store.Sqlite.Database;
using Naru.Store.Sqlite.Leases;
using Naru.Store.Sqlite.Reading;
using Naru.Store.Sqlite.Watching;
using Naru.Store.Sqlite.Writing;

namespace Naru.Store.Sqlite;

/// <summary>The store in one SQLite database, for a cluster of one server. See docs/design/store.md.</summary>
public sealed partial class SqliteStore(SqliteStoreOptions options, TimeProvider time, ILogger<SqliteStore> logger) : IStore, IStoreSnapshots, IStoreRevisions
{
    private const int BatchesAtOnce = 64;
    private static readonly TimeSpan TickPeriod = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan RetryPeriod = TimeSpan.FromSeconds(1);
    private OpenStore? _open;
    private bool _disposed;

    private OpenStore Opened => _open ?? throw new NaruException(ErrorKind.Unavailable, "the store is not open");

    /// <summary>Opens the database, makes it if it is missing. Harmless when repeated.</summary>
    /// <exception cref="NaruException">DataLoss when it is damaged, FailedPrecondition when another process has it or a later naru wrote it.</exception>
    public Task OpenAsync(CancellationToken cancellationToken) => Task.Run(
        () =>
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            _open ??= OpenStore.Open(options, time, logger, LeaseEnded);
        },
        cancellationToken);

    public ValueTask<long> GetRevisionAsync(CancellationToken cancellationToken) => ValueTask.FromResult(Opened.Revision);

    public async Task<StoreRange> RangeAsync(string start, string end, int limit, long revision, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(start);
        ArgumentNullException.ThrowIfNull(end);
        var open = Opened;
        var range = await open.Readers.ReadAsync(reader => reader.Range(start, end, limit, revision, cancellationToken), cancellationToken);
        open.Saw(range.Revision);
        return range;
    }

    public Task<StoreCommit> CommitAsync(StoreTransaction transaction, CancellationToken cancellationToken)
    {
        StoreRules.Check(transaction);
        return Opened.Writer.Ask(session => session.Apply(transaction), cancellationToken);
    }

    /// <inheritdoc/>
    public Task<IReadOnlyList<StoreCommit>> CommitAllAsync(IReadOnlyList<StoreTransaction> transactions, CancellationToken cancellationToken)
    {
        foreach (var transaction in transactions)
        {
            StoreRules.Check(transaction);
        }

        return Opened.Writer.Ask<IReadOnlyList<StoreCommit>>(session => [.. transactions.Select(session.Apply)], cancellationToken, transactions.Count);
    }

    public async IAsyncEnumerable<StoreBatch> WatchAsync(string prefix, long after, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(prefix);
        var open = Opened;
        var read = new List<StoreBatch>();
        while (true)
        {
            read.Clear();
            if (!open.Recent.TryRead(after, read, BatchesAtOnce, out var changed))
            {
                var from = after;
                read.AddRange(await open.Readers.ReadLongAsync(reader => reader.History(from, cancellationToken), cancellationToken));
            }
            else if (read.Count == 0)
            {
                await changed.WaitAsync(cancellationToken);
            }

            foreach (var batch in read)
            {
                after = batch.Revision;
                if (Only(batch, prefix) is { } seen)
                {
                    cancellationToken.ThrowIfCancellationRequested();
                    yield return seen;
                }
            }
        }
    }

    public Task CompactAsync(long revision, CancellationToken cancellationToken) => Opened.Writer.Ask(
        session =>
        {
            session.Compact(revision);
            return true;
        },
        cancellationToken);

    public async Task<long> GrantLeaseAsync(TimeSpan timeToLive, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(timeToLive, TimeSpan.Zero);
        var open = Opened;
        var lease = await open.Writer.Ask(session => session.Grant(timeToLive), cancellationToken);
        open.Leases.Add(lease, timeToLive);
        return lease;
    }

    public Task<bool> KeepLeaseAsync(long lease, CancellationToken cancellationToken) => Task.FromResult(Opened.Leases.Keep(lease));

    public Task RevokeLeaseAsync(long lease, CancellationToken cancellationToken)
    {
        var open = Opened;
        open.Leases.Remove(lease);
        return EndAsync(open, lease, cancellationToken);
    }

    public ValueTask<StoreStatistics> GetStatisticsAsync(CancellationToken cancellationToken)
    {
        var state = Opened.Writer.Statistics;
        var bytes = new[] { options.Path, options.Path + "-wal", options.Path + "-shm" }.Select(path => new FileInfo(path)).Sum(file => file.Exists ? file.Length : 0);
        return ValueTask.FromResult(new StoreStatistics(state.Revision, state.Compacted, state.Keys, new ByteSize(bytes)));
    }

    /// <inheritdoc/>
    public async Task<StoreSnapshot> SnapshotAsync(string path, CancellationToken cancellationToken)
    {
        if (File.Exists(path))
        {
            throw new NaruException(ErrorKind.AlreadyExists, $"{path} exists already");
        }

        await Opened.Readers.ReadLongAsync(
            reader =>
            {
                reader.CopyTo(path);
                return true;
            },
            cancellationToken);
        return await Task.Run(() => SnapshotFile.Verify(path), cancellationToken);
    }

    /// <inheritdoc/>
    public Task AdvanceAsync(long revision, CancellationToken cancellationToken) => Opened.Writer.Ask(
        session =>
        {
            session.Advance(revision);
            return true;
        },
        cancellationToken);

    public async ValueTask DisposeAsync()
    {
        _disposed = true;
        if (Interlocked.Exchange(ref _open, null) is { } open)
        {
            await Task.Run(open.Dispose);
        }
    }

    private static StoreBatch? Only(StoreBatch batch, string prefix)
    {
        var seen = batch.Changes.Count(change => change.Key.StartsWith(prefix, StringComparison.Ordinal));
        return seen == 0 ? null
            : seen == batch.Changes.Length ? batch
            : batch with { Changes = [.. batch.Changes.Where(change => change.Key.StartsWith(prefix, StringComparison.Ordinal))] };
    }

    private static Task<bool> EndAsync(OpenStore open, long lease, CancellationToken cancellationToken) => open.Writer.Ask(
        session =>
        {
            session.EndLease(lease);
            return true;
        },
        cancellationToken);

    /// <summary>A lease whose keys could not be deleted (full disk) is tried again a little later.</summary>
    private void LeaseEnded(OpenStore open, long lease)
    {
        try
        {
            _ = EndAsync(open, lease, CancellationToken.None).ContinueWith(
                _ => open.Leases.Add(lease, RetryPeriod),
                CancellationToken.None,
                TaskContinuationOptions.OnlyOnFaulted | TaskContinuationOptions.ExecuteSynchronously,
                TaskScheduler.Default);
        }
        catch (NaruException failure) when (failure.Kind == ErrorKind.Unavailable)
        {
            EndedWhileClosing(lease);
        }
    }

    [LoggerMessage(15010, LogLevel.Debug, "Lease {Lease} ended while the store closes: it has its time again at the next start")]
    private partial void EndedWhileClosing(long lease);

    /// <summary>All parts of a store that is open.</summary>
    private sealed class OpenStore : IDisposable
    {
        private readonly ProcessLock _lock;
        private readonly Connection _connection;
        private readonly WriteSession _session;
        private readonly Checkpointer _checkpointer;
        private readonly ITimer _tick;
        private long _seen;

        private OpenStore(SqliteStoreOptions options, TimeProvider time, ILogger logger, Action<OpenStore, long> leaseEnded, ProcessLock held, Connection connection)
        {
            (_lock, _connection) = (held, connection);
            Leases = new LeaseClock(time, lease => leaseEnded(this, lease));
            _session = new WriteSession(connection, time, Leases.Exists);
            var ledger = new HistoryLedger(options.HistoryAge, options.HistorySize.Bytes);
            ledger.Load(connection);
            Recent = new RecentBatches(options.RecentSize.Bytes);
            Recent.Begin(_session.Committed.Revision, _session.Committed.Compacted);
            Readers = new ReaderPool(options.Path, options.ReaderCache, options.Readers);
            _checkpointer = new Checkpointer(connection, () => Connection.Open(options.Path, options.ReaderCache), options.CheckpointSize.Bytes);
            using (var leases = connection.Prepare("SELECT id, milliseconds FROM lease"))
            {
                while (leases.Step())
                {
                    Leases.Add(leases.Number(0), TimeSpan.FromMilliseconds(leases.Number(1)));
                }
            }

            Writer = new Writer(_session, ledger, new Housekeeper(connection, ledger), _checkpointer, Recent, logger);
            _tick = time.CreateTimer(_ => Writer.Tick(), null, TickPeriod, TickPeriod);
        }

        public Writer Writer { get; }

        public ReaderPool Readers { get; }

        public RecentBatches Recent { get; }

        public LeaseClock Leases { get; }

        /// <summary>The newest revision that anybody has seen: a read may see one a moment before the writer says so.</summary>
        public long Revision => Math.Max(Recent.Newest, Volatile.Read(ref _seen));

        public static OpenStore Open(SqliteStoreOptions options, TimeProvider time, ILogger logger, Action<OpenStore, long> leaseEnded)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(options.Path))!);
            var held = new ProcessLock(options.Path);
            Connection? connection = null;
            try
            {
                connection = Connection.Open(options.Path, options.WriterCache);
                connection.Execute($"PRAGMA journal_size_limit = {4 * options.CheckpointSize.Bytes}");
                Schema.Prepare(connection);
                return new OpenStore(options, time, logger, leaseEnded, held, connection);
            }
            catch
            {
                connection?.Dispose();
                held.Dispose();
                throw;
            }
        }

        public void Saw(long revision)
        {
            for (var seen = Volatile.Read(ref _seen); seen < revision; seen = Volatile.Read(ref _seen))
            {
                Interlocked.CompareExchange(ref _seen, revision, seen);
            }
        }

        public void Dispose()
        {
            _tick.Dispose();
            Leases.Dispose();
            Recent.Close();
            Readers.Dispose();
            Writer.Dispose();
            _checkpointer.Dispose();
            _session.Dispose();
            _connection.Dispose();
            _lock.Dispose();
        }
    }
}
