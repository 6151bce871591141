using System.Net;
using Naru.Core.Traffic;
using Naru.Traffic.Services;
using static Naru.Traffic.Tests.Services.ServiceHost;

namespace Naru.Traffic.Tests.Services;

public sealed class ServicePlanTests
{
    [Fact]
    public void Targets_AfterOneLeft_OnlyTheLastMoves()
    {
        var before = Targets(1, 2, 3, 4, 5);

        Assert.Equal(Targets(1, 5, 3, 4), TargetOrder.Arrange(before, Targets(1, 3, 4, 5)));
        Assert.Equal(Targets(1, 2, 3, 4, 5, 9), TargetOrder.Arrange(before, Targets(9, 5, 4, 3, 2, 1)));
        Assert.Equal(Targets(7, 8), TargetOrder.Arrange(before, Targets(7, 8)));
    }

    [Fact]
    public void Elements_OfAChange_AreInProportionToIt()
    {
        var owners = new ElementOwners();
        var many = ServicePlan.Of(Routes(At(Cluster, 80, [.. Targets([.. Enumerable.Range(1, 200)])])), null);
        owners.Replace("a", [], many.Elements);
        owners.Take();
        var fewer = ServicePlan.Of(Routes(At(Cluster, 80, [.. Targets([.. Enumerable.Range(1, 200).Where(static number => number != 70)])])), many);
        owners.Replace("a", many.Elements, fewer.Elements);
        var (gone, made) = owners.Take();

        // The target that left and the last one's old place; the last one's new place; how many there are; who may meet itself.
        Assert.Equal(4, gone.Count);
        Assert.Equal(2, made.Count);
    }

    [Fact]
    public void Place_OfTwoServices_IsTheFirstsUntilItGoes()
    {
        var owners = new ElementOwners();
        ServiceElement[] first = [new("set", "key", "one")], second = [new("set", "key", "two")];
        owners.Replace("a", [], first);
        owners.Replace("b", [], second);
        Assert.Equal("one", Assert.Single(owners.Take().New).Value);
        owners.Replace("a", first, []);
        var (gone, made) = owners.Take();
        Assert.Equal(("one", "two"), (Assert.Single(gone).Value, Assert.Single(made).Value));
        owners.Replace("b", second, []);
        Assert.Equal("two", Assert.Single(owners.Take().Gone).Value);
        Assert.Equal(0, owners.Count);
    }

    [Fact]
    public void Sources_WithinOthers_AreNotNamed()
    {
        var frontend = At(Cluster, 80, Targets(1)[0]) with { IsExternal = true, Sources = [IPNetwork.Parse("10.1.0.0/16"), IPNetwork.Parse("10.0.0.0/8"), IPNetwork.Parse("fd00::/8")] };
        var named = ServicePlan.Of(Routes(frontend), null).Elements.Where(static one => one.Set == "sources4").Select(static one => one.Key);

        Assert.Equal([$"{Cluster} . tcp . 80 . 10.0.0.0/8"], named);
    }

    private static List<ServiceTarget> Targets(params int[] numbers) => [.. numbers.Select(static number => new ServiceTarget(IPAddress.Parse($"10.244.{number / 256}.{number % 256}"), 80, IsHere: true))];
}
