using System.Collections.Concurrent;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Naru.Core.Containers;
using Naru.Core.Errors;
using Naru.Core.Events;
using Naru.Core.Lifetime;

namespace Naru.Containers.Logs;

/// <summary>
/// Keeps the logs of running containers within their bounds. Woken by writes, it looks at a busy log every <see cref="Pause"/>; an
/// idle one costs nothing.
/// </summary>
internal sealed partial class LogRotation(
    LogOptions options, LogRotator rotator, LogWatch watch, IEvents events, Lazy<IContainers> containers, TimeProvider time, ILogger<LogRotation> logger)
    : IEngineStage, IDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    private readonly ConcurrentDictionary<string, Tracked> _tracked = new();
    private readonly Channel<bool> _wake = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly CancellationTokenSource _stop = new();
    private Task _running = Task.CompletedTask;

    /// <summary>After the containers are adopted.</summary>
    public int Order => 550;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        var first = events.Read(null, null, _stop.Token);
        _running = Task.WhenAll(Task.Run(() => FollowContainersAsync(first), CancellationToken.None), Task.Run(RotateAsync, CancellationToken.None));
        return Task.CompletedTask;
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await _stop.CancelAsync();
        await _running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        foreach (var id in _tracked.Keys)
        {
            Untrack(id);
        }
    }

    public void Dispose() => _stop.Dispose();

    private async Task FollowContainersAsync(IAsyncEnumerable<EngineEvent> stream)
    {
        while (true)
        {
            foreach (var container in containers.Value.List().Where(container => container.IsLive))
            {
                Track(container);
            }

            try
            {
                await foreach (var happened in stream.WithCancellation(_stop.Token))
                {
                    Follow(happened);
                }
            }
            catch (NaruException failure) when (failure.Kind == ErrorKind.Expired)
            {
                stream = events.Read(null, null, _stop.Token);
            }
        }
    }

    private void Follow(EngineEvent happened)
    {
        if (happened is { Type: "container", Action: "start" } && containers.Value.Find(happened.ActorId) is { } container)
        {
            Track(container);
        }
        else if (happened is { Type: "container", Action: "die" or "destroy" })
        {
            Untrack(happened.ActorId);
        }
    }

    private void Track(Container container)
    {
        try
        {
            var policy = LogPolicy.From(container.Spec.Log, options);
            if (container.LogPath.Length == 0 || policy.MaxSize is null)
            {
                return;
            }

            var tracked = new Tracked(container.Id.Value, container.LogPath, policy);
            tracked.Subscription = watch.Subscribe(Path.GetDirectoryName(container.LogPath)!, () => Touch(tracked));
            if (!_tracked.TryAdd(tracked.Id, tracked))
            {
                tracked.Subscription.Dispose();
                return;
            }

            Touch(tracked);
        }
        catch (Exception failure) when (failure is NaruException or IOException)
        {
            LogUnbounded(container.Id.Short, failure);
        }
    }

    private void Untrack(string id)
    {
        if (_tracked.TryRemove(id, out var tracked))
        {
            tracked.Subscription?.Dispose();
        }
    }

    private void Touch(Tracked tracked)
    {
        tracked.Touched = true;
        _wake.Writer.TryWrite(true);
    }

    private async Task RotateAsync()
    {
        while (await _wake.Reader.WaitToReadAsync(_stop.Token))
        {
            _wake.Reader.TryRead(out _);
            foreach (var tracked in _tracked.Values.Where(tracked => tracked.Touched))
            {
                tracked.Touched = false;
                await RotateAsync(tracked);
            }

            await Task.Delay(Pause, time, _stop.Token);
        }
    }

    private async Task RotateAsync(Tracked tracked)
    {
        try
        {
            var file = new FileInfo(tracked.Path);
            if (file.Exists && file.Length >= tracked.Policy.MaxSize!.Value.Bytes)
            {
                await rotator.RotateAsync(tracked.Id, tracked.Path, tracked.Policy.MaxFiles, _stop.Token);
            }
        }
        catch (IOException failure)
        {
            LogFailed(tracked.Path, failure);
        }
    }

    [LoggerMessage(3420, LogLevel.Warning, "The log of container {ContainerId} is not bounded")]
    private partial void LogUnbounded(string containerId, Exception failure);

    [LoggerMessage(3421, LogLevel.Warning, "The log {Path} could not be rotated")]
    private partial void LogFailed(string path, Exception failure);

    private sealed record Tracked(string Id, string Path, LogPolicy Policy)
    {
        internal IDisposable? Subscription { get; set; }

        internal volatile bool Touched;
    }
}
