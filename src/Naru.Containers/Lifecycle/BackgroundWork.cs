using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Naru.Containers.Lifecycle;

/// <summary>Owns everything that goes on beside calls: watches of running containers, waits for restarts, probes. Stopping it waits for all of it.</summary>
internal sealed partial class BackgroundWork(ILogger<BackgroundWork> logger) : IAsyncDisposable
{
    private readonly ConcurrentDictionary<Task, byte> _running = new();
    private readonly CancellationTokenSource _stop = new();

    /// <summary>Set when naru stops.</summary>
    public CancellationToken Stopping => _stop.Token;

    /// <summary>Starts work; what it throws is logged here and stops here.</summary>
    public void Run(string what, Func<CancellationToken, Task> work)
    {
        if (_stop.IsCancellationRequested)
        {
            return;
        }

        var task = Task.Run(() => SuperviseAsync(what, work), CancellationToken.None);
        _running[task] = 0;
        task.ContinueWith(ended => _running.TryRemove(ended, out _), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
    }

    public async ValueTask DisposeAsync()
    {
        if (!_stop.IsCancellationRequested)
        {
            await _stop.CancelAsync();
        }

        await Task.WhenAll(_running.Keys);
    }

    private async Task SuperviseAsync(string what, Func<CancellationToken, Task> work)
    {
        try
        {
            await work(_stop.Token);
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // naru stops.
        }
#pragma warning disable CA1031 // The supervisor: nobody else is there to hear of it.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            LogFailed(what, failure);
        }
    }

    [LoggerMessage(3010, LogLevel.Error, "{What} failed")]
    private partial void LogFailed(string what, Exception failure);
}
