namespace Naru.Linux.Archives;

/// <summary>How a stream is packed, told by its first bytes.</summary>
public enum CompressionKind
{
    None,
    Gzip,
    Zstd,
    Bzip2,
    Xz,
}
