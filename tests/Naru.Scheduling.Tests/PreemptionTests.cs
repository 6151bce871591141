using Naru.Testing.Objects;
using static Naru.Scheduling.Tests.World;

namespace Naru.Scheduling.Tests;

public sealed class PreemptionTests
{
    [Fact]
    public void Important_TakesTheFewestAndLeastImportant()
    {
        var world = new World().Nodes(2, cpu: "2");
        world.Pod(PodTree("a", priority: 5, node: "n0"));
        world.Pod(PodTree("b", priority: 1, node: "n0"));
        world.Pod(PodTree("c", priority: 3, node: "n1"));
        world.Pod(PodTree("d", priority: 3, node: "n1"));

        var decision = world.Place(PodTree("p", priority: 10));

        Assert.Equal("n0", decision.Nominated);
        Assert.Equal("b", Assert.Single(decision.Victims).Name);
    }

    [Fact]
    public void EqualPriority_IsLeftAlone()
    {
        var world = new World().Nodes(1, cpu: "1");
        world.Pod(PodTree("a", priority: 10, node: "n0"));

        var decision = world.Place(PodTree("p", priority: 10));

        Assert.Empty(decision.Victims);
        Assert.EndsWith("preemption: 0/1 nodes are available: 1 No preemption victims found for incoming pod.", decision.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void NeverPolicy_PushesNobodyOut()
    {
        var world = new World().Nodes(1, cpu: "1");
        world.Pod(PodTree("a", node: "n0"));

        var decision = world.Place(PodTree("p", priority: 10, spec: "\"preemptionPolicy\":\"Never\""));

        Assert.Empty(decision.Victims);
        Assert.EndsWith("preemption: not eligible due to preemptionPolicy=Never.", decision.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Budget_IsKeptWhereItCanBe()
    {
        var world = new World().Nodes(2, cpu: "1");
        world.Pod(PodTree("a", node: "n0", labels: "\"app\":\"kept\""));
        world.Pod(PodTree("b", node: "n1", priority: 5));
        world.Apply(Running.Kinds.Budgets, TreeJson.Parse("""{"metadata":{"name":"b","namespace":"default"},"spec":{"selector":{"matchLabels":{"app":"kept"}}},"status":{"disruptionsAllowed":0}}"""));

        Assert.Equal("n1", world.Place(PodTree("p", priority: 10)).Nominated);
    }

    [Fact]
    public void Nominated_KeepsItsRoomUntilItComes()
    {
        var world = new World().Nodes(1, cpu: "1");
        var victim = PodTree("a", node: "n0");
        world.Pod(victim);
        Assert.Equal("n0", world.Place(PodTree("p", priority: 10)).Nominated);
        world.Delete(victim);
        world.Core.Wake();

        Assert.Null(world.Place(PodTree("small")).Node);
        world.Time.Advance(TimeSpan.FromSeconds(2));

        Assert.Equal(("p", "n0"), (world.Core.Next() is var next ? next!.Pod.Facts.Name : "", next.Node));
    }
}
