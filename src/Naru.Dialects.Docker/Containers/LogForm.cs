using System.Buffers;
using System.Globalization;
using System.IO.Pipelines;
using System.Text;
using Naru.Core.Containers;
using Naru.Dialects.Docker.Http;

namespace Naru.Dialects.Docker.Containers;

/// <summary>Writes pieces of a log the way they were asked for: framed or raw, with times, with details. Allocates nothing per piece.</summary>
internal sealed class LogForm(bool raw, bool timestamps, string details)
{
    private const int TimestampLength = 31;
    private const int LongestJoined = 32 * 1024;

    private readonly byte[] _details = Encoding.UTF8.GetBytes(details);
    private readonly byte[] _prefix = new byte[TimestampLength + Encoding.UTF8.GetByteCount(details)];
    private long _second = long.MinValue;

    /// <summary>Writes a batch. Joined, lines of one stream share a frame, which spares the command line a write for each line; whoever follows
    /// gets a frame a line, as clients that read frame by frame expect.</summary>
    public void Write(PipeWriter writer, List<LogPiece> batch, bool joined)
    {
        if (raw || timestamps || _details.Length > 0 || !joined)
        {
            foreach (var piece in batch)
            {
                Write(writer, piece);
            }
            return;
        }
        for (var first = 0; first < batch.Count;)
        {
            var (next, length) = (first, 0);
            while (next < batch.Count && batch[next].Stream == batch[first].Stream && (next == first || length + batch[next].Bytes.Length <= LongestJoined))
            {
                length += batch[next++].Bytes.Length;
            }
            FrameWriter.WriteHeader(writer.GetSpan(FrameWriter.HeaderLength), batch[first].Stream, length);
            writer.Advance(FrameWriter.HeaderLength);
            for (; first < next; first++)
            {
                writer.Write(batch[first].Bytes.Span);
            }
        }
    }

    public void Write(PipeWriter writer, LogPiece piece)
    {
        var prefix = piece.Starts ? PrefixOf(piece.UnixNanoseconds) : default;
        if (!raw)
        {
            FrameWriter.Write(writer, piece.Stream, prefix, piece.Bytes.Span);
            return;
        }
        if (!prefix.IsEmpty)
        {
            writer.Write(prefix);
        }
        writer.Write(piece.Bytes.Span);
    }

    private ReadOnlySpan<byte> PrefixOf(long nanoseconds)
    {
        var length = 0;
        if (timestamps)
        {
            WriteTime(nanoseconds);
            length = TimestampLength;
        }
        _details.CopyTo(_prefix, length);
        return _prefix.AsSpan(0, length + _details.Length);
    }

    /// <summary><c>2026-11-23T01:45:09.861341652Z </c>: nine digits always; the part up to the second is kept from line to line.</summary>
    private void WriteTime(long nanoseconds)
    {
        var second = Math.DivRem(nanoseconds, 1_000_000_000, out var fraction);
        if (second != _second)
        {
            _second = second;
            DateTimeOffset.FromUnixTimeSeconds(second).UtcDateTime.TryFormat(_prefix, out _, "yyyy-MM-dd'T'HH:mm:ss", CultureInfo.InvariantCulture);
            _prefix[19] = (byte)'.';
            _prefix[29] = (byte)'Z';
            _prefix[30] = (byte)' ';
        }
        for (var place = 28; place >= 20; place--)
        {
            _prefix[place] = (byte)('0' + (fraction % 10));
            fraction /= 10;
        }
    }
}
