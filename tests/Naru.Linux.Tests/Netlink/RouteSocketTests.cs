using System.Net;
using System.Net.NetworkInformation;
using Naru.Linux.Namespaces;
using Naru.Linux.Netlink;
using Naru.Linux.Tests.Namespaces;

namespace Naru.Linux.Tests.Netlink;

public sealed class RouteSocketTests : IDisposable
{
    private readonly NamespaceFixture _fixture = new();

    [Fact]
    public void Batch_BridgeVethAddressesRoutes_AreAllThere()
    {
        var inner = _fixture.Create("inner");
        var outer = _fixture.Create("outer");
        _fixture.Threads.Run(outer, () =>
        {
            using var route = RouteSocket.Open();
            route.Execute(batch => batch.AddBridge("br0", PhysicalAddress.Parse("02-42-00-00-00-01"), mtu: 1400, alias: "naru:test"));
            var bridge = route.GetLinkOrThrow("br0");
            Assert.Equal(("bridge", 1400, "naru:test", true), (bridge.Kind, bridge.Mtu, bridge.Alias, bridge.IsUp));
            route.Execute(batch => batch
                .AddAddress(bridge.Index, IPAddress.Parse("10.9.0.1"), 24)
                .AddAddress(bridge.Index, IPAddress.Parse("fd00:9::1"), 64)
                .AddVeth(new VethSpec { Name = "v1", PeerName = "eth0", PeerNamespace = inner.Descriptor, PeerAddress = PhysicalAddress.Parse("02-42-0A-09-00-02"), Mtu = 1400, MasterIndex = bridge.Index, IsIsolated = true }));
            Assert.Equal(bridge.Index, route.GetLinkOrThrow("v1").MasterIndex);
            Assert.Contains(route.ListAddresses(), address => address.Address.Equals(IPAddress.Parse("fd00:9::1")) && address.PrefixLength == 64);
        });
        _fixture.Threads.Run(inner, () =>
        {
            using var route = RouteSocket.Open();
            var peer = route.GetLinkOrThrow("eth0");
            Assert.Equal("02420A090002", peer.Address.ToString());
            route.Execute(batch => batch
                .SetUp("lo")
                .AddAddress(peer.Index, IPAddress.Parse("10.9.0.2"), 24)
                .SetUp("eth0")
                .SetRoute(new RouteInfo(IPAddress.Any, 0, IPAddress.Parse("10.9.0.1"), peer.Index, 0)));
            var routes = route.ListRoutes();
            Assert.Contains(routes, found => found.PrefixLength == 0 && Equals(found.Gateway, IPAddress.Parse("10.9.0.1")));
            Assert.Contains(routes, found => found.PrefixLength == 24 && found.Destination.Equals(IPAddress.Parse("10.9.0.0")));
            Assert.True(new Ping().Send(IPAddress.Parse("10.9.0.1"), 10_000).Status == IPStatus.Success);
            Assert.True(route.GetLinkOrThrow("eth0").Counters.SentPackets > 0);
        });
    }

    [Fact]
    public void Execute_RefusedStep_NamesItAndCarriesOnWithTheRest() => Inside(route =>
    {
        route.Execute(batch => batch.AddBridge("br0"));
        var failure = Assert.Throws<NetlinkException>(() => route.Execute(batch => batch.AddBridge("br0").AddBridge("br1")));
        Assert.True(failure.IsExists);
        Assert.Contains("add bridge br0", failure.Message, StringComparison.Ordinal);
        Assert.NotNull(route.FindLink("br1"));
    });

    [Fact]
    public void DeleteLink_Missing_IsToleratedOnlyWhenAsked() => Inside(route =>
    {
        route.Execute(batch => batch.DeleteLink("nosuch", tolerateMissing: true));
        Assert.True(Assert.Throws<NetlinkException>(() => route.Execute(batch => batch.DeleteLink("nosuch"))).IsMissing);
        Assert.Null(route.FindLink("nosuch"));
    });

    [Fact]
    public void Macvlan_AboveVeth_IsMade() => Inside(route =>
    {
        route.Execute(batch => batch.AddVeth(new VethSpec { Name = "a", PeerName = "b" }));
        route.Execute(batch => batch.AddMacvlan("m0", route.GetLinkOrThrow("a").Index, MacvlanMode.Bridge));
        Assert.Equal("macvlan", route.GetLinkOrThrow("m0").Kind);
    });

    [Fact]
    public void Neighbour_SetAndDeleted_ComesAndGoes() => Inside(route =>
    {
        route.Execute(batch => batch.AddBridge("br0"));
        var entry = new NeighbourInfo(route.GetLinkOrThrow("br0").Index, IPAddress.Parse("10.1.0.9"), PhysicalAddress.Parse("02-42-0A-01-00-09"));
        route.Execute(batch => batch.SetNeighbour(entry));
        Assert.Contains(entry, route.ListNeighbours());
        route.Execute(batch => batch.DeleteNeighbour(entry));
        Assert.DoesNotContain(entry, route.ListNeighbours());
    });

    [Fact]
    public void Rename_DownLink_HasTheNewName() => Inside(route =>
    {
        route.Execute(batch => batch.AddVeth(new VethSpec { Name = "a", PeerName = "b" }));
        route.Execute(batch => batch.SetDown("a").Rename(route.GetLinkOrThrow("a").Index, "c").SetMtu("c", 1280).SetUp("c"));
        Assert.Equal(1280, route.GetLinkOrThrow("c").Mtu);
    });

    [Fact]
    public void ListLinks_Hundreds_AreAllListed() => Inside(route =>
    {
        var batch = new RouteBatch();
        for (var number = 0; number < 150; number++)
        {
            batch.AddVeth(new VethSpec { Name = $"a{number}", PeerName = $"b{number}" });
        }

        route.Execute(batch);
        Assert.Equal(300, route.ListLinks().Count(link => link.Kind == "veth"));
    });

    public void Dispose() => _fixture.Dispose();

    private void Inside(Action<RouteSocket> work) => _fixture.Threads.Run(_fixture.Create(), () =>
    {
        using var route = RouteSocket.Open();
        work(route);
    });
}
