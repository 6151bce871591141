using System.Collections.Immutable;
using System.Diagnostics;
using System.Net;
using System.Net.NetworkInformation;
using Naru.Core.Containers;
using Naru.Core.Errors;
using Naru.Core.Networks;
using Naru.Linux.Namespaces;
using Naru.Linux.Netlink;
using Naru.Traffic.Tests.Fixtures;

namespace Naru.Traffic.Tests.Sandboxes;

public sealed class SandboxTests
{
    [Fact]
    public async Task SetUp_DefaultBridge_ReachesGatewayNeighbourAndOutside()
    {
        await using var host = await new TrafficHost().StartAsync();
        var a = await host.RunAsync("a");
        var b = await host.RunAsync("b");
        Assert.Equal("172.17.0.2", a.Place("bridge").IPv4Address);
        Assert.Equal("172.17.0.1", a.Place("bridge").Gateway);
        Assert.Equal("02:42:ac:11:00:02", a.Place("bridge").MacAddress);
        using var service = b.ServeTcp(80);
        Assert.Equal(a.Address, a.Inside(() => Ask.Tcp(b.Address, 80)));
        Assert.Equal(IPStatus.Success, a.Inside(() => new Ping().Send("172.17.0.1", 10_000).Status));
        Assert.Equal(IPStatus.Success, a.Inside(() => new Ping().Send(TrafficHost.OutsideAddress, 10_000).Status));
        Assert.Equal(["connect", "connect"], host.Events.Actions.Where(action => action == "connect"));
    }

    [Fact]
    public async Task SetUp_UsersOfItsOwn_OwnTheNetworkAndGoWithIt()
    {
        await using var host = await new TrafficHost().StartAsync();
        var neighbour = await host.RunAsync("b");
        var request = host.Request("a") with { Users = new UserMapping(1_878_100_000, 65536) };
        var made = await host.Sandboxes.SetUpAsync(request, CancellationToken.None);
        Assert.True(NetworkNamespace.IsBound(made.NamespacePath));
        Assert.True(NetworkNamespace.IsBound(made.UserNamespacePath));
        using (var inside = NetworkNamespace.Open(made.NamespacePath))
        using (neighbour.ServeTcp(80))
        {
            Assert.Equal(made.Endpoints["bridge"].IPv4Address, host.Threads.Run(inside, () => Ask.Tcp(neighbour.Address, 80)));
        }

        await host.KillAsync();
        await host.StartAsync();
        var adopted = await host.Sandboxes.AdoptAsync([request], CancellationToken.None);
        Assert.Equal(made.UserNamespacePath, adopted[request.Container].UserNamespacePath);
        Assert.True(NetworkNamespace.IsBound(made.UserNamespacePath));

        await host.Sandboxes.TearDownAsync(request.Container, CancellationToken.None);
        Assert.False(File.Exists(made.NamespacePath));
        Assert.False(File.Exists(made.UserNamespacePath));
    }

    [Fact]
    public async Task SetUp_None_HasLoopbackOnly()
    {
        await using var host = await new TrafficHost().StartAsync();
        var guest = await host.RunAsync("a", new ContainerNetworkSpec { Mode = "none" });
        Assert.Equal("", guest.Place("none").IPv4Address);
        var links = guest.Inside(() =>
        {
            using var routes = RouteSocket.Open();
            return routes.ListLinks().Where(link => link.IsUp).Select(link => link.Name).ToList();
        });
        Assert.Equal(["lo"], links);
    }

    [Fact]
    public async Task SetUp_Host_HasNoNamespaceAndTheHostsFiles()
    {
        await using var host = await new TrafficHost().StartAsync();
        var request = host.Request("a", new ContainerNetworkSpec { Mode = "host", ExtraHosts = ["db:10.1.1.1"] });
        var made = await host.Sandboxes.SetUpAsync(request, CancellationToken.None);
        Assert.Equal("", made.NamespacePath);
        Assert.NotEmpty(made.Endpoints["host"].Id);
        Assert.Contains("thehost", File.ReadAllText(made.HostsPath), StringComparison.Ordinal);
        Assert.Contains("10.1.1.1\tdb", File.ReadAllText(made.HostsPath), StringComparison.Ordinal);
        Assert.Contains("nameserver 198.51.100.2", File.ReadAllText(made.ResolvConfPath), StringComparison.Ordinal);
    }

    [Fact]
    public async Task SetUp_UnknownNetwork_SaysSoAndLeavesNothing()
    {
        await using var host = await new TrafficHost().StartAsync();
        var refused = await Assert.ThrowsAsync<NaruException>(() => host.RunAsync("a", new ContainerNetworkSpec { Mode = "nosuch" }));
        Assert.Equal((ErrorKind.NotFound, "network nosuch not found"), (refused.Kind, refused.Message));
        Assert.Equal("172.17.0.2", (await host.RunAsync("b")).Address);
    }

    [Fact]
    public async Task Isolation_TwoNetworks_CannotReachEachOther()
    {
        await using var host = await new TrafficHost().StartAsync();
        await host.Networks.CreateAsync(new NetworkSpec { Name = "one" }, CancellationToken.None);
        await host.Networks.CreateAsync(new NetworkSpec { Name = "two" }, CancellationToken.None);
        var a = await host.RunAsync("a", new ContainerNetworkSpec { Mode = "one" });
        var b = await host.RunAsync("b", new ContainerNetworkSpec { Mode = "two" });
        using var service = b.ServeTcp(80);
        Assert.Equal("timeout", a.Inside(() => Ask.Tcp(b.Address, 80)));
        Assert.Equal("timeout", host.FromOutside(() =>
        {
            using var routes = RouteSocket.Open();
            routes.Execute(batch => batch.SetRoute(new RouteInfo(IPAddress.Parse("172.16.0.0"), 12, IPAddress.Parse(TrafficHost.HostAddress), routes.GetLinkOrThrow("wan0").Index, 0)));
            return Ask.Tcp(b.Address, 80);
        }));
    }

    [Fact]
    public async Task Internal_Network_HasNoWayOut()
    {
        await using var host = await new TrafficHost().StartAsync();
        await host.Networks.CreateAsync(new NetworkSpec { Name = "inner", Internal = true }, CancellationToken.None);
        var a = await host.RunAsync("a", new ContainerNetworkSpec { Mode = "inner" });
        var b = await host.RunAsync("b", new ContainerNetworkSpec { Mode = "inner" });
        using var service = b.ServeTcp(80);
        Assert.Equal(a.Address, a.Inside(() => Ask.Tcp(b.Address, 80)));
        Assert.Equal("", a.Place("inner").Gateway);
        Assert.NotEqual(IPStatus.Success, a.Inside(() =>
        {
            using var routes = RouteSocket.Open();
            routes.Execute(batch => batch.SetRoute(new RouteInfo(IPAddress.Any, 0, IPAddress.Parse("172.18.0.1"), routes.GetLinkOrThrow("eth0").Index, 0)));
            return new Ping().Send(TrafficHost.OutsideAddress, 300).Status;
        }));
    }

    [Fact]
    public async Task IccOff_Neighbours_CannotTalk()
    {
        await using var host = await new TrafficHost().StartAsync();
        await host.Networks.CreateAsync(new NetworkSpec { Name = "quiet", Options = ImmutableSortedDictionary<string, string>.Empty.Add("com.docker.network.bridge.enable_icc", "false") }, CancellationToken.None);
        var a = await host.RunAsync("a", new ContainerNetworkSpec { Mode = "quiet" });
        var b = await host.RunAsync("b", new ContainerNetworkSpec { Mode = "quiet" });
        using var service = b.ServeTcp(80);
        Assert.Equal("timeout", a.Inside(() => Ask.Tcp(b.Address, 80)));
        Assert.Equal(IPStatus.Success, a.Inside(() => new Ping().Send(TrafficHost.OutsideAddress, 10_000).Status));
    }

    [Fact]
    public async Task Connect_Live_AddsInterfaceWithFixedAddressAndMac()
    {
        await using var host = await new TrafficHost().StartAsync();
        await host.Networks.CreateAsync(new NetworkSpec { Name = "mine", Pools = [new IpamPool { Subnet = "10.77.0.0/24", Gateway = "10.77.0.254" }] }, CancellationToken.None);
        var a = await host.RunAsync("a");
        var hosts = File.OpenHandle(a.Network.HostsPath);
        await a.ConnectAsync("mine", new EndpointSpec { IPv4Address = "10.77.0.9", MacAddress = "02:11:22:33:44:55" });
        Assert.Equal(("eth1", "10.77.0.9", "10.77.0.254"), (a.Place("mine").Interface, a.Place("mine").IPv4Address, a.Place("mine").Gateway));
        Assert.Equal("021122334455", a.Inside(() =>
        {
            using var routes = RouteSocket.Open();
            return routes.GetLinkOrThrow("eth1").Address.ToString();
        }));
        var buffer = new byte[4096];
        Assert.Contains("10.77.0.9\t", System.Text.Encoding.UTF8.GetString(buffer, 0, RandomAccess.Read(hosts, buffer, 0)), StringComparison.Ordinal);
        hosts.Dispose();
        var twice = await Assert.ThrowsAsync<NaruException>(() => a.ConnectAsync("mine"));
        Assert.Equal("endpoint with name a already exists in network mine", twice.Message);
        await a.DisconnectAsync("mine");
        Assert.False(a.Network.Endpoints.ContainsKey("mine"));
        Assert.DoesNotContain("10.77.0.9", File.ReadAllText(a.Network.HostsPath), StringComparison.Ordinal);
        Assert.Empty(host.Networks.Get("mine").Endpoints);
        Assert.Equal(IPStatus.Success, a.Inside(() => new Ping().Send(TrafficHost.OutsideAddress, 10_000).Status));
    }

    [Fact]
    public async Task GatewayPriority_Highest_IsTheWayOut()
    {
        await using var host = await new TrafficHost().StartAsync();
        await host.Networks.CreateAsync(new NetworkSpec { Name = "aaa" }, CancellationToken.None);
        await host.Networks.CreateAsync(new NetworkSpec { Name = "zzz" }, CancellationToken.None);
        var guest = await host.RunAsync("a", new ContainerNetworkSpec { Mode = "aaa", Endpoints = Endpoints(("zzz", new EndpointSpec { GatewayPriority = 10 })) });
        Assert.Equal(guest.Place("zzz").Gateway, DefaultGateway(guest));
        await guest.DisconnectAsync("zzz");
        Assert.Equal(guest.Place("aaa").Gateway, DefaultGateway(guest));
    }

    [Fact]
    public async Task FixedAddress_TakenOrForeign_IsRefused()
    {
        await using var host = await new TrafficHost().StartAsync();
        await host.Networks.CreateAsync(new NetworkSpec { Name = "mine", Pools = [new IpamPool { Subnet = "10.77.0.0/24" }] }, CancellationToken.None);
        ContainerNetworkSpec With(string address) => new() { Mode = "mine", Endpoints = Endpoints(("mine", new EndpointSpec { IPv4Address = address })) };
        await host.RunAsync("a", With("10.77.0.9"));
        Assert.Equal("Address already in use", (await Assert.ThrowsAsync<NaruException>(() => host.RunAsync("b", With("10.77.0.9")))).Message);
        Assert.Contains("10.78.0.9", (await Assert.ThrowsAsync<NaruException>(() => host.RunAsync("b", With("10.78.0.9")))).Message, StringComparison.Ordinal);
        var onDefault = new ContainerNetworkSpec { Endpoints = Endpoints(("bridge", new EndpointSpec { IPv4Address = "172.17.0.9" })) };
        Assert.Equal("user specified IP address is supported on user defined networks only", Assert.Throws<NaruException>(() => host.Sandboxes.Check(onDefault)).Message);
    }

    [Fact]
    public async Task IPv6_Network_GivesAddressesAndReachesOutside()
    {
        await using var host = await new TrafficHost().StartAsync();
        await host.Networks.CreateAsync(new NetworkSpec { Name = "six", EnableIPv6 = true }, CancellationToken.None);
        var a = await host.RunAsync("a", new ContainerNetworkSpec { Mode = "six" });
        var b = await host.RunAsync("b", new ContainerNetworkSpec { Mode = "six" });
        Assert.StartsWith("fd", a.Place("six").IPv6Address, StringComparison.Ordinal);
        using var service = b.ServeTcp(80, IPAddress.IPv6Any);
        Assert.Equal(a.Place("six").IPv6Address, a.Inside(() => Ask.Tcp(b.Place("six").IPv6Address, 80)));
        Assert.Equal(IPStatus.Success, a.Inside(() => new Ping().Send("2001:db8::2", 10_000).Status));
    }

    [Fact]
    public async Task Macvlan_OnParent_SharesTheWire()
    {
        await using var host = await new TrafficHost().StartAsync();
        await host.Networks.CreateAsync(new NetworkSpec
        {
            Name = "lan",
            Driver = "macvlan",
            Options = ImmutableSortedDictionary<string, string>.Empty.Add("parent", "wan0"),
            Pools = [new IpamPool { Subnet = "198.51.100.0/24", IpRange = "198.51.100.128/25", Gateway = "198.51.100.2" }],
        }, CancellationToken.None);
        var guest = await host.RunAsync("a", new ContainerNetworkSpec { Mode = "lan" });
        Assert.Equal("198.51.100.128", guest.Address);
        Assert.Equal(IPStatus.Success, guest.Inside(() => new Ping().Send(TrafficHost.OutsideAddress, 10_000).Status));
        await guest.StopAsync();
        await host.Networks.RemoveAsync("lan", CancellationToken.None);
        Assert.Contains(host.Links(), link => link.Name == "wan0");
    }

    [Fact]
    public async Task Counters_AfterTraffic_AreThoseSeenInside()
    {
        await using var host = await new TrafficHost().StartAsync();
        var guest = await host.RunAsync("a");
        guest.Inside(() => new Ping().Send("172.17.0.1", 10_000).Status);
        var counters = await host.Sandboxes.CountersAsync(guest.Request.Container, CancellationToken.None);
        Assert.True(counters["eth0"].SentPackets > 0);
    }

    [Fact]
    public async Task TearDown_Twice_LeavesNoLinkNamespaceRuleOrFile()
    {
        await using var host = await new TrafficHost().StartAsync();
        var spec = new ContainerNetworkSpec { Bindings = [new PortBinding { Target = new PortSpec(80, "tcp"), HostPortStart = 8080, HostPortEnd = 8080 }] };
        var guest = await host.RunAsync("a", spec);
        Assert.Contains("8080", host.Nft("list ruleset"), StringComparison.Ordinal);
        await guest.StopAsync();
        await guest.StopAsync();
        Assert.DoesNotContain("8080", host.Nft("list ruleset"), StringComparison.Ordinal);
        Assert.False(NetworkNamespace.IsBound(guest.Network.NamespacePath));
        Assert.Empty(host.Networks.Get("bridge").Endpoints);
        await TrafficHost.EventuallyAsync(() => !host.Links().Any(link => link.Name.StartsWith("nv", StringComparison.Ordinal)), "the veth goes");
        await TrafficHost.EventuallyAsync(() => host.RunAsync("b", spec).Result is { Address: "172.17.0.2" } or { Address: "172.17.0.3" }, "ports and addresses are free again");
    }

    [Fact]
    public async Task SetUp_TypicalContainer_IsQuick()
    {
        await using var host = await new TrafficHost().StartAsync();
        await host.Networks.CreateAsync(new NetworkSpec { Name = "mine" }, CancellationToken.None);
        var times = new List<double>();
        var guests = new List<Guest>();
        for (var round = 0; round < 20; round++)
        {
            var spec = new ContainerNetworkSpec { Mode = "mine", Bindings = [new PortBinding { Target = new PortSpec(80, "tcp") }] };
            var clock = Stopwatch.StartNew();
            var guest = await host.RunAsync($"c{round}", spec);
            times.Add(clock.Elapsed.TotalMilliseconds);
            guests.Add(guest);
        }

        foreach (var guest in guests)
        {
            await guest.StopAsync();
        }

        times.Sort();
        TestContext.Current.TestOutputHelper?.WriteLine($"set-up: median {times[10]:0.0} ms, worst {times[^1]:0.0} ms");

        // A bound that only a wait for something that does not come can exceed: how quick it is depends on who else works on the host.
        Assert.True(times[10] < 4000, $"median {times[10]} ms");
    }

    private static string? DefaultGateway(Guest guest) => guest.Inside(() =>
    {
        using var routes = RouteSocket.Open();
        return routes.ListRoutes().Single(route => route.PrefixLength == 0 && route.Destination.Equals(IPAddress.Any)).Gateway?.ToString();
    });

    private static ImmutableSortedDictionary<string, EndpointSpec> Endpoints(params (string Name, EndpointSpec Spec)[] items) => items.ToImmutableSortedDictionary(item => item.Name, item => item.Spec);
}
