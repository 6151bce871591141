namespace Naru.Linux.Archives;

/// <summary>Hears every byte of an archive that a reader takes, so that the archive can be put together again byte by byte later.</summary>
public interface ITarTap
{
    /// <summary>Bytes that are no content of a regular file: headers, padding, the end.</summary>
    void Structure(ReadOnlySpan<byte> bytes);

    /// <summary>The content of a regular member, as many bytes as its size, comes here.</summary>
    void Content(string name, long size);
}
