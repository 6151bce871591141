using Microsoft.Extensions.Time.Testing;
using Naru.Agent.Events;

namespace Naru.Agent.Tests.Running;

public sealed class EventFloodTests
{
    [Fact]
    public void Things_GetABurstThenOneEventInFiveMinutes()
    {
        var time = new FakeTimeProvider();
        var flood = new EventFlood(time);

        Assert.Equal(25, Enumerable.Range(0, 40).Count(_ => flood.Admits("pod")));
        Assert.True(flood.Admits("other"));
        time.Advance(TimeSpan.FromMinutes(5));
        Assert.True(flood.Admits("pod"));
        Assert.False(flood.Admits("pod"));
    }

    [Fact]
    public void Messages_ThatDifferInWordsAlone_BecomeOne()
    {
        var flood = new EventFlood(new FakeTimeProvider());
        for (var number = 0; number < 10; number++)
        {
            Assert.Equal($"failed {number}", flood.Word("pod|Failed", $"failed {number}").Message);
        }

        var (key, message) = flood.Word("pod|Failed", "failed 10");

        Assert.Equal("(combined from similar events): failed 10", message);
        Assert.Equal(key, flood.Word("pod|Failed", "failed 11").Key);
        Assert.Equal("failed 3", flood.Word("pod|Failed", "failed 3").Message);
        Assert.Equal("failed 10", flood.Word("other|Failed", "failed 10").Message);
    }
}
