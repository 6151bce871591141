using System.IO.Compression;
using Naru.Core.Errors;
using Naru.Linux.Notify;
using Naru.Linux.Processes;

namespace Naru.Linux.Archives;

/// <summary>
/// Unpacks what archives come in, told by its first bytes whatever its name says. gzip and zstd are unpacked in this process;
/// bzip2 and xz by the host's tools, as nothing but old archives uses them.
/// </summary>
public sealed class Decompressor(ProcessRunner processes, DescriptorPoller poller)
{
    private const int SniffLength = 10;

    /// <summary>Most memory that a zstd frame may ask for, as an exponent of 2 in bytes; the tool's own default limit is 27.</summary>
    private const int ZstdWindow = 27;

    /// <summary>What the first bytes of a stream tell.</summary>
    public static CompressionKind Sniff(ReadOnlySpan<byte> start) => start switch
    {
        [0x1F, 0x8B, 0x08, ..] => CompressionKind.Gzip,
        [0x28, 0xB5, 0x2F, 0xFD, ..] => CompressionKind.Zstd,
        [>= 0x50 and <= 0x5F, 0x2A, 0x4D, 0x18, ..] => CompressionKind.Zstd,
        [(byte)'B', (byte)'Z', (byte)'h', ..] => CompressionKind.Bzip2,
        [0xFD, (byte)'7', (byte)'z', (byte)'X', (byte)'Z', 0x00, ..] => CompressionKind.Xz,
        _ => CompressionKind.None,
    };

    /// <summary>
    /// A stream of the unpacked bytes. Reads of it fail with <see cref="ErrorKind.InvalidArgument"/> where the packed ones are broken.
    /// The source stays the caller's and must outlive the result.
    /// </summary>
    public async Task<DecompressedStream> OpenAsync(Stream source, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(source);
        var start = new byte[SniffLength];
        var length = await source.ReadAtLeastAsync(start, SniffLength, throwOnEndOfStream: false, cancellationToken);
        var whole = new PrefixedStream(start.AsMemory(0, length), source);
        var kind = Sniff(start.AsSpan(0, length));
        return kind switch
        {
            CompressionKind.Gzip => new(kind, new GZipStream(whole, CompressionMode.Decompress, leaveOpen: true)),
            CompressionKind.Zstd => new(kind, OpenZstd(whole)),
            CompressionKind.Bzip2 => new(kind, OpenTool("bzip2", whole)),
            CompressionKind.Xz => new(kind, OpenTool("xz", whole)),
            _ => new(kind, whole),
        };
    }

    private static ZstdSharp.DecompressionStream OpenZstd(Stream source)
    {
        var stream = new ZstdSharp.DecompressionStream(source, bufferSize: 128 * 1024, checkEndOfStream: true, leaveOpen: true);
        stream.SetParameter(ZstdSharp.Unsafe.ZSTD_dParameter.ZSTD_d_windowLogMax, ZstdWindow);
        return stream;
    }

    private ToolStream OpenTool(string tool, Stream source) => ToolStream.Start(processes, poller, tool, source);
}
