using FsCheck;
using FsCheck.Fluent;
using Naru.Controllers.Endpoints;
using Naru.Objects.Api;
using Naru.Objects.Values;

namespace Naru.Controllers.Tests.Upkeep;

/// <summary>Hints of endpoints, with several nodes in several zones.</summary>
public sealed class TopologyTests
{
    private const string Auto = """{"metadata":{"name":"s","namespace":"a","annotations":{"service.kubernetes.io/topology-mode":"Auto"}},"spec":{"selector":{"app":"s"},"ipFamilies":["IPv4"],"ports":[{"port":80}]}}""";

    [Fact]
    public async Task Auto_PodsInTwoZones_EachIsForItsOwn()
    {
        await using var harness = await UpkeepHarness.StartAsync();
        await NodeAsync(harness, "n1", "z1", "4");
        await NodeAsync(harness, "n2", "z2", "4");
        await harness.CreateAsync(UpkeepResources.Services, Auto);
        await PodAsync(harness, "p1", 1, "n1");
        await PodAsync(harness, "p2", 2, "n2");

        await harness.BecomesAsync(() => Hints(harness).SequenceEqual(["10.0.0.1 z1", "10.0.0.2 z2"]), "each is for its zone");
    }

    [Fact]
    public async Task Auto_AllPodsInOneZone_TheOtherGetsHalf_UntilItsNodeIsGone()
    {
        await using var harness = await UpkeepHarness.StartAsync();
        await NodeAsync(harness, "n1", "z1", "2");
        var second = await NodeAsync(harness, "n2", "z2", "2");
        await harness.CreateAsync(UpkeepResources.Services, Auto);
        for (var number = 1; number <= 4; number++)
        {
            await PodAsync(harness, $"p{number}", number, "n1");
        }

        await harness.BecomesAsync(() => Hints(harness).Select(static line => line.Split(' ')[1]).Order().SequenceEqual(["z1", "z1", "z2", "z2"]), "two are for the other zone");

        await harness.DeleteAsync(second);
        await harness.BecomesAsync(() => Hints(harness).All(static line => line.EndsWith(' ')), "one zone alone needs no hints");
        await harness.BecomesAsync(() => harness.Objects.List(UpkeepResources.Events).Any(static one => one.Tree.Text("reason") == "TopologyAwareHintsDisabled"), "it is told why");
    }

    [Fact]
    public async Task Auto_ANodeWithoutZone_NothingIsHinted_UntilItHasOne()
    {
        await using var harness = await UpkeepHarness.StartAsync();
        await NodeAsync(harness, "n1", "z1", "1");
        var second = await NodeAsync(harness, "n2", "", "1");
        await harness.CreateAsync(UpkeepResources.Services, Auto);
        await PodAsync(harness, "p1", 1, "n1");
        await PodAsync(harness, "p2", 2, "n2");
        await harness.BecomesAsync(() => Hints(harness).SequenceEqual(["10.0.0.1 ", "10.0.0.2 "]), "no hints");

        await harness.ChangeAsync(second, static tree => tree.MakeMap("metadata").MakeMap("labels")["topology.kubernetes.io/zone"] = "z2");

        await harness.BecomesAsync(() => Hints(harness).SequenceEqual(["10.0.0.1 z1", "10.0.0.2 z2"]), "hints");
    }

    [Theory]
    [InlineData("PreferClose", "z1 -")]
    [InlineData("PreferSameZone", "z1 -")]
    [InlineData("PreferSameNode", "z1 n1")]
    public async Task Distribution_HintsZoneAndNode(string distribution, string wanted)
    {
        await using var harness = await UpkeepHarness.StartAsync();
        await NodeAsync(harness, "n1", "z1", "1");
        await harness.CreateAsync(UpkeepResources.Services, $$$"""{"metadata":{"name":"s","namespace":"a"},"spec":{"selector":{"app":"s"},"ipFamilies":["IPv4"],"trafficDistribution":"{{{distribution}}}","ports":[{"port":80}]}}""");
        await PodAsync(harness, "p1", 1, "n1");

        await harness.BecomesAsync(
            () => Endpoints(harness).Select(static one => $"{one.Maps("hints", "forZones").FirstOrDefault()?.Text("name") ?? "-"} {one.Maps("hints", "forNodes").FirstOrDefault()?.Text("name") ?? "-"}").SequenceEqual([wanted]),
            wanted);
    }

    [Fact]
    public void Zones_HaveNoFewerThanTheirSharePermits()
    {
        var worlds = from zones in Gen.Choose(2, 4)
                     from processors in Gen.Choose(1, 16).ArrayOf(zones)
                     from places in Gen.Choose(0, zones - 1).ArrayOf().Where(static some => some.Length < 60)
                     select (processors, places);
        Prop.ForAll(worlds.ToArbitrary(), static world =>
        {
            var all = (double)world.processors.Sum();
            var shares = world.processors.Select(static (count, zone) => (count, zone)).ToDictionary(static one => $"z{one.zone}", one => one.count / all);
            List<MapValue> endpoints = [.. world.places.Select(static zone => new MapValue { ["zone"] = $"z{zone}" })];

            var problem = ZoneHints.Set(endpoints, shares);

            var hinted = endpoints.Select(static one => one.Maps("hints", "forZones").SingleOrDefault()?.Text("name")).ToList();
            return problem is null
                ? shares.All(zone => hinted.Count(name => name == zone.Key) >= (zone.Value * endpoints.Count / 1.2) - 0.001)
                : hinted.TrueForAll(static name => name is null);
        }).QuickCheckThrowOnFailure();
    }

    private static IEnumerable<MapValue> Endpoints(UpkeepHarness harness) =>
        harness.Objects.List(UpkeepResources.EndpointSlices).SelectMany(static one => one.Tree.Maps("endpoints"));

    private static IEnumerable<string> Hints(UpkeepHarness harness) =>
        Endpoints(harness).Select(static one => $"{one.List("addresses")!.Texts().Single()} {one.Maps("hints", "forZones").FirstOrDefault()?.Text("name")}").Order(StringComparer.Ordinal);

    private static Task<StoredObject> NodeAsync(UpkeepHarness harness, string name, string zone, string processors) => harness.CreateAsync(
        UpkeepResources.Nodes,
        $$$"""{"metadata":{"name":"{{{name}}}","labels":{{{(zone.Length > 0 ? $$"""{"topology.kubernetes.io/zone":"{{zone}}"}""" : "{}")}}}},"status":{"allocatable":{"cpu":"{{{processors}}}"},"conditions":[{"type":"Ready","status":"True"}]}}""");

    private static Task PodAsync(UpkeepHarness harness, string name, int number, string node) => harness.CreateAsync(
        UpkeepResources.Pods,
        $$$"""{"metadata":{"name":"{{{name}}}","namespace":"a","labels":{"app":"s"}},"spec":{"nodeName":"{{{node}}}"},"status":{"phase":"Running","podIP":"10.0.0.{{{number}}}","podIPs":[{"ip":"10.0.0.{{{number}}}"}],"conditions":[{"type":"Ready","status":"True"}]}}""");
}
