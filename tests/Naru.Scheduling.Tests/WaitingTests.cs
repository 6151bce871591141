using Naru.Scheduling.Queueing;
using Naru.Scheduling.Running;
using static Naru.Scheduling.Tests.World;

namespace Naru.Scheduling.Tests;

/// <summary>Refused pods wait in lines: something happens to the first, and those behind it follow.</summary>
public sealed class WaitingTests
{
    private static readonly TimeSpan LongEnough = TimeSpan.FromMinutes(1);

    [Fact]
    public void Line_RoomForSome_FirstOnesGetItAndTheRestIsNotTried()
    {
        var world = Refused(50);
        world.Time.Advance(LongEnough);
        world.Node(NodeTree("some", cpu: "3"));
        world.Core.Wake();

        Assert.Equal(["p00", "p01", "p02"], Placed(world, out var tries));
        Assert.Equal(4, tries);
        Assert.Equal(47, world.Core.Queue.Count(WaitingFor.Change));

        world.Time.Advance(LongEnough);
        world.Node(NodeTree("rest", cpu: "100", memory: "100Gi"));
        world.Core.Wake();
        Assert.Equal(47, Placed(world, out _).Count);
    }

    [Fact]
    public void Line_TheWokenOneGoes_TheNextTakesItsTurn()
    {
        var world = Refused(3);
        world.Time.Advance(LongEnough);
        world.Node(NodeTree("one", cpu: "1"));
        world.Core.Wake();
        world.Delete(PodTree("p00"));

        Assert.Equal(["p01"], Placed(world, out _));
    }

    [Fact]
    public void Line_TheFirstOneMustWait_AnotherIsTriedAtOnce()
    {
        var world = Refused(2);
        world.Time.Advance(LongEnough);
        world.Node(NodeTree("small", cpu: "500m"));
        world.Core.Wake();
        Assert.Empty(Placed(world, out _));
        world.Node(NodeTree("half", cpu: "800m"));
        world.Core.Wake();
        world.Node(NodeTree("one", cpu: "1"));
        world.Core.Wake();

        Assert.Single(Placed(world, out _));
    }

    [Fact]
    public void BindingFails_TheRoomIsOfferedToTheNext()
    {
        var world = Refused(2);
        world.Time.Advance(LongEnough);
        world.Node(NodeTree("one", cpu: "1"));
        world.Core.Wake();
        var decision = world.Core.Next()!;
        Assert.Equal("one", decision.Node);

        world.Core.Rollback(decision.Pod, gone: false);

        Assert.Equal(["p01"], Placed(world, out _));
    }

    // So many equal pods and no room for one.
    private static World Refused(int count)
    {
        var world = new World().Nodes(1, cpu: "500m");
        for (var number = 0; number < count; number++)
        {
            world.Pod(PodTree($"p{number:00}"));
        }

        Assert.Empty(Placed(world, out _));
        Assert.Equal(count, world.Core.Queue.Count(WaitingFor.Change));
        return world;
    }

    private static List<string> Placed(World world, out int tries)
    {
        var placed = new List<string>();
        for (tries = 0; world.Core.Next() is { } decision; tries++)
        {
            if (decision.Node is not null)
            {
                placed.Add(decision.Pod.Facts.Name);
            }
        }

        return placed;
    }
}
