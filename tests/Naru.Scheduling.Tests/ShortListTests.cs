using static Naru.Scheduling.Tests.World;

namespace Naru.Scheduling.Tests;

/// <summary>Pods of one class that are decided on one after the other, so that one look at the nodes serves many.</summary>
public sealed class ShortListTests
{
    [Fact]
    public void EqualPods_FillEveryNode_AndNoneTooFar()
    {
        var world = new World().Nodes(100, cpu: "3");
        Arrive(world, 0, 301);

        var placed = Decide(world);

        Assert.Equal(301, placed.Count);
        Assert.Equal(1, placed.Count(static one => one is null));
        Assert.All(placed.OfType<string>().GroupBy(static one => one), static node => Assert.Equal(3, node.Count()));
    }

    [Fact]
    public void EqualPods_GoEvenlyOverNodes()
    {
        var world = new World().Nodes(200, cpu: "16");
        Arrive(world, 0, 400);

        var counts = Decide(world).GroupBy(static one => one).Select(static node => node.Count()).ToList();

        Assert.Equal(200, counts.Count);
        Assert.True(counts.Max() <= 3, $"{counts.Max()} pods are on one node");
    }

    [Fact]
    public void ANodeThatClosesInBetween_TakesNoMore()
    {
        var world = new World().Nodes(100, cpu: "64");
        Arrive(world, 0, 4);
        Decide(world);
        for (var node = 1; node < 100; node++)
        {
            world.Node(NodeTree($"n{node}", cpu: "64", unschedulable: true));
        }

        Arrive(world, 4, 8);

        Assert.All(Decide(world), static node => Assert.Equal("n0", node));
    }

    private static void Arrive(World world, int from, int to)
    {
        for (var number = from; number < to; number++)
        {
            world.Pod(PodTree($"p{number:000}"));
        }
    }

    private static List<string?> Decide(World world)
    {
        var nodes = new List<string?>();
        while (world.Core.Next() is { } decision)
        {
            nodes.Add(decision.Node);
        }

        return nodes;
    }
}
