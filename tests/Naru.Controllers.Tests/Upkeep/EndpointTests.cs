using Naru.Objects.Api;
using Naru.Objects.Values;

namespace Naru.Controllers.Tests.Upkeep;

public sealed class EndpointTests
{
    private const string Selecting = """{"metadata":{"name":"s","namespace":"a","labels":{"x":"y"}},"spec":{"selector":{"app":"s"},"ipFamilies":["IPv4"],"ports":[{"name":"web","port":80,"targetPort":"http","protocol":"TCP"}]}}""";

    [Fact]
    public async Task Service_PodsReadyOrNot_StandInSliceAndEndpoints()
    {
        await using var harness = await UpkeepHarness.StartAsync();
        await harness.CreateAsync(UpkeepResources.Services, Selecting);
        await PodAsync(harness, "p1", "10.0.0.1", true);
        await PodAsync(harness, "p2", "10.0.0.2", false);
        await PodAsync(harness, "p3", "10.0.0.3", true, phase: "Succeeded");
        await PodAsync(harness, "p4", "10.0.0.4", true, app: "other");
        await harness.BecomesAsync(() => Slices(harness).Sum(static one => one.Maps("endpoints").Count()) == 2, "two endpoints");
        await harness.SettleAsync();

        var slice = Assert.Single(Slices(harness));
        Assert.Equal(["10.0.0.1 True True False", "10.0.0.2 False False False"], Lines(slice));
        Assert.Equal("s", slice.Text("metadata", "labels", "kubernetes.io/service-name"));
        Assert.Equal("endpointslice-controller.k8s.io", slice.Text("metadata", "labels", "endpointslice.kubernetes.io/managed-by"));
        Assert.Equal("y", slice.Text("metadata", "labels", "x"));
        Assert.Equal(8080, slice.Maps("ports").Single().Integer("port"));
        var subset = Assert.Single(Endpoints(harness)!.Maps("subsets"));
        Assert.Equal("10.0.0.1", subset.Maps("addresses").Single().Text("ip"));
        Assert.Equal("10.0.0.2", subset.Maps("notReadyAddresses").Single().Text("ip"));
        Assert.Equal("p2", subset.Maps("notReadyAddresses").Single().Text("targetRef", "name"));
    }

    [Fact]
    public async Task Pod_Terminating_ServesButIsNotReady()
    {
        await using var harness = await UpkeepHarness.StartAsync();
        await harness.CreateAsync(UpkeepResources.Services, Selecting);
        var pod = await PodAsync(harness, "p1", "10.0.0.1", true, finalizer: "test/hold");
        await harness.BecomesAsync(() => Slices(harness).SelectMany(Lines).Any(), "the endpoint");

        await harness.DeleteAsync(pod);
        await harness.BecomesAsync(() => Slices(harness).SelectMany(Lines).SequenceEqual(["10.0.0.1 False True True"]), "it is terminating");
        await harness.BecomesAsync(() => !Endpoints(harness)!.Maps("subsets").Any(), "Endpoints are without it");
    }

    [Fact]
    public async Task Service_PublishingNotReady_SaysReady()
    {
        await using var harness = await UpkeepHarness.StartAsync();
        var service = await harness.CreateAsync(UpkeepResources.Services, Selecting);
        await harness.ChangeAsync(service, static tree =>
        {
            tree.Map("spec")!["publishNotReadyAddresses"] = true;
            tree.Map("spec")!["clusterIP"] = "None";
        });
        await PodAsync(harness, "p1", "10.0.0.1", false);

        await harness.BecomesAsync(() => Slices(harness).SelectMany(Lines).SequenceEqual(["10.0.0.1 True False False"]), "it is published");
        await harness.BecomesAsync(() => Endpoints(harness)!.Maps("subsets").Any(static one => one.Has("addresses")), "Endpoints have it as ready");
        Assert.Equal("", Slices(harness)[0].Text("metadata", "labels", "service.kubernetes.io/headless"));
    }

    [Fact]
    public async Task Service_NamedPortDiffers_HasASliceForEach()
    {
        await using var harness = await UpkeepHarness.StartAsync();
        await harness.CreateAsync(UpkeepResources.Services, Selecting);
        await PodAsync(harness, "p1", "10.0.0.1", true);
        await PodAsync(harness, "p2", "10.0.0.2", true, port: 9090);
        await harness.BecomesAsync(() => Slices(harness).Sum(static one => one.Maps("endpoints").Count()) == 2, "two endpoints");

        Assert.Equal([8080L, 9090L], Slices(harness).Select(static one => one.Maps("ports").Single().Integer("port")!.Value).Order());
        await harness.BecomesAsync(() => Endpoints(harness)!.Maps("subsets").Count() == 2, "two subsets");
    }

    [Fact]
    public async Task Service_ManyPods_HundredASliceAndOneWriteForOneChange()
    {
        await using var harness = await UpkeepHarness.StartAsync();
        StoredObject? pod = null;
        for (var index = 0; index < 250; index++)
        {
            pod = await PodAsync(harness, $"p{index}", $"10.0.{index / 250}.{index % 250 + 1}", true);
        }

        await harness.CreateAsync(UpkeepResources.Services, Selecting);
        await harness.BecomesAsync(() => Slices(harness).Sum(static one => one.Maps("endpoints").Count()) == 250, "all endpoints");
        await harness.SettleAsync();
        Assert.Equal([50, 100, 100], Slices(harness).Select(static one => one.Maps("endpoints").Count()).Order());

        var before = harness.Objects.CountWrites("update endpointslices.discovery.k8s.io");
        await harness.DeleteAsync(pod!);
        await harness.BecomesAsync(() => Slices(harness).Sum(static one => one.Maps("endpoints").Count()) == 249, "one less");
        await harness.SettleAsync();
        Assert.Equal(before + 1, harness.Objects.CountWrites("update endpointslices.discovery.k8s.io"));
    }

    [Fact]
    public async Task Service_DualStack_HasASliceForEachFamily()
    {
        await using var harness = await UpkeepHarness.StartAsync();
        var service = await harness.CreateAsync(UpkeepResources.Services, Selecting);
        await harness.ChangeAsync(service, static tree => tree.Map("spec")!["ipFamilies"] = new ListValue(["IPv4", "IPv6"]));
        await PodAsync(harness, "p1", "10.0.0.1", true, second: "fd00::1");

        await harness.BecomesAsync(() => Slices(harness).SelectMany(Lines).Order().SequenceEqual(["10.0.0.1 True True False", "fd00::1 True True False"]), "both families");
        Assert.Equal(["IPv4", "IPv6"], Slices(harness).Select(static one => one.Text("addressType")!).Order());
    }

    [Fact]
    public async Task Service_Gone_TakesEndpointsAndSlicesAlong()
    {
        await using var harness = await UpkeepHarness.StartAsync();
        var service = await harness.CreateAsync(UpkeepResources.Services, Selecting);
        await harness.BecomesAsync(() => Slices(harness).Count == 1 && Endpoints(harness) is not null, "they are there");

        await harness.DeleteAsync(service);
        await harness.BecomesAsync(() => Slices(harness).Count == 0 && Endpoints(harness) is null, "they are gone");
    }

    [Fact]
    public async Task Endpoints_MadeByHand_AreMirrored()
    {
        await using var harness = await UpkeepHarness.StartAsync();
        await harness.CreateAsync(UpkeepResources.Services, """{"metadata":{"name":"s","namespace":"a"},"spec":{"ports":[{"port":80}]}}""");
        var endpoints = await harness.CreateAsync(UpkeepResources.Endpoints, """{"metadata":{"name":"s","namespace":"a"},"subsets":[{"addresses":[{"ip":"1.2.3.4"},{"ip":"fd00::2"}],"notReadyAddresses":[{"ip":"1.2.3.5"}],"ports":[{"port":81}]}]}""");

        await harness.BecomesAsync(() => Slices(harness).Sum(static one => one.Maps("endpoints").Count()) == 3, "all are mirrored");
        Assert.All(Slices(harness), static one => Assert.Equal("endpointslicemirroring-controller.k8s.io", one.Text("metadata", "labels", "endpointslice.kubernetes.io/managed-by")));

        await harness.ChangeAsync(endpoints, static tree => tree.Map("metadata")!["labels"] = new MapValue { ["endpointslice.kubernetes.io/skip-mirror"] = "true" });
        await harness.BecomesAsync(() => Slices(harness).Count == 0, "those that say so are not");
    }

    private static List<MapValue> Slices(UpkeepHarness harness) => [.. harness.Objects.List(UpkeepResources.EndpointSlices, "a").Select(static one => one.Tree)];

    private static MapValue? Endpoints(UpkeepHarness harness) => harness.Objects.Get(UpkeepResources.Endpoints, "a", "s")?.Tree;

    private static IEnumerable<string> Lines(MapValue slice) => slice.Maps("endpoints")
        .Select(static one => $"{one.List("addresses")!.Texts().Single()} {one.Boolean("conditions", "ready")} {one.Boolean("conditions", "serving")} {one.Boolean("conditions", "terminating")}").Order();

    private static Task<StoredObject> PodAsync(UpkeepHarness harness, string name, string address, bool ready, string app = "s", string phase = "Running", int port = 8080, string? second = null, string? finalizer = null)
    {
        var more = second is null ? "" : $",{{\"ip\":\"{second}\"}}";
        var held = finalizer is null ? "" : $$""","finalizers":["{{finalizer}}"]""";
        return harness.CreateAsync(UpkeepResources.Pods, $$$"""
            {"metadata":{"name":"{{{name}}}","namespace":"a","labels":{"app":"{{{app}}}"}{{{held}}}},"spec":{"containers":[{"name":"c","ports":[{"name":"http","containerPort":{{{port}}}}]}]},
             "status":{"phase":"{{{phase}}}","podIP":"{{{address}}}","podIPs":[{"ip":"{{{address}}}"}{{{more}}}],"conditions":[{"type":"Ready","status":"{{{ready}}}"}]}}
            """);
    }
}
