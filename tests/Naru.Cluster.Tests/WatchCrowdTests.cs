using Naru.Cluster.Watching;

namespace Naru.Cluster.Tests;

public sealed class WatchCrowdTests
{
    [Fact]
    public void Few_NeverWait()
    {
        var crowd = Of(15);

        Assert.Equal(TimeSpan.FromSeconds(7), crowd.NextBeat(crowd.NextPhase(), TimeSpan.FromSeconds(7)));
    }

    [Theory]
    [InlineData(16, 15)]
    [InlineData(600, 30)]
    [InlineData(100_000, 45)]
    public void Many_BeatEvenlyAndApart(int count, int beat)
    {
        var crowd = Of(count);
        var phases = Enumerable.Range(0, 8).Select(_ => crowd.NextPhase()).ToArray();
        Assert.Equal(8, phases.Distinct().Count());
        var length = TimeSpan.FromMilliseconds(beat);
        foreach (var phase in phases)
        {
            // After a rest of any length: neither at once nor much later than a beat. From then on a beat at a time.
            for (var now = TimeSpan.FromHours(1); now < TimeSpan.FromHours(1) + (3 * length); now += TimeSpan.FromMicroseconds(700))
            {
                var due = crowd.NextBeat(phase, now);
                Assert.InRange(due - now, length / 2, length * 3 / 2);
                Assert.Equal(length, crowd.NextBeat(phase, due) - due);
                Assert.Equal(length, crowd.NextBeat(phase, due + (length / 3)) - due);
            }
        }

        // At no moment do two phases beat together.
        var moments = phases.Select(phase => crowd.NextBeat(phase, TimeSpan.FromHours(1)).Ticks % length.Ticks).Order().ToArray();
        Assert.All(moments.Zip(moments.Skip(1)), pair => Assert.InRange(pair.Second - pair.First, (length.Ticks / 8) - 1, (length.Ticks / 8) + 1));
    }

    private static WatchCrowd Of(int count)
    {
        var crowd = new WatchCrowd();
        for (var number = 0; number < count; number++)
        {
            crowd.Join();
        }

        return crowd;
    }
}
