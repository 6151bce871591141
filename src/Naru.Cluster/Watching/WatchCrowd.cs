namespace Naru.Cluster.Watching;

/// <summary>
/// All watches from outside, whatever they watch. A few see each change at once. Of many, those that are busy see changes in beats, several in one: to send something costs tens of microseconds whatever
/// it carries, and a thousand watches have that cost each. Any thread.
/// </summary>
internal sealed class WatchCrowd
{
    private const int Many = 16;
    private const int WatchesAMillisecond = 20;

    private static readonly TimeSpan QuickestBeat = TimeSpan.FromMilliseconds(15);
    private static readonly TimeSpan SlowestBeat = TimeSpan.FromMilliseconds(45);

    private int _count;

    /// <summary>Time between two beats of a busy watch.</summary>
    public TimeSpan Beat => Volatile.Read(ref _count) is var count && count < Many ? TimeSpan.Zero
        : TimeSpan.FromMilliseconds(Math.Clamp((double)count / WatchesAMillisecond, QuickestBeat.TotalMilliseconds, SlowestBeat.TotalMilliseconds));

    /// <summary>One more.</summary>
    public void Join() => Interlocked.Increment(ref _count);

    /// <summary>One less.</summary>
    public void Leave() => Interlocked.Decrement(ref _count);
}
