using System.Collections.Immutable;
using System.Globalization;

namespace Naru.Linux.Archives;

/// <summary>GNU's maps of sparse files: in the header (old), in extended records (0.x) or before the content (1.0).</summary>
internal static class SparseMaps
{
    private const int MaxPieces = 100_000;

    /// <summary>The entry with its pieces and its real size. Pieces rise, do not overlap and end within the file.</summary>
    internal static async ValueTask<TarEntry> ReadAsync(
        TarReader reader, TarHeader header, PaxRecords pax, TarEntry entry, CancellationToken cancellationToken)
    {
        var map = header.IsSparse ? await ReadOldAsync(reader, header, cancellationToken)
            : pax.SparseMapInContent ? await ReadFromContentAsync(reader, cancellationToken)
            : pax.SparseMap;
        var size = header.IsSparse ? TarHeader.Number(header.Raw.AsSpan(483, 12)) : pax.SparseSize ?? entry.Size;
        var pieces = ImmutableArray.CreateBuilder<(long, long)>(map.Count / 2);
        long end = 0;
        for (var index = 0; index + 1 < map.Count; index += 2)
        {
            var (offset, length) = (map[index], map[index + 1]);
            if (offset < end || length < 0 || length > size - offset)
            {
                throw TarReader.Malformed("a sparse map is broken");
            }

            end = offset + length;
            if (length > 0)
            {
                pieces.Add((offset, length));
            }
        }

        return entry with { Size = size, Pieces = pieces.ToImmutable() };
    }

    // Four pairs of 12 + 12 bytes from 386, then a flag for further blocks of 21 pairs.
    private static async ValueTask<List<long>> ReadOldAsync(TarReader reader, TarHeader header, CancellationToken cancellationToken)
    {
        var map = new List<long>();
        AddPairs(map, header.Raw.AsSpan(386, 96));
        var more = header.Raw[482] != 0;
        while (more)
        {
            var block = await reader.TakeBlockAsync(cancellationToken);
            AddPairs(map, block.AsSpan(0, 504));
            more = block[504] != 0;
        }

        return map;
    }

    private static void AddPairs(List<long> map, ReadOnlySpan<byte> pairs)
    {
        for (; pairs.Length >= 24 && pairs[0] != 0; pairs = pairs[24..])
        {
            Add(map, TarHeader.Number(pairs[..12]));
            Add(map, TarHeader.Number(pairs.Slice(12, 12)));
        }
    }

    // Decimal numbers, one a line, the count first, padded to blocks.
    private static async ValueTask<List<long>> ReadFromContentAsync(TarReader reader, CancellationToken cancellationToken)
    {
        var map = new List<long>();
        var digits = "";
        long? wanted = null;
        while (wanted is null || map.Count < wanted)
        {
            foreach (var letter in await reader.TakeContentBlockAsync(cancellationToken))
            {
                if (letter != '\n')
                {
                    digits += (char)letter;
                    continue;
                }

                if (!long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var number) || digits.Length > 19)
                {
                    throw TarReader.Malformed("a sparse map is broken");
                }

                digits = "";
                if (wanted is null)
                {
                    wanted = number <= MaxPieces ? number * 2 : throw TarReader.Malformed($"a sparse map has more than {MaxPieces} pieces");
                }
                else
                {
                    Add(map, number);
                }

                if (map.Count == wanted)
                {
                    break;
                }
            }

            if (digits.Length > 512)
            {
                throw TarReader.Malformed("a sparse map is broken");
            }
        }

        return map;
    }

    private static void Add(List<long> map, long number)
    {
        if (map.Count >= MaxPieces * 2)
        {
            throw TarReader.Malformed($"a sparse map has more than {MaxPieces} pieces");
        }

        map.Add(number);
    }
}
