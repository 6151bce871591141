namespace Naru.Core.Containers;

/// <summary>Which stream bytes belong to; the numbers are those of Docker's multiplexed frames.</summary>
public enum OutputStream : byte
{
    /// <summary>Standard output (all output of a terminal).</summary>
    Output = 1,

    /// <summary>Standard error.</summary>
    Error = 2,
}

/// <summary>Bytes that were read.</summary>
/// <param name="Stream">Where they were written.</param>
/// <param name="Count">How many; 0: the end.</param>
public readonly record struct OutputPiece(OutputStream Stream, int Count);

/// <summary>A joined process: its input and output. One reader and one writer at a time; disposing leaves, it does not end the process.</summary>
public interface IAttachment : IAsyncDisposable
{
    /// <summary>The process has a terminal: output is raw, not two streams.</summary>
    bool Terminal { get; }

    /// <summary>Reads the next output into the buffer; waits for some. Count 0 when the process has ended and everything was read.</summary>
    ValueTask<OutputPiece> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken);

    /// <summary>Writes to standard input; waits while the process does not read. Input to a process that has ended is dropped.</summary>
    ValueTask WriteAsync(ReadOnlyMemory<byte> input, CancellationToken cancellationToken);

    /// <summary>Ends standard input (the caller half-closed). Output goes on.</summary>
    ValueTask CloseInputAsync(CancellationToken cancellationToken);
}
