using System.Collections.Immutable;
using Naru.Core.Containers;
using Naru.Core.Errors;
using Naru.Core.Networks;
using Naru.Traffic.Tests.Fixtures;

namespace Naru.Traffic.Tests.Networks;

public sealed class NetworkTests
{
    [Fact]
    public async Task Start_Fresh_HasThePredefinedNetworks()
    {
        await using var host = await new TrafficHost().StartAsync();
        Assert.Equal(["bridge", "host", "none"], host.Networks.List().Select(network => network.Spec.Name).Order());
        var bridge = host.Networks.Get("bridge");
        Assert.Equal(("172.17.0.0/16", "172.17.0.1", "naru0a1b2c3d"), (bridge.Spec.Pools[0].Subnet, bridge.Spec.Pools[0].Gateway, bridge.Interface));
        Assert.Equal("null", host.Networks.Get("none").Spec.Driver);
        foreach (var name in new[] { "bridge", "host", "none" })
        {
            Assert.Equal($"{name} is a pre-defined network and cannot be removed", (await RefusedAsync(() => host.Networks.RemoveAsync(name, default))).Message);
        }
    }

    [Fact]
    public async Task Create_ThenRemove_ComesAndGoesWithItsBridge()
    {
        await using var host = await new TrafficHost().StartAsync();
        var (made, _) = await host.Networks.CreateAsync(new NetworkSpec { Name = "mine" }, default);
        Assert.Contains(host.Links(), link => link.Name == $"br-{made.Id[..12]}" && link.Kind == "bridge");
        Assert.Equal("172.18.0.0/16", made.Spec.Pools[0].Subnet);
        Assert.Equal(made.Id, host.Networks.Get(made.Id[..10]).Id);
        Assert.Equal(ErrorKind.Conflict, (await RefusedAsync(() => host.Networks.CreateAsync(new NetworkSpec { Name = "mine" }, default))).Kind);
        await host.Networks.RemoveAsync("mine", default);
        Assert.DoesNotContain(host.Links(), link => link.Name == $"br-{made.Id[..12]}");
        Assert.Equal("network mine not found", (await RefusedAsync(() => host.Networks.RemoveAsync("mine", default))).Message);
        Assert.Equal(["create", "destroy"], host.Events.Actions);
        Assert.DoesNotContain("172.18", host.Nft("list ruleset"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Create_DriverOptions_AreHonoured()
    {
        await using var host = await new TrafficHost().StartAsync();
        var options = ImmutableSortedDictionary<string, string>.Empty.Add("com.docker.network.bridge.name", "br-named").Add("com.docker.network.driver.mtu", "1380").Add("com.docker.network.bridge.enable_ip_masquerade", "false");
        await host.Networks.CreateAsync(new NetworkSpec { Name = "mine", Options = options, Pools = [new IpamPool { Subnet = "10.8.0.0/24", IpRange = "10.8.0.64/26", Gateway = "10.8.0.9", Auxiliary = ImmutableSortedDictionary<string, string>.Empty.Add("printer", "10.8.0.64") }] }, default);
        Assert.Contains(host.Links(), link => link.Name == "br-named" && link.Mtu == 1380);
        Assert.DoesNotContain("10.8.0.0", host.Nft("list ruleset"), StringComparison.Ordinal);
        var guest = await host.RunAsync("a", new ContainerNetworkSpec { Mode = "mine" });
        Assert.Equal(("10.8.0.65", "10.8.0.9"), (guest.Address, guest.Place("mine").Gateway));
        Assert.Equal(ErrorKind.PermissionDenied, (await RefusedAsync(() => host.Networks.CreateAsync(new NetworkSpec { Name = "again", Options = options }, default))).Kind);
    }

    [Theory]
    [InlineData("10.8.0.0/24", "10.8.0.0/25")]
    [InlineData("10.8.0.0/24", "10.0.0.0/8")]
    public async Task Create_Overlapping_IsRefusedInDockersWords(string first, string second)
    {
        await using var host = await new TrafficHost().StartAsync();
        await host.Networks.CreateAsync(new NetworkSpec { Name = "one", Pools = [new IpamPool { Subnet = first }] }, default);
        var refused = await RefusedAsync(() => host.Networks.CreateAsync(new NetworkSpec { Name = "two", Pools = [new IpamPool { Subnet = second }] }, default));
        Assert.Equal(ErrorKind.PermissionDenied, refused.Kind);
        Assert.Contains("Pool overlaps with other one on this address space", refused.Message, StringComparison.Ordinal);
        Assert.Null(host.Networks.Find("two"));
    }

    [Fact]
    public async Task Create_PoolThatTheHostRoutes_IsRefusedToWhomItMustBeFree()
    {
        await using var host = await new TrafficHost().StartAsync();
        var spec = new NetworkSpec { Name = "one", NeedsFreePools = true, Pools = [new IpamPool { Subnet = "198.51.100.0/25" }] };
        Assert.Equal(ErrorKind.PermissionDenied, (await RefusedAsync(() => host.Networks.CreateAsync(spec, default))).Kind);
        await host.Networks.CreateAsync(spec with { Pools = [new IpamPool { Subnet = "10.8.0.0/24" }] }, default);
    }

    [Fact]
    public async Task Create_PoolWithHostBits_TakesTheNetworkItLiesIn()
    {
        await using var host = await new TrafficHost().StartAsync();
        await host.Networks.CreateAsync(new NetworkSpec { Name = "one", Pools = [new IpamPool { Subnet = "10.8.0.5/24" }] }, default);
        var refused = await RefusedAsync(() => host.Networks.CreateAsync(new NetworkSpec { Name = "two", Pools = [new IpamPool { Subnet = "10.8.0.0/25" }] }, default));
        Assert.Equal(ErrorKind.PermissionDenied, refused.Kind);
    }

    [Theory]
    [InlineData("nonsense", "", "", ErrorKind.InvalidArgument)]
    [InlineData("10.0.0.0/24", "10.1.0.0/25", "", ErrorKind.InvalidArgument)]
    [InlineData("10.0.0.0/24", "", "10.1.0.1", ErrorKind.InvalidArgument)]
    [InlineData("10.0.0.0/99", "", "", ErrorKind.InvalidArgument)]
    [InlineData("", "10.0.0.0/25", "", ErrorKind.InvalidArgument)]
    public async Task Create_BadPool_ChangesNothing(string subnet, string range, string gateway, ErrorKind kind)
    {
        await using var host = await new TrafficHost().StartAsync();
        var links = host.Links().Count;
        var refused = await RefusedAsync(() => host.Networks.CreateAsync(new NetworkSpec { Name = "bad", Pools = [new IpamPool { Subnet = subnet, IpRange = range, Gateway = gateway }] }, default));
        Assert.Equal(kind, refused.Kind);
        Assert.Equal(links, host.Links().Count);
    }

    [Theory]
    [InlineData("", "bridge", ErrorKind.InvalidArgument)]
    [InlineData("host", "bridge", ErrorKind.PermissionDenied)]
    [InlineData("a/b", "bridge", ErrorKind.InvalidArgument)]
    [InlineData("x", "nosuch", ErrorKind.NotFound)]
    [InlineData("x", "host", ErrorKind.PermissionDenied)]
    [InlineData("x", "overlay", ErrorKind.Unavailable)]
    public async Task Create_BadNameOrDriver_IsRefused(string name, string driver, ErrorKind kind)
    {
        await using var host = await new TrafficHost().StartAsync();
        Assert.Equal(kind, (await RefusedAsync(() => host.Networks.CreateAsync(new NetworkSpec { Name = name, Driver = driver }, default))).Kind);
    }

    [Fact]
    public async Task Remove_WithEndpoints_IsRefusedUntilTheyAreGone()
    {
        await using var host = await new TrafficHost().StartAsync();
        await host.Networks.CreateAsync(new NetworkSpec { Name = "mine" }, default);
        var guest = await host.RunAsync("a", new ContainerNetworkSpec { Mode = "mine" });
        Assert.Equal("a", host.Networks.Get("mine").Endpoints[guest.Request.Container].ContainerName);
        Assert.Contains("has active endpoints", (await RefusedAsync(() => host.Networks.RemoveAsync("mine", default))).Message, StringComparison.Ordinal);
        Assert.Empty(await host.Networks.PruneAsync(_ => true, default));
        await guest.StopAsync();
        Assert.Equal(["mine"], await host.Networks.PruneAsync(_ => true, default));
    }

    [Fact]
    public async Task ConfigFrom_Template_GivesItsPoolsAndOptions()
    {
        await using var host = await new TrafficHost().StartAsync();
        await host.Networks.CreateAsync(new NetworkSpec { Name = "template", ConfigOnly = true, Pools = [new IpamPool { Subnet = "10.9.0.0/24" }] }, default);
        var (made, _) = await host.Networks.CreateAsync(new NetworkSpec { Name = "mine", ConfigFrom = "template" }, default);
        Assert.Equal("10.9.0.0/24", made.Spec.Pools[0].Subnet);
        Assert.Contains("in use by network mine", (await RefusedAsync(() => host.Networks.RemoveAsync("template", default))).Message, StringComparison.Ordinal);
        Assert.Equal(ErrorKind.PermissionDenied, (await RefusedAsync(() => host.RunAsync("a", new ContainerNetworkSpec { Mode = "template" }))).Kind);
    }

    [Fact]
    public async Task Macvlan_WithoutParent_IsAnIslandOfItsOwn()
    {
        await using var host = await new TrafficHost().StartAsync();
        await host.Networks.CreateAsync(new NetworkSpec { Name = "island", Driver = "macvlan" }, default);
        var a = await host.RunAsync("a", new ContainerNetworkSpec { Mode = "island" });
        var b = await host.RunAsync("b", new ContainerNetworkSpec { Mode = "island" });
        using var service = b.ServeTcp(80);
        Assert.Equal(a.Address, a.Inside(() => Ask.Tcp(b.Address, 80)));
        Assert.Equal([b.Address], a.Inside(() => Names.Resolver.Ask("b")).Addresses);
        var links = host.Links().Count;
        await a.StopAsync();
        await b.StopAsync();
        await host.Networks.RemoveAsync("island", default);
        Assert.True(host.Links().Count < links);
        Assert.Contains("parent interface was not found", (await RefusedAsync(() => host.Networks.CreateAsync(new NetworkSpec { Name = "x", Driver = "macvlan", Options = ImmutableSortedDictionary<string, string>.Empty.Add("parent", "nosuch0") }, default))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Ipvlan_WorksOrIsRefusedClearly()
    {
        await using var host = await new TrafficHost().StartAsync();
        var spec = new NetworkSpec { Name = "ip", Driver = "ipvlan", Options = ImmutableSortedDictionary<string, string>.Empty.Add("parent", "wan0") };
        try
        {
            await host.Networks.CreateAsync(spec, default);
            Assert.NotEmpty((await host.RunAsync("a", new ContainerNetworkSpec { Mode = "ip" })).Address);
        }
        catch (NaruException refused)
        {
            Assert.Equal((ErrorKind.NotImplemented, "this host's kernel has no ipvlan"), (refused.Kind, refused.Message));
            Assert.Null(host.Networks.Find("ip"));
        }
    }

    [Fact]
    public async Task TwoInstances_OnOneHost_DoNotCollide()
    {
        await using var host = await new TrafficHost().StartAsync(instance: "11111111");
        var first = host.Networks.Get("bridge");
        var a = await host.RunAsync("a", new ContainerNetworkSpec { Bindings = [Ports.PublishingTests.Binding(8080, 80)] });
        await host.StartAsync(instance: "22222222");
        var second = host.Networks.Get("bridge");
        Assert.NotEqual(first.Interface, second.Interface);
        Assert.NotEqual(first.Spec.Pools[0].Subnet, second.Spec.Pools[0].Subnet);
        Assert.Contains("8080 failed: port is already allocated", (await RefusedAsync(() => host.RunAsync("b", new ContainerNetworkSpec { Bindings = [Ports.PublishingTests.Binding(8080, 80)] }))).Message, StringComparison.Ordinal);
        var b = await host.RunAsync("b");
        using var service = a.ServeTcp(80);
        Assert.Equal("timeout", b.Inside(() => Ask.Tcp(a.Address, 80)));
        Assert.Contains(host.Links(), link => link.Name == first.Interface);
    }

    private static async Task<NaruException> RefusedAsync(Func<Task> work) => await Assert.ThrowsAsync<NaruException>(work);
}
