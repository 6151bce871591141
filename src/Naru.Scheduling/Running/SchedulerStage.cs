using Naru.Core.Lifetime;

namespace Naru.Scheduling.Running;

/// <summary>Places pods while naru runs.</summary>
internal sealed class SchedulerStage(SchedulerLoop loop) : IEngineStage, IDisposable
{
    private readonly CancellationTokenSource _end = new();
    private Task _run = Task.CompletedTask;

    public int Order => 860;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        _run = Task.Run(() => loop.RunAsync(_end.Token), CancellationToken.None);
        return Task.CompletedTask;
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await _end.CancelAsync();
        try
        {
            await _run.WaitAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            // Its end was asked for.
        }
    }

    public void Dispose() => _end.Dispose();
}
