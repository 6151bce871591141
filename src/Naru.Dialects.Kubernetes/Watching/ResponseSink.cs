using System.Buffers;
using System.IO.Pipelines;

namespace Naru.Dialects.Kubernetes.Watching;

/// <summary>The body of an ordinary answer. Asks for large pieces: left to itself Kestrel hands out 4 KiB, and each becomes a chunk, a record of TLS and a call of the kernel.</summary>
internal sealed class ResponseSink(PipeWriter writer) : IWatchSink, IBufferWriter<byte>
{
    private const int Piece = 16 * 1024;

    public IBufferWriter<byte> Writer => this;

    public long Unsent => writer.UnflushedBytes;

    public async Task FlushAsync(CancellationToken cancellationToken) => await writer.FlushAsync(cancellationToken);

    public void Advance(int count) => writer.Advance(count);

    public Memory<byte> GetMemory(int sizeHint = 0) => writer.GetMemory(Math.Max(sizeHint, Piece));

    public Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
