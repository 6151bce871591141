using System.Buffers;
using System.IO.Pipelines;

namespace Naru.Dialects.Kubernetes.Watching;

/// <summary>Where the frames of a watch go.</summary>
internal interface IWatchSink : IAsyncDisposable
{
    /// <summary>Takes bytes.</summary>
    IBufferWriter<byte> Writer { get; }

    /// <summary>Bytes that wait for a flush.</summary>
    long Unsent { get; }

    /// <summary>Sends what waits.</summary>
    Task FlushAsync(CancellationToken cancellationToken);
}

/// <summary>The body of an ordinary answer.</summary>
internal sealed class ResponseSink(PipeWriter writer) : IWatchSink
{
    public IBufferWriter<byte> Writer => writer;

    public long Unsent => writer.UnflushedBytes;

    public async Task FlushAsync(CancellationToken cancellationToken) => await writer.FlushAsync(cancellationToken);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
