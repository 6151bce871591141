using System.Buffers;
using Naru.Core.Errors;

namespace Naru.Linux.Archives;

/// <summary>
/// Reads a tar stream (V7, ustar, PAX, GNU with long names and sparse files) member by member. The content of a member comes in
/// pieces that lie in the reader's own buffer: nothing is copied. A malformed or hostile archive is
/// <see cref="ErrorKind.InvalidArgument"/>; nothing is ever allocated by a size that the archive merely claims. One thread at a time.
/// </summary>
public sealed class TarReader : IDisposable
{
    internal const int Block = 512;
    private const int BufferSize = 256 * 1024;
    private const int PieceSize = 64 * 1024;

    private readonly Stream _stream;
    private readonly TarLimits _limits;
    private readonly ITarTap? _tap;
    private readonly PaxRecords _global = new();
    private byte[] _buffer = ArrayPool<byte>.Shared.Rent(BufferSize);
    private int _start;
    private int _end;
    private long _left;
    private int _padding;
    private long _entries;
    private long _total;
    private bool _tapped;
    private bool _ended;

    /// <summary>Reads from a stream that the caller keeps.</summary>
    public TarReader(Stream stream, TarLimits? limits = null, ITarTap? tap = null)
    {
        _stream = stream;
        _limits = limits ?? new();
        _tap = tap;
    }

    /// <summary>Content of all members so far, in bytes.</summary>
    public long TotalContent => _total;

    /// <summary>Skips what is left of the current member and returns the next, or null at the archive's end.</summary>
    public async ValueTask<TarEntry?> NextAsync(CancellationToken cancellationToken)
    {
        await SkipContentAsync(cancellationToken);
        var pax = new PaxRecords(_global);
        var isExtended = false;
        while (!_ended)
        {
            // 1. A header, or the end: two blocks of zeros, or the stream's end after one or none.
            if (!await FillAsync(Block, cancellationToken))
            {
                return _end == _start && !isExtended ? End() : throw Malformed("it ends in the middle of a header");
            }

            if (!_buffer.AsSpan(_start, Block).ContainsAnyExcept((byte)0))
            {
                await ReadTrailerAsync(cancellationToken);
                return null;
            }

            var header = TarHeader.Parse(_buffer.AsSpan(_start, Block));
            Take(Block);

            // 2. Headers about the next header.
            if (header.IsExtension)
            {
                await ReadExtensionAsync(header, pax, cancellationToken);
                isExtended = true;
                continue;
            }

            // 3. A member.
            if (++_entries > _limits.Entries)
            {
                throw Malformed($"it has more than {_limits.Entries} entries");
            }

            return await OpenEntryAsync(header, pax, cancellationToken);
        }

        return null;
    }

    /// <summary>The next piece of the current member's content; empty at its end. Valid until the next call.</summary>
    public async ValueTask<ReadOnlyMemory<byte>> ReadAsync(CancellationToken cancellationToken)
    {
        if (_left == 0)
        {
            return default;
        }

        // Packed sources come in small pieces; larger ones save their reader calls.
        if (_start == _end && !await FillAsync((int)Math.Min(_left, PieceSize), cancellationToken))
        {
            throw Malformed("it ends in the middle of a file");
        }

        var length = (int)Math.Min(_left, _end - _start);
        var piece = _buffer.AsMemory(_start, length);
        _start += length;
        _left -= length;
        if (!_tapped)
        {
            _tap?.Structure(piece.Span);
        }

        return piece;
    }

    /// <summary>The whole content of the current member, refused beyond the limit.</summary>
    public async ValueTask<byte[]> ReadAllAsync(int limit, CancellationToken cancellationToken)
    {
        if (_left > limit)
        {
            throw Malformed($"an entry has {_left} bytes where at most {limit} are allowed");
        }

        var content = new MemoryStream();
        while (await ReadAsync(cancellationToken) is { Length: > 0 } piece)
        {
            content.Write(piece.Span);
        }

        return content.ToArray();
    }

    public void Dispose()
    {
        if (_buffer.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(_buffer);
            _buffer = [];
        }
    }

    internal static NaruException Malformed(string problem) => NaruException.Invalid($"invalid tar archive: {problem}");

    private TarEntry? End()
    {
        _ended = true;
        return null;
    }

    private async ValueTask<TarEntry> OpenEntryAsync(TarHeader header, PaxRecords pax, CancellationToken cancellationToken)
    {
        var entry = header.ToEntry(pax);
        if (entry.Name.Length > _limits.PathLength || entry.LinkName.Length > _limits.PathLength)
        {
            throw Malformed($"a name has more than {_limits.PathLength} bytes");
        }

        _left = header.HasContent ? pax.Size ?? header.Size : 0;
        _padding = PaddingOf(_left);
        var sparse = header.IsSparse || pax.IsSparse;
        _tapped = entry.Kind == TarEntryKind.Regular && !sparse && _tap is not null;
        if (sparse)
        {
            entry = await SparseMaps.ReadAsync(this, header, pax, entry, cancellationToken);
        }

        _total += Math.Max(_left, entry.Size);
        if (_left < 0 || entry.Size < 0 || _total > _limits.TotalBytes || _total < 0)
        {
            throw Malformed($"its content is larger than {_limits.TotalBytes} bytes");
        }

        if (_tapped)
        {
            _tap!.Content(entry.Name, _left);
        }

        return entry;
    }

    /// <summary>Takes one block out of the current member's content; for sparse maps, which come before it.</summary>
    internal async ValueTask<byte[]> TakeContentBlockAsync(CancellationToken cancellationToken)
    {
        if (_left < Block)
        {
            throw Malformed("a sparse map is cut short");
        }

        _left -= Block;
        return await TakeBlockAsync(cancellationToken);
    }

    /// <summary>Takes one block that follows a header and belongs to no content.</summary>
    internal async ValueTask<byte[]> TakeBlockAsync(CancellationToken cancellationToken)
    {
        if (!await FillAsync(Block, cancellationToken))
        {
            throw Malformed("it ends in the middle of a header");
        }

        var block = _buffer.AsSpan(_start, Block).ToArray();
        Take(Block);
        return block;
    }

    private async ValueTask ReadExtensionAsync(TarHeader header, PaxRecords pax, CancellationToken cancellationToken)
    {
        if (header.Size < 0 || header.Size > _limits.HeaderBytes)
        {
            throw Malformed($"an extended header claims {header.Size} bytes where at most {_limits.HeaderBytes} are allowed");
        }

        (_left, _padding, _tapped) = (header.Size, PaddingOf(header.Size), false);
        var content = await ReadAllAsync(_limits.HeaderBytes, cancellationToken);
        await SkipContentAsync(cancellationToken);
        switch (header.Type)
        {
            case (byte)'g':
                _global.Parse(content);
                pax.Parse(content);
                break;
            case (byte)'x' or (byte)'X':
                pax.Parse(content);
                break;
            case (byte)'L':
                pax.LongName = TarHeader.Text(content);
                break;
            default:
                pax.LongLink = TarHeader.Text(content);
                break;
        }
    }

    private async ValueTask SkipContentAsync(CancellationToken cancellationToken)
    {
        if (_tapped && _left > 0)
        {
            throw new InvalidOperationException("With a tap all content must be read.");
        }

        while (_left > 0)
        {
            await ReadAsync(cancellationToken);
        }

        if (_padding > 0)
        {
            // Archives whose last padding is missing are common and harmless.
            var complete = await FillAsync(_padding, cancellationToken);
            Take(complete ? _padding : _end - _start);
            _padding = 0;
        }

        _tapped = false;
    }

    /// <summary>After the end marker only the tap cares for what follows; it is read to the end of the stream.</summary>
    private async ValueTask ReadTrailerAsync(CancellationToken cancellationToken)
    {
        _ended = true;
        var trailer = 0L;
        while (_end > _start || await FillAsync(1, cancellationToken))
        {
            trailer += _end - _start;
            if (trailer > _limits.HeaderBytes * 64L)
            {
                throw Malformed("too much follows its end");
            }

            Take(_end - _start);
        }
    }

    private static int PaddingOf(long size) => (int)(-size & (Block - 1));

    private void Take(int count)
    {
        _tap?.Structure(_buffer.AsSpan(_start, count));
        _start += count;
    }

    /// <summary>Brings so many bytes into the buffer; false at the stream's end.</summary>
    private async ValueTask<bool> FillAsync(int count, CancellationToken cancellationToken)
    {
        if (_end - _start >= count)
        {
            return true;
        }

        if (_start > 0)
        {
            _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
            (_start, _end) = (0, _end - _start);
        }

        while (_end < count)
        {
            var read = await _stream.ReadAsync(_buffer.AsMemory(_end), cancellationToken);
            if (read == 0)
            {
                return false;
            }

            _end += read;
        }

        return true;
    }
}
