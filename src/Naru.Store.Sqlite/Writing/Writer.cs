using Microsoft.Extensions.Logging;
using Naru.Core.Errors;
using Naru.Store.Sqlite.Watching;

namespace Naru.Store.Sqlite.Writing;

/// <summary>The one thread that writes. What callers ask for while a group is flushed to disk makes the next group: one flush for all of them.</summary>
internal sealed partial class Writer : IDisposable
{
    private const int MaximumGroup = 1024;
    private readonly object _gate = new();
    private readonly WriteSession _session;
    private readonly HistoryLedger _ledger;
    private readonly Housekeeper _housekeeper;
    private readonly Checkpointer _checkpointer;
    private readonly RecentBatches _recent;
    private readonly ILogger _logger;
    private readonly Thread _thread;
    private List<WriteRequest> _waiting = [];
    private bool _tick;
    private bool _closed;

    public Writer(WriteSession session, HistoryLedger ledger, Housekeeper housekeeper, Checkpointer checkpointer, RecentBatches recent, ILogger logger)
    {
        (_session, _ledger, _housekeeper, _checkpointer, _recent, _logger) = (session, ledger, housekeeper, checkpointer, recent, logger);
        Statistics = session.Committed;
        _thread = new Thread(Run) { IsBackground = true, Name = "naru-store" };
        _thread.Start();
    }

    /// <summary>State as of the last group.</summary>
    public StoreState Statistics { get; private set; }

    /// <param name="apply">Does it.</param>
    /// <param name="cancellationToken">Calls it off before its turn.</param>
    /// <param name="size">How many transactions it is.</param>
    public Task<T> Ask<T>(Func<WriteSession, T> apply, CancellationToken cancellationToken, int size = 1)
    {
        var request = new WriteRequest<T>(apply, cancellationToken) { Size = size };
        lock (_gate)
        {
            if (_closed)
            {
                throw new NaruException(ErrorKind.Unavailable, "the store is closing");
            }

            _waiting.Add(request);
            if (_waiting.Count == 1)
            {
                Monitor.Pulse(_gate);
            }
        }

        return request.Answer;
    }

    /// <summary>Has it look for history that grew too old.</summary>
    public void Tick()
    {
        lock (_gate)
        {
            _tick = true;
            Monitor.Pulse(_gate);
        }
    }

    /// <summary>Does what was asked for before and ends the thread.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            _closed = true;
            Monitor.Pulse(_gate);
        }

        _thread.Join();
    }

    private void Run()
    {
        var more = false;
        while (Take(more) is { } group)
        {
            more = Do(group);
        }

        try
        {
            _checkpointer.Finish();
        }
        catch (NaruException failure)
        {
            GroupRefused(failure.Message); // the log stays and is read at the next start
        }
    }

    /// <summary>The requests for the next group; none when there is only housekeeping to do; null at the end.</summary>
    private List<WriteRequest>? Take(bool more)
    {
        lock (_gate)
        {
            while (_waiting.Count == 0 && !_closed && !_tick && !more)
            {
                Monitor.Wait(_gate);
            }

            if (_closed && _waiting.Count == 0)
            {
                return null;
            }

            _tick = false;
            var (count, size) = (0, 0);
            while (count < _waiting.Count && size < MaximumGroup)
            {
                size += _waiting[count++].Size;
            }

            if (count == _waiting.Count)
            {
                (var all, _waiting) = (_waiting, []);
                return all;
            }

            var group = _waiting.GetRange(0, count);
            _waiting.RemoveRange(0, count);
            return group;
        }
    }

    /// <returns>True when housekeeping has more to do.</returns>
    private bool Do(List<WriteRequest> group)
    {
        bool more;
        try
        {
            _session.Begin();
            foreach (var request in group)
            {
                request.Apply(_session);
            }

            more = _housekeeper.Trim(_session) | _housekeeper.Vacuum(idle: group.Count == 0);
            _session.Commit();
        }
        catch (Exception failure)
        {
            // The supervisor of the store's only writer: whatever happened, the callers must hear of it and the next group must be tried.
            Recover(group, failure);
            return false;
        }

        Publish();
        foreach (var request in group)
        {
            request.Complete();
        }

        AfterGroup();
        return more;
    }

    private void Publish()
    {
        Statistics = _session.Committed;
        if (_session.Batches.Count > 0)
        {
            _ledger.Add(_session.Batches[^1].Revision, _session.At, _session.Recorded);
            _recent.Publish(_session.Batches, _session.At);
        }

        if (_session.Committed.Revision > _recent.Newest)
        {
            _recent.Begin(_session.Committed.Revision, _session.Committed.Compacted);
        }

        if (_session.Committed.Compacted > _recent.Compacted)
        {
            _recent.Compact(_session.Committed.Compacted);
        }
    }

    private void Recover(List<WriteRequest> group, Exception failure)
    {
        if (failure is NaruException)
        {
            GroupRefused(failure.Message);
        }
        else
        {
            GroupFailed(failure);
        }

        try
        {
            _session.RollBack();
            Publish();
        }
        catch (NaruException again)
        {
            GroupRefused(again.Message);
        }

        foreach (var request in group)
        {
            request.Fail(failure);
        }
    }

    private void AfterGroup()
    {
        try
        {
            _checkpointer.AfterGroup();
        }
        catch (NaruException failure)
        {
            CheckpointFailed(failure.Message);
        }
    }

    [LoggerMessage(15001, LogLevel.Error, "A group of writes to the store failed")]
    private partial void GroupFailed(Exception failure);

    [LoggerMessage(15003, LogLevel.Error, "A group of writes to the store failed: {Reason}")]
    private partial void GroupRefused(string reason);

    [LoggerMessage(15002, LogLevel.Warning, "The store's log could not be written back: {Reason}; it is tried again")]
    private partial void CheckpointFailed(string reason);
}
