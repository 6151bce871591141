using Naru.Dialects.Http.Sending;

namespace Naru.Dialects.Kubernetes.Watching;

/// <summary>
/// The body of an answer in chunks, written past Kestrel to the connection's TLS, once Kestrel has sent the head: bytes that many watches share are neither copied into buffers of each nor cut into pieces.
/// Kestrel writes nothing while an answer is under way, and ends it with the last chunk.
/// </summary>
internal sealed class ChunkSink(ITlsSending sending) : IWatchSink
{
    public ValueTask SendAsync(WatchRun run, CancellationToken cancellationToken) => sending.SendAsync(run.Chunk);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
