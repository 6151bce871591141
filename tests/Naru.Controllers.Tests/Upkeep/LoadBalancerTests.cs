using System.Net;
using Naru.Controllers.Endpoints;
using Naru.Controllers.Services;
using Naru.Objects.Values;
using Naru.Testing.Running;

namespace Naru.Controllers.Tests.Upkeep;

public sealed class LoadBalancerTests
{
    private static readonly ControllersOptions Two = new() { LoadBalancerRanges = ["192.0.2.8-192.0.2.9"] };

    [Fact]
    public async Task Services_TakeAddressesAndWaitForAFreeOne()
    {
        await using var harness = await UpkeepHarness.StartAsync(Two);
        foreach (var name in new[] { "a", "b" })
        {
            await MakeAsync(harness, name);
            await Eventually.BecomesAsync(() => AddressOf(harness, name) is not null, $"{name} has an address");
        }

        Assert.Equal(["192.0.2.8", "192.0.2.9"], new[] { AddressOf(harness, "a"), AddressOf(harness, "b") }.Order());
        await MakeAsync(harness, "c");
        await harness.Objects.DeleteAsync(UpkeepResources.Services, "default", "a", new Naru.Objects.Api.DeleteOptions(), CancellationToken.None);
        await Eventually.BecomesAsync(
            () =>
            {
                harness.Time.Advance(TimeSpan.FromSeconds(6));
                return AddressOf(harness, "c") == "192.0.2.8";
            },
            "the third has the first's address");
    }

    [Fact]
    public async Task Service_OfAnotherClass_IsLeftAlone()
    {
        await using var harness = await UpkeepHarness.StartAsync(Two);
        await MakeAsync(harness, "theirs", ""","loadBalancerClass":"example.org/theirs" """);
        await MakeAsync(harness, "ours");
        await Eventually.BecomesAsync(() => AddressOf(harness, "ours") is not null, "ours has an address");
        Assert.Null(AddressOf(harness, "theirs"));
    }

    [Fact]
    public async Task Service_ThatAsksForAnAddress_GetsIt()
    {
        await using var harness = await UpkeepHarness.StartAsync(Two);
        await MakeAsync(harness, "a", ""","loadBalancerIP":"192.0.2.9" """);
        await Eventually.BecomesAsync(() => AddressOf(harness, "a") == "192.0.2.9", "it has the address");
    }

    [Theory]
    [InlineData("192.0.2.0/30", "192.0.2.1", "192.0.2.2")]
    [InlineData("192.0.2.7", "192.0.2.7")]
    [InlineData("192.0.2.4/31", "192.0.2.4", "192.0.2.5")]
    [InlineData("192.0.2.9-192.0.2.11", "192.0.2.9", "192.0.2.10", "192.0.2.11")]
    public void Pool_GivesOutWhatItNames(string text, params string[] wanted)
    {
        var pool = new BalancerPool([text]);
        var given = new HashSet<IPAddress>();
        while (pool.Choose("IPv4", address => !given.Contains(address)) is { } next)
        {
            given.Add(next);
        }

        Assert.Equal(wanted, given.Select(static address => address.ToString()));
        Assert.All(given, address => Assert.True(pool.Contains(address)));
        Assert.False(pool.Contains(IPAddress.Parse("192.0.2.100")));
        Assert.Null(pool.Choose("IPv6", static _ => true));
    }

    [Theory]
    [InlineData("PreferSameZone", true, false)]
    [InlineData("PreferClose", true, false)]
    [InlineData("PreferSameNode", true, true)]
    [InlineData(null, false, false)]
    public void Hints_SayWhomAnEndpointIsFor(string? distribution, bool hasZone, bool hasNode)
    {
        var endpoint = new MapValue { ["zone"] = "z", ["nodeName"] = "n" };
        EndpointHints.Set(endpoint, distribution);
        Assert.Equal(hasZone ? "z" : null, endpoint.Maps("hints", "forZones").FirstOrDefault()?.Text("name"));
        Assert.Equal(hasNode ? "n" : null, endpoint.Maps("hints", "forNodes").FirstOrDefault()?.Text("name"));
    }

    private static Task MakeAsync(UpkeepHarness harness, string name, string more = "") =>
        harness.CreateAsync(UpkeepResources.Services, $$$"""{"metadata":{"name":"{{{name}}}","namespace":"default"},"spec":{"type":"LoadBalancer","ipFamilies":["IPv4"],"ports":[{"port":80}]{{{more}}}}}""");

    private static string? AddressOf(UpkeepHarness harness, string name) =>
        harness.Objects.Get(UpkeepResources.Services, "default", name)?.Tree.Maps("status", "loadBalancer", "ingress").FirstOrDefault()?.Text("ip");
}
