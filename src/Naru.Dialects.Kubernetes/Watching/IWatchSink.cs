using System.Buffers;

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
