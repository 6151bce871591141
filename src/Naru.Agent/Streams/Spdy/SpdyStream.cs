using System.IO.Pipelines;

namespace Naru.Agent.Streams.Spdy;

/// <summary>One stream of a SPDY connection.</summary>
internal sealed class SpdyStream(SpdyConnection connection, int id, IReadOnlyDictionary<string, string> headers)
{
    private readonly Pipe _incoming = new(new PipeOptions(pauseWriterThreshold: 1 << 20, resumeWriterThreshold: 1 << 19));

    public int Id => id;

    /// <summary>What the client named it by.</summary>
    public IReadOnlyDictionary<string, string> Headers => headers;

    /// <summary>What it is for: stdin, stdout, stderr, error, resize, data.</summary>
    public string Kind => headers.GetValueOrDefault("streamtype", "");

    /// <summary>What the client sends.</summary>
    public PipeReader Reader => _incoming.Reader;

    /// <summary>Sends bytes.</summary>
    public ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken) => connection.SendDataAsync(id, bytes, false, cancellationToken);

    /// <summary>Says that nothing more comes.</summary>
    public ValueTask FinishAsync(CancellationToken cancellationToken) => connection.SendDataAsync(id, default, true, cancellationToken);

    internal async ValueTask ReceiveAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        if (bytes.Length > 0)
        {
            await _incoming.Writer.WriteAsync(bytes, cancellationToken);
        }
    }

    internal void End() => _incoming.Writer.Complete();
}
