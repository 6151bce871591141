using System.Buffers;
using Microsoft.Win32.SafeHandles;
using Naru.Core.Containers;
using Naru.Linux.Files;

namespace Naru.Containers.Logs;

/// <summary>
/// Reads a log forward, a block at a time; the pieces of a batch point into the block. A follower holds each file open from
/// before it can be rotated away, so that it misses nothing however slow its own reader is.
/// </summary>
internal sealed class LogReader : ILogReader
{
    private const int BlockSize = 256 * 1024;
    private const int MostPinned = 64;

    private readonly LogChains _chains;
    private readonly LogChain _chain;
    private readonly LogQuery _query;
    private readonly LogFollow? _follow;
    private readonly LogClock _clock = new();
    private readonly Queue<SafeFileHandle> _files = new();
    private readonly bool[] _inLine = new bool[3];
    private readonly long _since;
    private readonly long _until;
    private byte[] _block = ArrayPool<byte>.Shared.Rent(BlockSize);
    private int _start;
    private int _end;
    private SafeFileHandle? _current;
    private long _offset;
    private ulong _newestInode;
    private bool _finished;

    internal LogReader(LogChains chains, LogChain chain, LogQuery query, LogFollow? follow)
    {
        (_chains, _chain, _query, _follow) = (chains, chain, query, follow);
        _since = ToNanoseconds(query.Since, long.MinValue);

        // A moment has 100 ns at best; the record it was taken from is meant to be within.
        _until = ToNanoseconds(query.Until, long.MaxValue - 99) + 99;
    }

    public async ValueTask<bool> ReadAsync(List<LogPiece> batch, CancellationToken cancellationToken)
    {
        batch.Clear();
        while (!_finished)
        {
            cancellationToken.ThrowIfCancellationRequested();
            Parse(batch);
            if (batch.Count > 0)
            {
                return true;
            }

            // Asked before reading: what was written before the end is then surely read.
            var isLast = _follow is null || _follow.IsOver;
            if (Fill() || await MoveOnAsync(batch, cancellationToken))
            {
                if (batch.Count > 0)
                {
                    return true;
                }

                continue;
            }

            if (isLast)
            {
                TakeRest(batch);
                _finished = true;
                return batch.Count > 0;
            }

            await _follow!.WaitAsync(cancellationToken);
        }

        return false;
    }

    public async ValueTask DisposeAsync()
    {
        await _chain.Gate.WaitAsync(CancellationToken.None);
        _chain.Followers.Remove(this);
        _chain.Gate.Release();
        _chains.Release(_chain);
        _follow?.Dispose();
        _current?.Dispose();
        while (_files.TryDequeue(out var file))
        {
            file.Dispose();
        }

        ArrayPool<byte>.Shared.Return(_block);
        _block = [];
    }

    /// <summary>Opens the files and finds where to begin. Called once, under the chain's gate.</summary>
    internal void Open()
    {
        Pin();
        if (_query.Tail is { } tail and >= 0)
        {
            var (file, offset) = new LogTail(tail, IsWanted).Find([.. _files]);
            for (; file > 0; file--)
            {
                _files.Dequeue().Dispose();
            }

            _offset = offset;
        }

        if (_follow is not null)
        {
            _chain.Followers.Add(this);
        }

        _files.TryDequeue(out _current);
    }

    /// <summary>Opens files that have come since; under the chain's gate, and before any of them may go.</summary>
    internal void Pin()
    {
        foreach (var file in LogFiles.OpenAfter(_chain.Path, _newestInode))
        {
            _files.Enqueue(file);
            _newestInode = FileStatus.Of(file).Inode;
        }

        // Somebody who never reads may not fill the disk for ever.
        while (_files.Count > MostPinned)
        {
            _files.Dequeue().Dispose();
        }
    }

    private static long ToNanoseconds(DateTimeOffset? moment, long otherwise) =>
        moment is not { } at ? otherwise
        : at.Year < 1970 ? long.MinValue
        : at.Year > 2200 ? long.MaxValue - 99
        : (at - DateTimeOffset.UnixEpoch).Ticks * TimeSpan.NanosecondsPerTick;

    private bool IsWanted(OutputStream stream) => stream == OutputStream.Output ? _query.Output : _query.Error;

    private void Parse(List<LogPiece> batch)
    {
        while (_block.AsSpan(_start, _end - _start) is { IsEmpty: false } rest && rest.IndexOf((byte)'\n') is var length and >= 0)
        {
            Take(batch, rest[..(length + 1)], _start);
            _start += length + 1;
        }
    }

    private void Take(List<LogPiece> batch, ReadOnlySpan<byte> line, int at)
    {
        if (!LogRecord.TryParse(line, out var record))
        {
            // Whatever it is, it is shown and not hidden.
            record = new LogRecord(OutputStream.Output, true, 0, 0);
        }

        var moment = _clock.Read(line[..record.TimeLength]);
        var starts = !_inLine[(int)record.Stream];
        _inLine[(int)record.Stream] = !record.Ends;
        if (moment < _since || moment > _until || !IsWanted(record.Stream))
        {
            return;
        }

        var length = line.Length - record.TextOffset - (record.Ends ? 0 : 1);
        batch.Add(new LogPiece(record.Stream, moment, _block.AsMemory(at + record.TextOffset, length), starts));
    }

    /// <summary>What a writer that died within a record left; only at the very end of a file.</summary>
    private void TakeRest(List<LogPiece> batch)
    {
        if (_end > _start)
        {
            var rest = _block.AsSpan(_start, _end - _start);
            if (LogRecord.TryParse(rest, out var record) && IsWanted(record.Stream) && rest.Length > record.TextOffset)
            {
                var text = _block.AsMemory(_start + record.TextOffset, rest.Length - record.TextOffset);
                batch.Add(new LogPiece(record.Stream, _clock.Read(rest[..record.TimeLength]), text, !_inLine[(int)record.Stream]));
            }

            _start = _end;
        }
    }

    /// <summary>Reads on in the current file; false at its end.</summary>
    private bool Fill()
    {
        if (_current is null)
        {
            return false;
        }

        if (_start > 0)
        {
            _block.AsSpan(_start, _end - _start).CopyTo(_block);
            (_start, _end) = (0, _end - _start);
        }

        if (_end == _block.Length)
        {
            var larger = ArrayPool<byte>.Shared.Rent(_block.Length * 2);
            _block.CopyTo(larger, 0);
            ArrayPool<byte>.Shared.Return(_block);
            _block = larger;
        }

        var length = RandomAccess.Read(_current, _block.AsSpan(_end), _offset);
        _offset += length;
        _end += length;
        return length > 0;
    }

    /// <summary>Goes to the next file when the current one is finished; false when it is the newest.</summary>
    private async ValueTask<bool> MoveOnAsync(List<LogPiece> batch, CancellationToken cancellationToken)
    {
        if (_files.Count == 0 && !await FindNextAsync(cancellationToken))
        {
            return false;
        }

        // The monitor may have written between our last read and the rotation.
        if (Fill())
        {
            return true;
        }

        TakeRest(batch);
        _current?.Dispose();
        _current = _files.Dequeue();
        (_offset, _start, _end) = (0, 0, 0);
        return true;
    }

    private async ValueTask<bool> FindNextAsync(CancellationToken cancellationToken)
    {
        if (_follow is null || FileStatus.TryOf(_chain.Path) is not { } newest || newest.Inode == _newestInode)
        {
            return false;
        }

        await _chain.Gate.WaitAsync(cancellationToken);
        try
        {
            Pin();
            return _files.Count > 0;
        }
        finally
        {
            _chain.Gate.Release();
        }
    }
}
