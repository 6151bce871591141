using Microsoft.Extensions.Logging;
using Naru.Core.Errors;
using Naru.Core.Lifetime;
using Naru.Objects.Api;

namespace Naru.Controllers.Services;

/// <summary>Tells the allocations what every service holds, before the first request comes.</summary>
internal sealed partial class ServiceFollower(IObjects objects, ServiceAllocations allocations, TimeProvider time, ILogger<ServiceFollower> logger) : IEngineStage, IDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);
    private readonly CancellationTokenSource _stopping = new();
    private readonly TaskCompletionSource _synced = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Task _running = Task.CompletedTask;

    public int Order => 825;

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        _running = Task.Run(() => RunAsync(_stopping.Token), CancellationToken.None);
        await _synced.Task.WaitAsync(cancellationToken);
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await _stopping.CancelAsync();
        await _running.WaitAsync(cancellationToken);
    }

    public void Dispose() => _stopping.Dispose();

    private async Task RunAsync(CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                allocations.Restart();
                await foreach (var change in objects.WatchAsync(UpkeepResources.Services, cancellationToken))
                {
                    Follow(change);
                }
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                return;
            }
            catch (NaruException failure)
            {
                LogBroken(failure.Message);
            }

            await Task.Delay(Pause, time, cancellationToken).ContinueWith(static _ => { }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        }
    }

    private void Follow(ObjectChange change)
    {
        if (change.Object is { } service)
        {
            allocations.Follow(change.Kind == ChangeKind.Deleted ? service : change.Previous, change.Kind == ChangeKind.Deleted ? null : service);
        }
        else if (change.IsSnapshotEnd)
        {
            _synced.TrySetResult();
        }
    }

    [LoggerMessage(12110, LogLevel.Debug, "following services ended and starts anew: {Why}")]
    private partial void LogBroken(string why);
}
