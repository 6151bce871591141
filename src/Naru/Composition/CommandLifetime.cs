namespace Naru.Composition;

/// <summary>Signals are the command line's: it cancels a token, and the host is stopped by whoever started it.</summary>
internal sealed class CommandLifetime : IHostLifetime
{
    public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
