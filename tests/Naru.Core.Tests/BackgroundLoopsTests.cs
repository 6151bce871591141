using Naru.Core.Lifetime;

namespace Naru.Core.Tests;

public sealed class BackgroundLoopsTests
{
    [Fact]
    public async Task Stop_LoopsRun_AreToldAndAwaited()
    {
        using var loops = new BackgroundLoops();
        var ended = 0;
        loops.Start(WaitAsync, WaitAsync);
        await loops.StopAsync(CancellationToken.None);

        Assert.Equal(2, ended);

        async Task WaitAsync(CancellationToken cancellationToken)
        {
            try
            {
                await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken);
            }
            finally
            {
                Interlocked.Increment(ref ended);
            }
        }
    }

    [Fact]
    public async Task Stop_LoopFailed_Says()
    {
        using var loops = new BackgroundLoops();
        loops.Start(static _ => throw new InvalidOperationException("broken"));

        Assert.Equal("broken", (await Assert.ThrowsAsync<InvalidOperationException>(() => loops.StopAsync(CancellationToken.None))).Message);
    }

    [Fact]
    public async Task Stop_NothingStarted_ReturnsAtOnce()
    {
        using var loops = new BackgroundLoops();
        await loops.StopAsync(CancellationToken.None);
    }
}
