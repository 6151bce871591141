using System.Buffers.Text;

namespace Naru.Cluster.Bench.Http;

/// <summary>Reads answers off a stream: head, then a body of known length or in chunks.</summary>
internal sealed class ChunkedBody(Stream stream)
{
    private byte[] _raw = new byte[32 * 1024];
    private byte[] _answer = new byte[8 * 1024];
    private int _start;
    private int _end;
    private long _left;
    private bool _chunked;
    private bool _first;

    /// <summary>Reads the head; returns the status code.</summary>
    public async ValueTask<int> ReadHeadAsync(CancellationToken cancellationToken)
    {
        int length;
        while ((length = _raw.AsSpan(_start.._end).IndexOf("\r\n\r\n"u8)) < 0)
        {
            await FillAsync(cancellationToken);
        }

        var head = _raw.AsSpan(_start, length + 2);
        Utf8Parser.TryParse(head[9..], out int code, out _);
        var at = Find(head, "\r\ncontent-length: "u8);
        _chunked = at < 0;
        _left = 0;
        _first = true;
        if (at >= 0)
        {
            Utf8Parser.TryParse(head[at..], out _left, out _);
        }

        _start += length + 4;
        return code;
    }

    /// <summary>The whole body.</summary>
    public async ValueTask<ReadOnlyMemory<byte>> ReadAllAsync(CancellationToken cancellationToken)
    {
        var length = 0;
        while (true)
        {
            var piece = await ReadAsync(cancellationToken);
            if (piece.IsEmpty)
            {
                return _answer.AsMemory(0, length);
            }

            if (length + piece.Length > _answer.Length)
            {
                Array.Resize(ref _answer, Math.Max(_answer.Length * 2, length + piece.Length));
            }

            piece.CopyTo(_answer.AsMemory(length));
            length += piece.Length;
        }
    }

    /// <summary>The next bytes of the body, good until the next call; none at its end.</summary>
    public async ValueTask<ReadOnlyMemory<byte>> ReadAsync(CancellationToken cancellationToken)
    {
        if (_left == 0)
        {
            if (!_chunked || !await BeginChunkAsync(cancellationToken))
            {
                return default;
            }
        }

        if (_start == _end)
        {
            await FillAsync(cancellationToken);
        }

        var count = (int)Math.Min(_left, _end - _start);
        var piece = _raw.AsMemory(_start, count);
        _start += count;
        _left -= count;
        return piece;
    }

    private async ValueTask<bool> BeginChunkAsync(CancellationToken cancellationToken)
    {
        var skip = _first ? 0 : 2;
        _first = false;
        int line;
        while (_end - _start < skip || (line = _raw.AsSpan((_start + skip).._end).IndexOf("\r\n"u8)) < 0)
        {
            await FillAsync(cancellationToken);
        }

        Utf8Parser.TryParse(_raw.AsSpan(_start + skip, line), out _left, out _, 'x');
        _start += skip + line + 2;
        if (_left > 0)
        {
            return true;
        }

        while (_end - _start < 2)
        {
            await FillAsync(cancellationToken);
        }

        _start += 2;
        _chunked = false;
        return false;
    }

    private async ValueTask FillAsync(CancellationToken cancellationToken)
    {
        if (_start == _end)
        {
            _start = _end = 0;
        }
        else if (_end == _raw.Length)
        {
            if (_start == 0)
            {
                Array.Resize(ref _raw, _raw.Length * 2);
            }
            else
            {
                _raw.AsSpan(_start.._end).CopyTo(_raw);
                (_start, _end) = (0, _end - _start);
            }
        }

        var count = await stream.ReadAsync(_raw.AsMemory(_end), cancellationToken);
        _end += count > 0 ? count : throw new IOException("the server closed the connection");
    }

    private static int Find(ReadOnlySpan<byte> head, ReadOnlySpan<byte> lower)
    {
        for (var at = 0; at + lower.Length <= head.Length; at++)
        {
            if (System.Text.Ascii.EqualsIgnoreCase(head.Slice(at, lower.Length), lower))
            {
                return at + lower.Length;
            }
        }

        return -1;
    }
}
