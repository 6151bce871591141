using Microsoft.Extensions.Time.Testing;
using Naru.Scheduling.Queueing;
using Naru.Scheduling.Running;
using static Naru.Scheduling.Tests.World;

namespace Naru.Scheduling.Tests;

public sealed class UntoldPodsTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly UntoldPods _untold;
    private readonly QueuedPod _pod;

    public UntoldPodsTests()
    {
        _untold = new(_time);
        var core = new SchedulingCore(new(), _time, static _ => []);
        _pod = new(core.Read(Naru.Objects.Json.JsonText.ToBytes(PodTree("p")), () => PodTree("p")), 1);
    }

    [Fact]
    public void Decisions_NewestCounts_AndOnlyOfThoseThatStillWait()
    {
        _untold.Set(new(_pod) { Message = "no room" });
        _untold.Set(new(_pod) { Message = "no port" });

        Assert.Empty(_untold.Take(static _ => false));
        _untold.Set(new(_pod) { Message = "no port" });
        Assert.Equal("no port", Assert.Single(_untold.Take(static _ => true)).Message);
        Assert.Empty(_untold.Take(static _ => true));
    }

    [Fact]
    public void Decision_ThatThePodKnows_TakesTheUntoldOneBack()
    {
        _pod.Told = "no room";
        _untold.Set(new(_pod) { Message = "no port" });
        _untold.Set(new(_pod) { Message = "no room" });

        Assert.Empty(_untold.Take(static _ => true));
    }

    [Fact]
    public void Untold_AfterASecond_IsOverdue()
    {
        Assert.False(_untold.IsOverdue);
        _untold.Set(new(_pod) { Message = "no room" });
        Assert.False(_untold.IsOverdue);

        _time.Advance(TimeSpan.FromSeconds(1));

        Assert.True(_untold.IsOverdue);
    }
}
