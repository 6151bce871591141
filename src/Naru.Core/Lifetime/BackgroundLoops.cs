namespace Naru.Core.Lifetime;

/// <summary>Loops that go on from a stage's start to its stop.</summary>
public sealed class BackgroundLoops : IDisposable
{
    private readonly CancellationTokenSource _end = new();
    private Task _running = Task.CompletedTask;

    /// <summary>Starts all of them, each on the pool; they end when their token says so. Called once.</summary>
    public void Start(params IReadOnlyList<Func<CancellationToken, Task>> loops) =>
        _running = Task.WhenAll(loops.Select(loop => Task.Run(() => loop(_end.Token), CancellationToken.None)));

    /// <summary>Ends them and waits until they have, but no longer than the caller does. A loop that failed throws here.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await _end.CancelAsync();
        try
        {
            await _running.WaitAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            // Their end was asked for.
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _end.Dispose();
}
