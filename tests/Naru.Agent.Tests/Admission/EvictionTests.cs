using Naru.Agent.Eviction;
using Naru.Agent.Pods;
using Naru.Agent.Tests.Pods;
using Naru.Objects.Values;

namespace Naru.Agent.Tests.Admission;

public sealed class EvictionTests
{
    [Fact]
    public void Choice_PrefersUseBeyondRequestsThenLowPriorityThenMostBeyond()
    {
        var modest = Pod("modest", 0, used: 50, asked: 100);
        var important = Pod("important", 100, used: 300, asked: 100);
        var greedy = Pod("greedy", 0, used: 200, asked: 100);
        var greedier = Pod("greedier", 0, used: 250, asked: 100);
        var critical = Pod("critical", 2_000_000_000, used: 900, asked: 0);

        List<string> order = [];
        List<PodPressure> left = [critical, modest, important, greedy, greedier];
        while (EvictionOrder.Choose(left) is { } next)
        {
            order.Add(next.Pod.Uid);
            left.Remove(next);
        }

        Assert.Equal(["greedier", "greedy", "important", "modest"], order);
    }

    [Fact]
    public void Message_NamesWhatIsShortAndWhoUsesMore()
    {
        var pod = Pod("p", 0, used: 200 << 20, asked: 64 << 20) with { Containers = [("c", 200 << 20, "64Mi"), ("small", 1 << 20, "10Mi")] };

        var end = EvictionOrder.EndOf(pod, "memory", 100 << 20, 61 << 20);

        Assert.Equal("Evicted", end.Reason);
        Assert.Equal("The node was low on resource: memory. Threshold quantity: 100Mi, available: 61Mi. Container c was using 200Mi, request is 64Mi, has larger consumption of memory. ", end.Message);
    }

    [Theory]
    [InlineData(1 << 20, 0, null)]
    [InlineData((1 << 20) + 1, 0, "Usage of EmptyDir volume \"v\" exceeds the limit \"1Mi\". ")]
    [InlineData(0, (2 << 20) + 1, "Pod ephemeral local storage usage exceeds the total limit of containers 2Mi. ")]
    public void Storage_BeyondALimit_EndsThePod(long volume, long writable, string? message)
    {
        var pod = PodFixture.Pod("""{"volumes":[{"name":"v","emptyDir":{"sizeLimit":"1Mi"}}],"containers":[{"name":"c","resources":{"limits":{"ephemeral-storage":"2Mi"}}}]}""");

        var end = StorageLimits.Check(pod, new Dictionary<string, long> { ["v"] = volume }, new Dictionary<string, long> { ["c"] = writable });

        Assert.True(StorageLimits.Has(pod));
        Assert.Equal(message, end?.Message);
    }

    [Fact]
    public void Storage_OfOneContainerBeyondItsLimit_EndsThePod()
    {
        var pod = PodFixture.Pod("""{"containers":[{"name":"c","resources":{"limits":{"ephemeral-storage":"2Mi"}}},{"name":"d"}]}""");

        var end = StorageLimits.Check(pod, new Dictionary<string, long>(), new Dictionary<string, long> { ["c"] = 3 << 20, ["d"] = 100 << 20 });

        Assert.Equal("Container c exceeded its local ephemeral storage limit \"2Mi\". ", end?.Message);
    }

    private static PodPressure Pod(string uid, long priority, long used, long asked)
    {
        var tree = PodFixture.Pod($$"""{"priority":{{priority}},"containers":[{"name":"c"}]}""").Tree;
        tree.Map("metadata")!["uid"] = new TextValue(uid);
        return new PodPressure(new PodView(tree), used, asked, []);
    }
}
