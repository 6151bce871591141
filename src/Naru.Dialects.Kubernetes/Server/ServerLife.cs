using Naru.Core.Lifetime;

namespace Naru.Dialects.Kubernetes.Server;

/// <summary>Start and end of the dialect: readiness goes first, then watches are ended, so that nobody is cut off in the middle of an answer.</summary>
internal sealed class ServerLife(KubernetesDialectOptions options, TimeProvider time) : IEngineStage, IDisposable
{
    private readonly CancellationTokenSource _draining = new();

    public int Order => 900;

    /// <summary>Everything before this stage has started.</summary>
    public bool IsReady { get; private set; }

    /// <summary>The server stops: watches and streams end.</summary>
    public CancellationToken Draining => _draining.Token;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        IsReady = true;
        return Task.CompletedTask;
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        IsReady = false;
        if (options.ShutdownDelay > TimeSpan.Zero)
        {
            await Task.Delay(options.ShutdownDelay, time, cancellationToken);
        }

        await _draining.CancelAsync();
    }

    public void Dispose() => _draining.Dispose();
}
