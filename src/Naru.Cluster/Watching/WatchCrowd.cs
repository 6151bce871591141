namespace Naru.Cluster.Watching;

/// <summary>
/// All watches from outside, whatever they watch. A few see each change at once. Of many, those that are busy see changes in beats, several in one: to send something costs tens of microseconds whatever
/// it carries, and a thousand watches have that cost each. Any thread.
/// </summary>
internal sealed class WatchCrowd
{
    private const int Many = 16;
    private const int WatchesAMillisecond = 20;
    private const int Phases = 8;

    private static readonly TimeSpan QuickestBeat = TimeSpan.FromMilliseconds(15);
    private static readonly TimeSpan SlowestBeat = TimeSpan.FromMilliseconds(45);

    private int _count;
    private int _phases;

    /// <summary>One more.</summary>
    public void Join() => Interlocked.Increment(ref _count);

    /// <summary>One less.</summary>
    public void Leave() => Interlocked.Decrement(ref _count);

    /// <summary>A phase for those who beat together, each in turn.</summary>
    public int NextPhase() => (int)((uint)Interlocked.Increment(ref _phases) % Phases);

    /// <summary>When those of a phase may beat again after a beat: about one beat later, on a raster on which the phases lie evenly.</summary>
    /// <param name="phase">From <see cref="NextPhase"/>.</param>
    /// <param name="now">Since any fixed moment.</param>
    public TimeSpan NextBeat(int phase, TimeSpan now)
    {
        var count = Volatile.Read(ref _count);
        if (count < Many)
        {
            return now;
        }

        var beat = Math.Clamp(TimeSpan.TicksPerMillisecond * count / WatchesAMillisecond, QuickestBeat.Ticks, SlowestBeat.Ticks);
        var offset = beat * phase / Phases;
        var earliest = now.Ticks + (beat / 2) - offset;
        return TimeSpan.FromTicks(((earliest + beat - 1) / beat * beat) + offset);
    }
}
