using System.Buffers;
using System.IO.Pipelines;

namespace Naru.Dialects.Kubernetes.Watching;

/// <summary>The body of an ordinary answer.</summary>
internal sealed class ResponseSink(PipeWriter writer) : IWatchSink
{
    public IBufferWriter<byte> Writer => writer;

    public long Unsent => writer.UnflushedBytes;

    public async Task FlushAsync(CancellationToken cancellationToken) => await writer.FlushAsync(cancellationToken);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
