using System.Buffers;
using System.Globalization;
using System.Text;
using Naru.Ingress.Lean;

namespace Naru.Ingress.Direct;

/// <summary>Writes an answer as bytes (RFC 9112): its head, then its body as it comes, in chunks where its length was not told. Nothing is sent here.</summary>
internal sealed class AnswerWriter(HeadBytes output, TimeProvider time)
{
    /// <summary>Before a chunk: four digits and the line's end.</summary>
    private const int ChunkHead = 6;

    /// <summary>After a chunk: the line's end.</summary>
    private const int ChunkTail = 2;

    /// <summary>What four digits tell.</summary>
    private const int MostInAChunk = 0xffff;

    private static readonly SearchValues<byte> Breaking = SearchValues.Create([.. Enumerable.Range(0, 32).Where(static one => one != '\t').Select(static one => (byte)one), 0x7f]);

    private bool _isChunked;
    private bool _hasDate;

    /// <summary>The answer's code.</summary>
    public int Code { get; private set; }

    /// <summary>Begins the head, in place of what was written.</summary>
    public void Begin(int code)
    {
        Code = code;
        _hasDate = false;
        output.Truncate(0);
        output.Add(StatusLines.Of(code));
    }

    /// <summary>Adds a field.</summary>
    /// <param name="name">The name as it came.</param>
    /// <param name="known">The same as text, if it is one that most answers have.</param>
    /// <param name="value">Without space around it.</param>
    /// <exception cref="InvalidDataException">It would break out of its line.</exception>
    public void Add(ReadOnlySpan<byte> name, string? known, ReadOnlySpan<byte> value)
    {
        if (value.ContainsAny(Breaking))
        {
            throw new InvalidDataException("a field of the answer has a control character");
        }

        _hasDate |= known == "Date";
        output.Add(name);
        output.Add(": "u8);
        output.Add(value);
        output.Add("\r\n"u8);
    }

    /// <summary>Takes fields back.</summary>
    public void Drop(IReadOnlyCollection<string> names)
    {
        // The status line stays; of the others those that are not named.
        var lines = output.Written.ToArray().AsSpan();
        var end = lines.IndexOf("\r\n"u8) + 2;
        output.Truncate(end);
        for (lines = lines[end..]; !lines.IsEmpty; lines = lines[end..])
        {
            end = lines.IndexOf("\r\n"u8) + 2;
            var name = Encoding.ASCII.GetString(lines[..lines.IndexOf((byte)':')]);
            if (!names.Contains(name, StringComparer.OrdinalIgnoreCase))
            {
                output.Add(lines[..end]);
            }
        }
    }

    /// <summary>Ends the head.</summary>
    /// <param name="length">Length of the body, bytes; null: not told.</param>
    /// <param name="isChunked">The body comes in chunks.</param>
    /// <param name="closes">The connection ends with this answer.</param>
    public void EndHead(long? length, bool isChunked, bool closes)
    {
        if (!_hasDate)
        {
            output.Add("Date: "u8);
            output.Add(time.GetUtcNow().ToString("R", CultureInfo.InvariantCulture));
            output.Add("\r\n"u8);
        }

        if (length is { } told)
        {
            output.Add("Content-Length: "u8);
            told.TryFormat(output.Room(20).Span, out var digits, default, CultureInfo.InvariantCulture);
            output.Advance(digits);
            output.Add("\r\n"u8);
        }

        _isChunked = isChunked;
        output.Add(isChunked ? "Transfer-Encoding: chunked\r\n"u8 : default);
        output.Add(closes ? "Connection: close\r\n\r\n"u8 : "\r\n"u8);
    }

    /// <summary>Room for so many bytes of the body.</summary>
    public Memory<byte> Room(int size)
    {
        if (!_isChunked)
        {
            return output.Room(size);
        }

        var room = output.Room(ChunkHead + size + ChunkTail)[ChunkHead..^ChunkTail];
        return room.Length > MostInAChunk ? room[..MostInAChunk] : room;
    }

    /// <summary>So many bytes of the body were put into the room.</summary>
    public void Advance(int count)
    {
        if (!_isChunked)
        {
            output.Advance(count);
            return;
        }

        var head = output.Room(ChunkHead).Span;
        count.TryFormat(head, out _, "x4", CultureInfo.InvariantCulture);
        "\r\n"u8.CopyTo(head[4..]);
        output.Advance(ChunkHead + count);
        output.Add("\r\n"u8);
    }

    /// <summary>Ends the body.</summary>
    public void End() => output.Add(_isChunked ? "0\r\n\r\n"u8 : default);
}
