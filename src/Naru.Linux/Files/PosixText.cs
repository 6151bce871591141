using System.Text;

namespace Naru.Linux.Files;

/// <summary>
/// Turns the kernel's byte strings into text and back without loss: bytes that are no UTF-8 become the lone surrogates
/// U+DC80 to U+DCFF, as Python's PEP 383 does, so that any file name survives a round trip.
/// </summary>
public static class PosixText
{
    private const char EscapeBase = '\uDC00';

    /// <summary>Text for the bytes.</summary>
    public static string Decode(ReadOnlySpan<byte> bytes)
    {
        if (System.Text.Unicode.Utf8.IsValid(bytes))
        {
            return Encoding.UTF8.GetString(bytes);
        }

        var text = new StringBuilder(bytes.Length);
        Span<char> pair = stackalloc char[2];
        while (!bytes.IsEmpty)
        {
            if (Rune.DecodeFromUtf8(bytes, out var rune, out var used) == System.Buffers.OperationStatus.Done)
            {
                text.Append(pair[..rune.EncodeToUtf16(pair)]);
                bytes = bytes[used..];
            }
            else
            {
                text.Append((char)(EscapeBase + bytes[0]));
                bytes = bytes[1..];
            }
        }

        return text.ToString();
    }

    /// <summary>Bytes for the text, without a final zero.</summary>
    public static byte[] Encode(string text)
    {
        var bytes = new byte[GetMaxByteCount(text)];
        return bytes[..Encode(text, bytes)];
    }

    /// <summary>Room that is enough for <see cref="Encode(ReadOnlySpan{char}, Span{byte})"/>.</summary>
    public static int GetMaxByteCount(ReadOnlySpan<char> text) => text.Length * 3;

    /// <summary>Writes the bytes of the text and returns how many.</summary>
    public static int Encode(ReadOnlySpan<char> text, Span<byte> target)
    {
        if (System.Text.Unicode.Utf8.FromUtf16(text, target, out _, out var written, replaceInvalidSequences: false)
            == System.Buffers.OperationStatus.Done)
        {
            return written;
        }

        written = 0;
        while (!text.IsEmpty)
        {
            if (Rune.DecodeFromUtf16(text, out var rune, out var used) == System.Buffers.OperationStatus.Done)
            {
                written += rune.EncodeToUtf8(target[written..]);
            }
            else if (text[0] is >= '\uDC80' and <= '\uDCFF')
            {
                (target[written++], used) = ((byte)(text[0] - EscapeBase), 1);
            }
            else
            {
                throw new ArgumentException("The text holds a lone surrogate that stands for no byte.", nameof(text));
            }

            text = text[used..];
        }

        return written;
    }
}
