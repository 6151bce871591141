using Naru.Core.Lifetime;

namespace Naru.Agent.Names;

/// <summary>The cluster's names are answered while naru runs.</summary>
internal sealed class NamesStage(NameFeed feed, NameServiceObjects service) : IEngineStage, IDisposable
{
    private readonly CancellationTokenSource _end = new();
    private Task _run = Task.CompletedTask;

    public int Order => 865;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        _run = Task.WhenAll(Task.Run(() => feed.RunAsync(_end.Token), CancellationToken.None), Task.Run(() => service.RunAsync(_end.Token), CancellationToken.None));
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
