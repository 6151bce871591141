namespace Naru.Dialects.Kubernetes.Watching;

/// <summary>Where the frames of a watch go.</summary>
internal interface IWatchSink : IAsyncDisposable
{
    /// <summary>Sends frames; done when they are on their way.</summary>
    ValueTask SendAsync(WatchRun run, CancellationToken cancellationToken);
}
