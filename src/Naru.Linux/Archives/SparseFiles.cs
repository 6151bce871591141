using System.Collections.Immutable;
using Microsoft.Win32.SafeHandles;

namespace Naru.Linux.Archives;

/// <summary>Writes files with holes.</summary>
internal static class SparseFiles
{
    internal static async ValueTask WriteAsync(
        TarReader reader, int descriptor, long size, ImmutableArray<(long Offset, long Length)> pieces, CancellationToken cancellationToken)
    {
        using var file = new SafeFileHandle(descriptor, ownsHandle: false);
        RandomAccess.SetLength(file, size);
        var content = ReadOnlyMemory<byte>.Empty;
        foreach (var (offset, length) in pieces)
        {
            for (var done = 0L; done < length;)
            {
                if (content.IsEmpty && (content = await reader.ReadAsync(cancellationToken)).IsEmpty)
                {
                    throw TarReader.Malformed("a sparse file is cut short");
                }

                var part = content[..(int)Math.Min(content.Length, length - done)];
                RandomAccess.Write(file, part.Span, offset + done);
                done += part.Length;
                content = content[part.Length..];
            }
        }
    }
}
