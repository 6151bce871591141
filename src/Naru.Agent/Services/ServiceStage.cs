using Naru.Core.Lifetime;

namespace Naru.Agent.Services;

/// <summary>Services are led to their endpoints while naru runs; when it stops they stay as they are.</summary>
internal sealed class ServiceStage(ServiceKeeper keeper) : IEngineStage, IDisposable
{
    private readonly CancellationTokenSource _end = new();
    private Task _run = Task.CompletedTask;

    // After the agent, which makes the pods' network.
    public int Order => 872;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        _run = Task.Run(() => keeper.RunAsync(_end.Token), CancellationToken.None);
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
