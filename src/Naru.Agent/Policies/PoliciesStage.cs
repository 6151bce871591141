using Naru.Core.Lifetime;

namespace Naru.Agent.Policies;

/// <summary>Network policies are followed while naru runs; they hold also when it does not.</summary>
internal sealed class PoliciesStage(PolicyFeed feed) : IEngineStage, IDisposable
{
    private readonly CancellationTokenSource _end = new();
    private Task _run = Task.CompletedTask;

    public int Order => 866;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        _run = Task.Run(() => feed.RunAsync(_end.Token), CancellationToken.None);
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
