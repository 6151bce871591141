using Naru.Core.Errors;
using Naru.Store.Sqlite.Database;

namespace Naru.Store.Sqlite.Writing;

/// <summary>Writes the write-ahead log back to the database: the bulk on a connection and thread of its own beside the writes, the rest, which
/// came meanwhile, by the writer between two groups, so that the log starts from its beginning again and stays small.</summary>
internal sealed class Checkpointer(Connection writer, Func<Connection> open, long logBytes) : IDisposable
{
    private const int FrameHeaderBytes = 24;
    private readonly long _frameBytes = writer.Number("PRAGMA page_size") + FrameHeaderBytes;
    private Task _background = Task.CompletedTask;
    private Connection? _own;
    private long _pages;
    private bool _finishes;

    /// <summary>Called by the writer after each group.</summary>
    public void AfterGroup()
    {
        _pages += writer.TakeWrittenPages();
        if (!_background.IsCompleted)
        {
            return;
        }

        if (_finishes)
        {
            _finishes = false;
            Observe();
            writer.Checkpoint();
        }
        else if (_pages * _frameBytes > logBytes)
        {
            _pages = 0;
            _finishes = true;
            _background = Task.Factory.StartNew(Run, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        }
    }

    /// <summary>Waits for the background; then the log is written back wholly and emptied.</summary>
    public void Finish()
    {
        ((IAsyncResult)_background).AsyncWaitHandle.WaitOne();
        Observe();
        writer.Checkpoint(truncate: true);
    }

    public void Dispose() => _own?.Dispose();

    private void Run() => (_own ??= open()).Checkpoint();

    /// <summary>A checkpoint that failed is tried again by the next; the log keeps all that was acknowledged.</summary>
    private void Observe()
    {
        if (_background.Exception?.InnerException is { } failure and not NaruException)
        {
            throw failure;
        }
    }
}
