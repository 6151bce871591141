using System.Buffers;
using System.Buffers.Text;
using System.Globalization;
using System.Text;
using System.Text.Unicode;
using Naru.Objects.Values;

namespace Naru.Objects.Json;

/// <summary>Writes a tree as compact JSON. Only what JSON itself forbids is escaped.</summary>
internal ref struct JsonTreeWriter(IBufferWriter<byte> target)
{
    private const int Block = 4096;

    // A text is written in pieces: one UTF-16 unit takes at most six bytes (\u0001).
    private const int PieceLength = 512;

    private static readonly SearchValues<char> Escaped = SearchValues.Create([.. Enumerable.Range(0, 32).Select(static code => (char)code), '"', '\\']);

    private Span<byte> _span = [];
    private int _used;

    public void Write(Value value)
    {
        switch (value)
        {
            case MapValue map:
                WriteMap(map);
                break;
            case TextValue text:
                WriteText(text.Text);
                break;
            case ListValue list:
                WriteList(list);
                break;
            case IntegerValue whole:
                Reserve(24);
                Utf8Formatter.TryFormat(whole.Number, _span[_used..], out var digits);
                _used += digits;
                break;
            case DoubleValue number:
                WriteRaw(Encoding.ASCII.GetBytes(Format(number.Number)));
                break;
            case BooleanValue truth:
                WriteRaw(truth.Truth ? "true"u8 : "false"u8);
                break;
            default:
                WriteRaw("null"u8);
                break;
        }
    }

    public void Flush()
    {
        target.Advance(_used);
        _span = [];
        _used = 0;
    }

    /// <summary>As Go writes numbers: plain up to 10^21, then with an exponent.</summary>
    private static string Format(double number)
    {
        var text = number.ToString("R", CultureInfo.InvariantCulture);
        var mark = text.IndexOf('E', StringComparison.Ordinal);
        if (mark < 0)
        {
            return text;
        }

        var size = Math.Abs(number);
        if (size is >= 1e-6 and < 1e21)
        {
            return size >= 1 ? number.ToString("F0", CultureInfo.InvariantCulture) : ((decimal)number).ToString(CultureInfo.InvariantCulture);
        }

        var sign = text[mark + 1];
        var exponent = text.AsSpan(mark + 2).TrimStart('0');
        return $"{text.AsSpan(0, mark)}e{sign}{exponent}";
    }

    private void WriteMap(MapValue map)
    {
        var fields = map.AsSpan();
        Put((byte)'{');
        for (var index = 0; index < fields.Length; index++)
        {
            if (index > 0)
            {
                Put((byte)',');
            }

            WriteText(fields[index].Key);
            Put((byte)':');
            Write(fields[index].Value);
        }

        Put((byte)'}');
    }

    private void WriteList(ListValue list)
    {
        Put((byte)'[');
        for (var index = 0; index < list.Count; index++)
        {
            if (index > 0)
            {
                Put((byte)',');
            }

            Write(list[index]);
        }

        Put((byte)']');
    }

    private void WriteText(ReadOnlySpan<char> text)
    {
        Put((byte)'"');
        while (text.Length > PieceLength)
        {
            var cut = char.IsHighSurrogate(text[PieceLength - 1]) ? PieceLength - 1 : PieceLength;
            WritePiece(text[..cut]);
            text = text[cut..];
        }

        WritePiece(text);
        Put((byte)'"');
    }

    private void WritePiece(ReadOnlySpan<char> text)
    {
        Reserve(text.Length * 6);
        var next = text.IndexOfAny(Escaped);
        while (next >= 0)
        {
            Transcode(text[..next]);
            Escape(text[next]);
            text = text[(next + 1)..];
            next = text.IndexOfAny(Escaped);
        }

        Transcode(text);
    }

    private void Transcode(ReadOnlySpan<char> text)
    {
        // Lone surrogates become U+FFFD, as in Go.
        Utf8.FromUtf16(text, _span[_used..], out _, out var written, replaceInvalidSequences: true);
        _used += written;
    }

    private void Escape(char mark)
    {
        var known = mark switch
        {
            '"' => (byte)'"',
            '\\' => (byte)'\\',
            '\n' => (byte)'n',
            '\r' => (byte)'r',
            '\t' => (byte)'t',
            '\b' => (byte)'b',
            '\f' => (byte)'f',
            _ => (byte)0,
        };
        _span[_used++] = (byte)'\\';
        if (known != 0)
        {
            _span[_used++] = known;
            return;
        }

        "u00"u8.CopyTo(_span[_used..]);
        _used += 3;
        _span[_used++] = (byte)(mark >= 16 ? '1' : '0');
        _span[_used++] = "0123456789abcdef"u8[mark & 15];
    }

    private void WriteRaw(ReadOnlySpan<byte> bytes)
    {
        Reserve(bytes.Length);
        bytes.CopyTo(_span[_used..]);
        _used += bytes.Length;
    }

    private void Put(byte one)
    {
        if (_used == _span.Length)
        {
            Reserve(1);
        }

        _span[_used++] = one;
    }

    private void Reserve(int size)
    {
        if (_span.Length - _used < size)
        {
            target.Advance(_used);
            _used = 0;
            _span = target.GetSpan(Math.Max(Block, size));
        }
    }
}
