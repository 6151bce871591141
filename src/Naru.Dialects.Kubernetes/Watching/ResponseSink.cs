using System.IO.Pipelines;

namespace Naru.Dialects.Kubernetes.Watching;

/// <summary>The body of an ordinary answer.</summary>
internal sealed class ResponseSink(PipeWriter writer) : IWatchSink
{
    public async ValueTask SendAsync(WatchRun run, CancellationToken cancellationToken) => await writer.WriteAsync(run.Frames, cancellationToken);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
