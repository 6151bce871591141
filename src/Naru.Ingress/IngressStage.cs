using Naru.Core.Lifetime;
using Naru.Ingress.Backends;
using Naru.Ingress.Following;
using Naru.Ingress.Listening;
using Naru.Ingress.Proxying;

namespace Naru.Ingress;

/// <summary>The ingress' life.</summary>
internal sealed class IngressStage(IngressLoop loop, ExternalNames names, ListenerSet listeners, IngressMeter meter) : IEngineStage, IDisposable
{
    private readonly CancellationTokenSource _end = new();
    private Task _run = Task.CompletedTask;

    /// <summary>After the agent, whose pods it leads to.</summary>
    public int Order => 880;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        _run = Task.WhenAll(Task.Run(() => loop.RunAsync(_end.Token), CancellationToken.None), Task.Run(() => FollowNamesAsync(_end.Token), CancellationToken.None));
        return Task.CompletedTask;
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await _end.CancelAsync();
        await _run.WaitAsync(cancellationToken);
        await listeners.DisposeAsync();
    }

    public void Dispose()
    {
        _end.Dispose();
        meter.Dispose();
    }

    private async Task FollowNamesAsync(CancellationToken cancellationToken)
    {
        try
        {
            await names.RunAsync(cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The end.
        }
    }
}
