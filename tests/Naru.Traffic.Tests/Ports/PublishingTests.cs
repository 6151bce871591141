using System.Net;
using System.Net.Sockets;
using Naru.Core.Containers;
using Naru.Core.Errors;
using Naru.Core.Networks;
using Naru.Traffic.Tests.Fixtures;

namespace Naru.Traffic.Tests.Ports;

public sealed class PublishingTests
{
    [Fact]
    public async Task Tcp_FromOutside_ReachesTheContainerWithTheClientsAddress()
    {
        await using var host = await new TrafficHost().StartAsync();
        var guest = await host.RunAsync("web", Publish(8080, 80));
        using var service = guest.ServeTcp(80);
        Assert.Equal(TrafficHost.OutsideAddress, host.FromOutside(() => Ask.Tcp(TrafficHost.HostAddress, 8080)));
        Assert.Equal([new PublishedPort(new PortSpec(80, "tcp"), "0.0.0.0", 8080), new PublishedPort(new PortSpec(80, "tcp"), "::", 8080)], guest.Network.Ports);
    }

    [Fact]
    public async Task Tcp_FromTheHostItself_IsReachedByLoopbackOwnAddressAndIPv6Loopback()
    {
        await using var host = await new TrafficHost().StartAsync();
        var guest = await host.RunAsync("web", Publish(8080, 80));
        using var service = guest.ServeTcp(80);
        Assert.Equal("172.17.0.1", host.OnHost(() => Ask.Tcp("127.0.0.1", 8080)));
        Assert.Equal(TrafficHost.HostAddress, host.OnHost(() => Ask.Tcp(TrafficHost.HostAddress, 8080)));
        Assert.Equal("172.17.0.1", host.OnHost(() => Ask.Tcp("::1", 8080)));
        Assert.Equal("172.17.0.1", host.FromOutside(() => Ask.Tcp("2001:db8::1", 8080)));
    }

    [Fact]
    public async Task Tcp_FromContainers_SameNetworkOtherNetworkAndItself()
    {
        await using var host = await new TrafficHost().StartAsync();
        await host.Networks.CreateAsync(new NetworkSpec { Name = "other" }, CancellationToken.None);
        var web = await host.RunAsync("web", Publish(8080, 80));
        var neighbour = await host.RunAsync("neighbour");
        var stranger = await host.RunAsync("stranger", new ContainerNetworkSpec { Mode = "other" });
        using var service = web.ServeTcp(80);
        Assert.Equal(stranger.Address, stranger.Inside(() => Ask.Tcp(TrafficHost.HostAddress, 8080)));
        Assert.Equal(neighbour.Address, neighbour.Inside(() => Ask.Tcp(TrafficHost.HostAddress, 8080)));
        Assert.Equal(neighbour.Address, neighbour.Inside(() => Ask.Tcp("172.17.0.1", 8080)));
        Assert.Equal("172.17.0.1", web.Inside(() => Ask.Tcp(TrafficHost.HostAddress, 8080)));
    }

    [Fact]
    public async Task Tcp_SameNetwork_WithoutBridgeFiltering_StillWorks()
    {
        var host = new TrafficHost();
        await using var owned = host;
        host.OnHost(() => Naru.Linux.Namespaces.KernelSetting.Write("net/bridge/bridge-nf-call-iptables", "0"));
        await host.StartAsync();
        var web = await host.RunAsync("web", Publish(8080, 80));
        var neighbour = await host.RunAsync("neighbour");
        using var service = web.ServeTcp(80);
        Assert.Equal("172.17.0.1", neighbour.Inside(() => Ask.Tcp(TrafficHost.HostAddress, 8080)));
    }

    [Fact]
    public async Task Udp_FromOutsideHostAndIPv6Loopback_Answers()
    {
        await using var host = await new TrafficHost().StartAsync();
        var guest = await host.RunAsync("dns", Publish(5353, 53, "udp"));
        using var service = guest.ServeUdp(53);
        Assert.Equal(TrafficHost.OutsideAddress, host.FromOutside(() => Ask.Udp(TrafficHost.HostAddress, 5353)));
        Assert.Equal("172.17.0.1", host.OnHost(() => Ask.Udp("127.0.0.1", 5353)));
        Assert.Equal("172.17.0.1", host.OnHost(() => Ask.Udp("::1", 5353)));
    }

    [Fact]
    public async Task Udp_ClientThatNeverPauses_FollowsTheContainers()
    {
        await using var host = await new TrafficHost().StartAsync();
        using var client = host.FromOutside(() =>
        {
            var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp) { ReceiveTimeout = 5000 };
            socket.Connect(IPAddress.Parse(TrafficHost.HostAddress), 5353);
            return socket;
        });
        client.Send("too early"u8);
        for (var round = 0; round < 2; round++)
        {
            var guest = await host.RunAsync($"dns{round}", Publish(5353, 53, "udp"));
            using var service = guest.ServeUdp(53);
            Assert.Equal(TrafficHost.OutsideAddress, Exchange(client));
            await guest.StopAsync();
            await TrafficHost.EventuallyAsync(() => Exchange(client) != TrafficHost.OutsideAddress, "nobody answers");
        }
    }

    private static string Exchange(Socket client)
    {
        var buffer = new byte[64];
        for (var attempt = 0; attempt < 3; attempt++)
        {
            try
            {
                client.Send("hello"u8);
                return System.Text.Encoding.ASCII.GetString(buffer, 0, client.Receive(buffer));
            }
            catch (SocketException refused) when (refused.SocketErrorCode == SocketError.ConnectionRefused)
            {
                // An answer to an earlier datagram: the port was closed then.
            }
            catch (SocketException)
            {
                return "silence";
            }
        }

        return "refused";
    }

    [Fact]
    public async Task HostAddress_Named_IsTheOnlyOne()
    {
        await using var host = await new TrafficHost().StartAsync();
        var guest = await host.RunAsync("web", Publish(8080, 80) with { Bindings = [Binding(8080, 80) with { HostAddress = "127.0.0.1" }] });
        using var service = guest.ServeTcp(80);
        Assert.Equal("172.17.0.1", host.OnHost(() => Ask.Tcp("127.0.0.1", 8080)));
        Assert.NotEqual(TrafficHost.OutsideAddress, host.FromOutside(() => Ask.Tcp(TrafficHost.HostAddress, 8080)));
    }

    [Fact]
    public async Task IPv6_Network_IsPublishedWithTheClientsAddress()
    {
        await using var host = await new TrafficHost().StartAsync();
        await host.Networks.CreateAsync(new NetworkSpec { Name = "six", EnableIPv6 = true }, CancellationToken.None);
        var guest = await host.RunAsync("web", Publish(8080, 80) with { Mode = "six" });
        using var service = guest.ServeTcp(80, IPAddress.IPv6Any);
        Assert.Equal("2001:db8::2", host.FromOutside(() => Ask.Tcp("2001:db8::1", 8080)));
    }

    [Fact]
    public async Task Conflict_OtherContainerOrProgram_IsRefusedInDockersWords()
    {
        await using var host = await new TrafficHost().StartAsync();
        await host.RunAsync("one", Publish(8080, 80));
        var refused = await Assert.ThrowsAsync<NaruException>(() => host.RunAsync("two", Publish(8080, 80)));
        Assert.StartsWith("driver failed programming external connectivity on endpoint two (", refused.Message, StringComparison.Ordinal);
        Assert.EndsWith("Bind for 0.0.0.0:8080 failed: port is already allocated", refused.Message, StringComparison.Ordinal);
        using var program = host.OnHost(() =>
        {
            var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            socket.Bind(new IPEndPoint(IPAddress.Any, 9090));
            socket.Listen();
            return socket;
        });
        await Assert.ThrowsAsync<NaruException>(() => host.RunAsync("three", Publish(9090, 80)));
        Assert.Throws<SocketException>(() => host.OnHost(() =>
        {
            using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            socket.Bind(new IPEndPoint(IPAddress.Any, 8080));
            socket.Listen();
            return true;
        }));
        Assert.Equal("172.17.0.3", (await host.RunAsync("four")).Address);
    }

    [Fact]
    public async Task Range_FirstFree_IsTaken()
    {
        await using var host = await new TrafficHost().StartAsync();
        var range = new ContainerNetworkSpec { Bindings = [new PortBinding { Target = new PortSpec(80, "tcp"), HostPortStart = 8000, HostPortEnd = 8001 }] };
        Assert.Equal(8000, (await host.RunAsync("a", range)).Network.Ports[0].HostPort);
        Assert.Equal(8001, (await host.RunAsync("b", range)).Network.Ports[0].HostPort);
        Assert.Contains("all ports are allocated", (await Assert.ThrowsAsync<NaruException>(() => host.RunAsync("c", range))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task PublishAll_Exposed_GetFreePorts()
    {
        await using var host = await new TrafficHost().StartAsync();
        var guest = await host.RunAsync("a", new ContainerNetworkSpec { PublishAll = true, Exposed = [new PortSpec(80, "tcp"), new PortSpec(53, "udp")] });
        Assert.Equal(4, guest.Network.Ports.Length);
        Assert.All(guest.Network.Ports, port => Assert.InRange(port.HostPort, 32768, 60999));
    }

    [Fact]
    public async Task WayOut_Moves_PortsFollow()
    {
        await using var host = await new TrafficHost().StartAsync();
        await host.Networks.CreateAsync(new NetworkSpec { Name = "aaa" }, CancellationToken.None);
        await host.Networks.CreateAsync(new NetworkSpec { Name = "zzz" }, CancellationToken.None);
        var guest = await host.RunAsync("web", Publish(8080, 80) with { Mode = "zzz" });
        using var service = guest.ServeTcp(80);
        Assert.Equal(TrafficHost.OutsideAddress, host.FromOutside(() => Ask.Tcp(TrafficHost.HostAddress, 8080)));
        await guest.ConnectAsync("aaa");
        Assert.Equal(TrafficHost.OutsideAddress, host.FromOutside(() => Ask.Tcp(TrafficHost.HostAddress, 8080)));
        await guest.DisconnectAsync("zzz");
        Assert.Equal(TrafficHost.OutsideAddress, host.FromOutside(() => Ask.Tcp(TrafficHost.HostAddress, 8080)));
    }

    [Fact]
    public async Task FlushedRuleset_NextChange_BringsAllBack()
    {
        await using var host = await new TrafficHost().StartAsync();
        var one = await host.RunAsync("one", Publish(8080, 80));
        using var service = one.ServeTcp(80);
        host.Nft("flush ruleset");
        await host.RunAsync("two", Publish(8081, 80));
        Assert.Equal(TrafficHost.OutsideAddress, host.FromOutside(() => Ask.Tcp(TrafficHost.HostAddress, 8080)));
    }

    internal static PortBinding Binding(ushort hostPort, ushort port, string protocol = "tcp") => new() { Target = new PortSpec(port, protocol), HostPortStart = hostPort, HostPortEnd = hostPort };

    internal static ContainerNetworkSpec Publish(ushort hostPort, ushort port, string protocol = "tcp") => new() { Bindings = [Binding(hostPort, port, protocol)] };
}
