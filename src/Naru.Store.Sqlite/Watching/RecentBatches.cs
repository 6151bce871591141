using Naru.Core.Errors;
using Naru.Core.Stores;

namespace Naru.Store.Sqlite.Watching;

/// <summary>The newest batches, bounded in bytes: where watches read. Revisions in it follow one another without a gap. In a burst it may grow to some times its size for a moment: readers
/// that lag by a group or two must not go to the disk for it, which makes them lag more.</summary>
internal sealed class RecentBatches(long maximumBytes)
{
    private const int BurstFactor = 8;
    private const long BurstMilliseconds = 1000;

    private readonly Lock _gate = new();
    private readonly Queue<(long Bytes, long At)> _sizes = new();
    private readonly List<StoreBatch> _batches = [];
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _first;
    private long _bytes;
    private long _newest;
    private long _compacted;
    private bool _closed;

    /// <summary>Newest revision whose batch was published.</summary>
    public long Newest => Volatile.Read(ref _newest);

    /// <summary>History up to and including this revision is gone.</summary>
    public long Compacted => Volatile.Read(ref _compacted);

    /// <summary>Starts after a revision with nothing to read.</summary>
    public void Begin(long newest, long compacted)
    {
        lock (_gate)
        {
            _batches.Clear();
            _sizes.Clear();
            (_first, _bytes) = (0, 0);
            _newest = newest;
            _compacted = compacted;
            Signal();
        }
    }

    /// <param name="batches">What was made durable, in order.</param>
    /// <param name="at">When, in milliseconds of Unix time.</param>
    public void Publish(IReadOnlyList<StoreBatch> batches, long at)
    {
        lock (_gate)
        {
            foreach (var batch in batches)
            {
                var size = batch.Changes.Sum(static change => 128L + change.Key.Length + (change.Current?.Value.Length ?? 0) + (change.Previous?.Value.Length ?? 0));
                _batches.Add(batch);
                _sizes.Enqueue((size, at));
                _bytes += size;
                _newest = batch.Revision;
            }

            while (_bytes > maximumBytes && _sizes.Count > 1 && (_bytes > maximumBytes * BurstFactor || at - _sizes.Peek().At > BurstMilliseconds))
            {
                _bytes -= _sizes.Dequeue().Bytes;
                _batches[_first++] = null!;
            }

            if (_first > 1024 && _first > _batches.Count / 2)
            {
                _batches.RemoveRange(0, _first);
                _first = 0;
            }

            Signal();
        }
    }

    public void Compact(long revision)
    {
        lock (_gate)
        {
            _compacted = Math.Max(_compacted, revision);
            Signal();
        }
    }

    /// <summary>Ends every watch.</summary>
    public void Close()
    {
        lock (_gate)
        {
            _closed = true;
            Signal();
        }
    }

    /// <summary>Up to <paramref name="most"/> batches above a revision.</summary>
    /// <param name="after">Revision that the reader has.</param>
    /// <param name="into">Gets the batches.</param>
    /// <param name="most">Batches wanted.</param>
    /// <param name="changed">Completes when there may be more, if there was none.</param>
    /// <returns>False when the reader is behind what memory has: it must read from disk.</returns>
    public bool TryRead(long after, List<StoreBatch> into, int most, out Task changed)
    {
        lock (_gate)
        {
            if (_closed)
            {
                throw new NaruException(ErrorKind.Unavailable, "the store is closing");
            }

            if (after < _compacted)
            {
                throw Expired(after, _compacted);
            }

            changed = _changed.Task;
            if (after >= _newest)
            {
                return true;
            }

            var oldest = _newest - (_batches.Count - _first) + 1;
            if (after + 1 < oldest)
            {
                return false;
            }

            var from = _first + (int)(after + 1 - oldest);
            into.AddRange(_batches.GetRange(from, Math.Min(most, _batches.Count - from)));
            return true;
        }
    }

    public static NaruException Expired(long revision, long compacted) => new(ErrorKind.Expired, $"revision {revision} is compacted; the oldest kept is {compacted}");

    private void Signal()
    {
        _changed.TrySetResult();
        _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
