using System.Buffers;
using Microsoft.Win32.SafeHandles;
using Naru.Core.Containers;

namespace Naru.Containers.Logs;

/// <summary>Finds where the last lines begin by reading backwards, a block at a time.</summary>
internal sealed class LogTail(long wanted, Func<OutputStream, bool> isWanted)
{
    private const int BlockSize = 64 * 1024;
    private const int LongestBlock = 64 * 1024 * 1024;
    private readonly bool[] _seen = new bool[3];
    private long _count;

    /// <summary>File (index into the list, oldest first) and offset of the first record of the last lines.</summary>
    internal (int File, long Offset) Find(IReadOnlyList<SafeFileHandle> files)
    {
        for (var file = files.Count - 1; file >= 0; file--)
        {
            if (FindIn(files[file]) is { } offset)
            {
                return (file, offset);
            }
        }

        return (0, 0);
    }

    private long? FindIn(SafeFileHandle file)
    {
        var end = RandomAccess.GetLength(file);
        var size = BlockSize;
        var buffer = ArrayPool<byte>.Shared.Rent(size);
        try
        {
            while (end > 0)
            {
                var start = Math.Max(0, end - size);
                var block = buffer.AsSpan(0, (int)(end - start));
                ReadWhole(file, block, start);

                // What lies before the block's first line end belongs to a record that begins earlier.
                var skip = start == 0 ? 0 : block[..^1].IndexOf((byte)'\n') + 1;
                if (skip == 0 && start > 0 && size < LongestBlock)
                {
                    size *= 2;
                    ArrayPool<byte>.Shared.Return(buffer);
                    buffer = ArrayPool<byte>.Shared.Rent(size);
                    continue;
                }

                if (Count(block[skip..]) is { } at)
                {
                    return start + skip + at;
                }

                end = start + skip;
            }

            return null;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>Counts the records of a block backwards; the offset behind the first one too many, or null.</summary>
    private int? Count(ReadOnlySpan<byte> block)
    {
        var end = block.Length;
        while (end > 0)
        {
            var start = block[..(end - 1)].LastIndexOf((byte)'\n') + 1;
            if (LogRecord.TryParse(block[start..end], out var record) && isWanted(record.Stream))
            {
                // A line's end, or the pieces of one that has no end yet.
                if (record.Ends || !_seen[(int)record.Stream])
                {
                    if (_count == wanted)
                    {
                        return end;
                    }

                    _count++;
                }

                _seen[(int)record.Stream] = true;
            }

            end = start;
        }

        return null;
    }

    private static void ReadWhole(SafeFileHandle file, Span<byte> block, long offset)
    {
        while (!block.IsEmpty)
        {
            var length = RandomAccess.Read(file, block, offset);
            if (length == 0)
            {
                block.Fill((byte)'\n'); // cut short meanwhile
                return;
            }

            block = block[length..];
            offset += length;
        }
    }
}
