using System.Buffers.Binary;
using System.Collections.Immutable;
using Naru.Linux.Files;

namespace Naru.Linux.Archives;

/// <summary>The fixed block before each member (POSIX.1-1988 ustar; GNU's base-256 numbers).</summary>
internal sealed record TarHeader
{
    internal required string Name { get; init; }

    internal required byte Type { get; init; }

    internal required long Size { get; init; }

    internal required uint Mode { get; init; }

    internal required long User { get; init; }

    internal required long Group { get; init; }

    internal required long Modified { get; init; }

    internal required string LinkName { get; init; }

    internal required long DeviceMajor { get; init; }

    internal required long DeviceMinor { get; init; }

    /// <summary>The block itself, kept for GNU's sparse map only.</summary>
    internal byte[] Raw { get; init; } = [];

    internal bool IsExtension => Type is (byte)'x' or (byte)'X' or (byte)'g' or (byte)'L' or (byte)'K';

    internal bool IsSparse => Type == (byte)'S';

    /// <summary>Links, devices, directories and FIFOs have none, whatever size they claim (except old hard links, which writers give size 0).</summary>
    internal bool HasContent => Type is not ((byte)'1' or (byte)'2' or (byte)'3' or (byte)'4' or (byte)'5' or (byte)'6');

    internal static TarHeader Parse(ReadOnlySpan<byte> block)
    {
        Verify(block);
        var type = block[156];
        var isPosix = block.Slice(257, 6).SequenceEqual("ustar\0"u8);
        var isGnu = block.Slice(257, 8).SequenceEqual("ustar  \0"u8);
        var prefix = isPosix ? Text(block.Slice(345, 155)) : "";
        var name = Text(block[..100]);
        return new()
        {
            Name = prefix.Length > 0 ? $"{prefix}/{name}" : name,
            Type = type,
            Mode = (uint)(Number(block.Slice(100, 8)) & 0xFFF),
            User = Number(block.Slice(108, 8)),
            Group = Number(block.Slice(116, 8)),
            Size = Number(block.Slice(124, 12)),
            Modified = Number(block.Slice(136, 12)),
            LinkName = Text(block.Slice(157, 100)),
            DeviceMajor = isPosix || isGnu ? Number(block.Slice(329, 8)) : 0,
            DeviceMinor = isPosix || isGnu ? Number(block.Slice(337, 8)) : 0,
            Raw = type == (byte)'S' ? block.ToArray() : [],
        };
    }

    internal TarEntry ToEntry(PaxRecords pax)
    {
        var name = pax.SparseName ?? pax.Path ?? pax.LongName ?? Name;
        return new()
        {
            Name = name,
            Kind = KindOf(name),
            Permissions = Mode,
            User = Id(pax.User ?? User),
            Group = Id(pax.Group ?? Group),
            Size = HasContent ? pax.Size ?? Size : 0,
            Modified = pax.Modified ?? new UnixTime(Modified, 0),
            LinkName = pax.LinkPath ?? pax.LongLink ?? LinkName,
            Device = new((uint)DeviceMajor, (uint)DeviceMinor),
            Attributes = pax.Attributes.Count == 0 ? ImmutableSortedDictionary<string, byte[]>.Empty : pax.Attributes.ToImmutableSortedDictionary(StringComparer.Ordinal),
        };
    }

    /// <summary>Bytes up to the first zero.</summary>
    internal static string Text(ReadOnlySpan<byte> field)
    {
        var end = field.IndexOf((byte)0);
        return PosixText.Decode(end < 0 ? field : field[..end]);
    }

    /// <summary>Octal digits, or with the top bit set a big-endian number of two's complement.</summary>
    internal static long Number(ReadOnlySpan<byte> field)
    {
        if ((field[0] & 0x80) != 0)
        {
            return BigNumber(field);
        }

        long value = 0;
        foreach (var digit in field.Trim((byte)' ').TrimStart((byte)0))
        {
            if (digit is 0 or (byte)' ')
            {
                break;
            }

            if (digit is < (byte)'0' or > (byte)'7' || value > long.MaxValue >> 3)
            {
                throw TarReader.Malformed("a number in a header is not octal");
            }

            value = (value << 3) | (uint)(digit - '0');
        }

        return value;
    }

    private static long BigNumber(ReadOnlySpan<byte> field)
    {
        var negative = (field[0] & 0x40) != 0;
        Span<byte> bytes = stackalloc byte[8];
        bytes.Fill(negative ? (byte)0xFF : (byte)0);
        var low = field.Length > 8 ? field[^8..] : field;
        low.CopyTo(bytes[(8 - low.Length)..]);
        if (field.Length == 8)
        {
            bytes[0] = (byte)(negative ? bytes[0] : bytes[0] & 0x7F);
        }
        else if (field[1..^8].ContainsAnyExcept(negative ? (byte)0xFF : (byte)0) || (field[0] & 0x7F) != (negative ? 0x7F : 0))
        {
            throw TarReader.Malformed("a number in a header is too large");
        }

        var value = BinaryPrimitives.ReadInt64BigEndian(bytes);
        return value < 0 == negative ? value : throw TarReader.Malformed("a number in a header is too large");
    }

    private static uint Id(long id) =>
        id is >= 0 and < uint.MaxValue ? (uint)id : throw TarReader.Malformed($"an owner's number is {id}");

    private static void Verify(ReadOnlySpan<byte> block)
    {
        var expected = Number(block.Slice(148, 8));
        long unsigned = 8 * ' ';
        long signed = 8 * ' ';
        for (var index = 0; index < block.Length; index++)
        {
            if (index is < 148 or >= 156)
            {
                unsigned += block[index];
                signed += (sbyte)block[index];
            }
        }

        if (expected != unsigned && expected != signed)
        {
            throw TarReader.Malformed("a header's checksum is wrong");
        }
    }

    private TarEntryKind KindOf(string name) => Type switch
    {
        (byte)'0' or 0 or (byte)'7' => name.EndsWith('/') ? TarEntryKind.Directory : TarEntryKind.Regular,
        (byte)'S' => TarEntryKind.Regular,
        (byte)'1' => TarEntryKind.HardLink,
        (byte)'2' => TarEntryKind.Symlink,
        (byte)'3' => TarEntryKind.CharacterDevice,
        (byte)'4' => TarEntryKind.BlockDevice,
        (byte)'5' => TarEntryKind.Directory,
        (byte)'6' => TarEntryKind.Fifo,
        _ => TarEntryKind.Other,
    };
}
