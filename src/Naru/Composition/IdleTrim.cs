using Naru.Core.Lifetime;
using Naru.Linux.Processes;

namespace Naru.Composition;

/// <summary>
/// Gives memory back after work: the collector keeps what a burst of requests took, in case of another, which on a host that mostly waits
/// is a third of naru's size. Collects once when nothing happened for one period since something did.
/// </summary>
internal sealed class IdleTrim(TimeProvider time) : IEngineStage, IDisposable
{
    private const long Quiet = 512 << 10;
    private const long WorthIt = 2 << 20;
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(10);

    // What starting took, most of it for once, is given back without waiting for a quiet time.
    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(3);

    private readonly BackgroundLoops _loops = new();

    /// <summary>After all others, so that what starting took is given back too.</summary>
    public int Order => 990;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        _loops.Start(RunAsync);
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => _loops.StopAsync(cancellationToken);

    public void Dispose() => _loops.Dispose();

    private async Task RunAsync(CancellationToken cancellationToken)
    {
        await Task.Delay(Settling, time, cancellationToken);
        var atLastTrim = Trim();
        var atLastTick = atLastTrim;
        using var timer = new PeriodicTimer(Period, time);
        while (await timer.WaitForNextTickAsync(cancellationToken))
        {
            var now = GC.GetTotalAllocatedBytes();
            if (now - atLastTick < Quiet && now - atLastTrim > WorthIt)
            {
                atLastTrim = Trim();
            }

            atLastTick = now;
        }
    }

    // Bytes that were allocated until then.
    private static long Trim()
    {
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        NativeHeap.Trim();
        return GC.GetTotalAllocatedBytes();
    }
}
