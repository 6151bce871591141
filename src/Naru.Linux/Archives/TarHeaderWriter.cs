using System.Globalization;
using System.Text;
using Naru.Linux.Files;

namespace Naru.Linux.Archives;

/// <summary>Lays out single headers.</summary>
internal static class TarHeaderWriter
{
    /// <summary>A ustar header; what does not fit is cut, as a PAX record before it holds the whole.</summary>
    internal static void Write(Span<byte> block, TarEntry entry, byte type)
    {
        block.Clear();
        Text(block[..100], entry.Name);
        Octal(block.Slice(100, 8), entry.Permissions & 0xFFF);
        Octal(block.Slice(108, 8), entry.User < (1 << 21) ? entry.User : 0);
        Octal(block.Slice(116, 8), entry.Group < (1 << 21) ? entry.Group : 0);
        Octal(block.Slice(124, 12), entry.Kind is TarEntryKind.Regular or TarEntryKind.Other && entry.Size < 1L << 33 ? entry.Size : 0);
        Octal(block.Slice(136, 12), Math.Clamp(entry.Modified.Seconds, 0, (1L << 33) - 1));
        block.Slice(148, 8).Fill((byte)' ');
        block[156] = type;
        Text(block.Slice(157, 100), entry.LinkName);
        "ustar\0"u8.CopyTo(block[257..]);
        "00"u8.CopyTo(block[263..]);
        Octal(block.Slice(329, 8), entry.Device.Major);
        Octal(block.Slice(337, 8), entry.Device.Minor);

        long sum = 0;
        foreach (var part in block)
        {
            sum += part;
        }

        Octal(block.Slice(148, 7), sum);
    }

    /// <summary>"LENGTH KEY=VALUE\n", where the length counts its own digits.</summary>
    internal static void WriteRecord(MemoryStream target, string key, ReadOnlySpan<byte> value)
    {
        var keyBytes = PosixText.Encode(key);
        var rest = keyBytes.Length + value.Length + 3;
        var length = rest + Digits(rest);
        length = rest + Digits(length);
        target.Write(Encoding.ASCII.GetBytes(length.ToString(CultureInfo.InvariantCulture)));
        target.WriteByte((byte)' ');
        target.Write(keyBytes);
        target.WriteByte((byte)'=');
        target.Write(value);
        target.WriteByte((byte)'\n');
    }

    private static int Digits(int number) => number.ToString(CultureInfo.InvariantCulture).Length;

    private static void Text(Span<byte> field, string text)
    {
        var bytes = PosixText.Encode(text);
        bytes.AsSpan(0, Math.Min(bytes.Length, field.Length)).CopyTo(field);
    }

    /// <summary>Digits with leading zeros up to a final zero byte.</summary>
    private static void Octal(Span<byte> field, long number)
    {
        for (var index = field.Length - 2; index >= 0; index--)
        {
            field[index] = (byte)('0' + (number & 7));
            number >>= 3;
        }
    }
}
