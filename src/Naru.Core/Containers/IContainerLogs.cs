namespace Naru.Core.Containers;

/// <summary>What containers have written.</summary>
public interface IContainerLogs
{
    /// <summary>Opens a container's log. <see cref="Errors.ErrorKind.NotImplemented"/> when its driver keeps none
    /// (<c>configured logging driver does not support reading</c>).</summary>
    Task<ILogReader> OpenAsync(Container container, LogQuery query, CancellationToken cancellationToken);
}

/// <summary>Which records are wanted.</summary>
public sealed record LogQuery
{
    /// <summary>Standard output.</summary>
    public bool Output { get; init; } = true;

    /// <summary>Standard error.</summary>
    public bool Error { get; init; } = true;

    /// <summary>Go on as new ones come, until the container ends.</summary>
    public bool Follow { get; init; }

    /// <summary>Not before.</summary>
    public DateTimeOffset? Since { get; init; }

    /// <summary>Not after.</summary>
    public DateTimeOffset? Until { get; init; }

    /// <summary>Only the last so many lines; null: all.</summary>
    public long? Tail { get; init; }
}

/// <summary>A piece of log: part of a line or a line with its end.</summary>
/// <param name="Stream">Where it was written.</param>
/// <param name="UnixNanoseconds">When it was written, nanoseconds since 1970.</param>
/// <param name="Bytes">The bytes, valid until the next read; the line's end included where it was written.</param>
/// <param name="Starts">True for the first piece of a line.</param>
public readonly record struct LogPiece(OutputStream Stream, long UnixNanoseconds, ReadOnlyMemory<byte> Bytes, bool Starts);

/// <summary>Reads one log; one reader at a time. Pieces come in batches so that 200 MB cost no allocation per line.</summary>
public interface ILogReader : IAsyncDisposable
{
    /// <summary>Waits for pieces and fills the list (cleared first). False at the end.</summary>
    ValueTask<bool> ReadAsync(List<LogPiece> batch, CancellationToken cancellationToken);
}
