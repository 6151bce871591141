using System.Net;
using System.Net.Sockets;
using Naru.Core.Containers;
using Naru.Core.Errors;
using Naru.Core.Traffic;
using Naru.Traffic.Tests.Fixtures;
using static Naru.Traffic.Tests.Services.ServiceHost;

namespace Naru.Traffic.Tests.Services;

public sealed class ServiceTableTests
{
    [Fact]
    public async Task ClusterAddress_FromPodAndHost_ReachesTheTargetWithTheClientsAddress()
    {
        await using var host = await StartAsync();
        var (web, client) = (await host.PodAsync("web"), await host.PodAsync("client"));
        using var service = web.ServeTcp(80);
        await host.SetAsync("a", Routes(At(Cluster, 8080, Target(web))), isWhole: true);
        Assert.Equal(client.Address, client.Inside(() => Ask.Tcp(Cluster, 8080)));
        Assert.Equal(TrafficHost.HostAddress, host.OnHost(() => Ask.Tcp(Cluster, 8080)));
    }

    [Fact]
    public async Task ClusterAddress_FromOutside_IsNotReached()
    {
        await using var host = await StartAsync();
        var web = await host.PodAsync("web");
        using var service = web.ServeTcp(80);
        await host.SetAsync("a", Routes(At(Cluster, 8080, Target(web))), isWhole: true);
        host.AddRouteOutside(Cluster);
        Assert.NotEqual(TrafficHost.OutsideAddress, host.FromOutside(() => Ask.Tcp(Cluster, 8080)));
    }

    [Fact]
    public async Task NodePort_ContainerWantsToPublishIt_IsRefusedUntilTheServiceGoes()
    {
        await using var host = await StartAsync();
        var web = await host.PodAsync("web");
        var publishing = new ContainerNetworkSpec { Bindings = [Ports.PublishingTests.Binding(30080, 80)] };
        await host.SetAsync("a", Routes(At("0.0.0.0", 30080, Target(web)) with { IsExternal = true }), isWhole: true);

        var refused = await Assert.ThrowsAsync<NaruException>(() => host.RunAsync("c", publishing));
        Assert.EndsWith("Bind for 0.0.0.0:30080 failed: port is already allocated", refused.Message, StringComparison.Ordinal);

        await host.SetAsync("a", null);
        Assert.Equal(30080, (await host.RunAsync("d", publishing)).Network.Ports[0].HostPort);
    }

    [Fact]
    public async Task Pod_ThatReachesItself_IsAnswered()
    {
        await using var host = await StartAsync();
        var web = await host.PodAsync("web");
        using var service = web.ServeTcp(80);
        await host.SetAsync("a", Routes(At(Cluster, 8080, Target(web))), isWhole: true);
        Assert.Equal("10.244.0.1", web.Inside(() => Ask.Tcp(Cluster, 8080)));
    }

    [Fact]
    public async Task Targets_Several_AreAllChosen()
    {
        await using var host = await StartAsync();
        var client = await host.PodAsync("client");
        var pods = await MakePodsAsync(host, 3);
        var servers = pods.Select(static (pod, index) => Speak(pod, 80, $"{index}")).ToList();
        await host.SetAsync("a", Routes(At(Cluster, 8080, [.. pods.Select(static pod => Target(pod))])), isWhole: true);
        var seen = Enumerable.Range(0, 60).Select(_ => client.Inside(() => Ask.Tcp(Cluster, 8080))).ToHashSet();
        Assert.Equal(["0", "1", "2"], seen.Order());
        servers.ForEach(static server => server.Dispose());
    }

    [Fact]
    public async Task Target_ThatLeft_IsChosenNoMoreAndOthersStay()
    {
        await using var host = await StartAsync();
        var client = await host.PodAsync("client");
        var pods = await MakePodsAsync(host, 3);
        var servers = pods.Select(static (pod, index) => Speak(pod, 80, $"{index}")).ToList();
        await host.SetAsync("a", Routes(At(Cluster, 8080, [.. pods.Select(static pod => Target(pod))])), isWhole: true);
        await host.SetAsync("a", Routes(At(Cluster, 8080, Target(pods[1]), Target(pods[2]))));
        Assert.Equal(2, host.CountElements("targets4_tcp"));
        var seen = Enumerable.Range(0, 40).Select(_ => client.Inside(() => Ask.Tcp(Cluster, 8080))).ToHashSet();
        Assert.Equal(["1", "2"], seen.Order());
        servers.ForEach(static server => server.Dispose());
    }

    [Fact]
    public async Task Connection_ToATargetThatLeft_GoesOn()
    {
        await using var host = await StartAsync();
        var (web, client) = (await host.PodAsync("web"), await host.PodAsync("client"));
        using var echo = Echo(web, 80);
        await host.SetAsync("a", Routes(At(Cluster, 8080, Target(web))), isWhole: true);
        using var socket = client.Inside(() => Connect(Cluster, 8080));
        Assert.Equal("before", Exchange(socket, "before"));
        await host.SetAsync("a", Routes(At(Cluster, 8080)));
        Assert.Equal("after", Exchange(socket, "after"));
        Assert.Equal("ConnectionRefused", client.Inside(() => Ask.Tcp(Cluster, 8080)));
    }

    [Fact]
    public async Task NoTargets_AreRefusedFromPodAndHost()
    {
        await using var host = await StartAsync();
        var client = await host.PodAsync("client");
        await host.SetAsync("a", Routes(At(Cluster, 8080), At(Cluster, 53) with { Protocol = "udp" }), isWhole: true);
        Assert.Equal("ConnectionRefused", client.Inside(() => Ask.Tcp(Cluster, 8080)));
        Assert.Equal("ConnectionRefused", client.Inside(() => Ask.Tcp(Cluster, 8081)));
        Assert.Equal("ConnectionRefused", client.Inside(() => Ask.Udp(Cluster, 53)));
        Assert.Equal("ConnectionRefused", host.OnHost(() => Ask.Tcp(Cluster, 8080)));
    }

    [Fact]
    public async Task NodePort_FromOutsideHostAndPod_ReachesTheTarget()
    {
        await using var host = await StartAsync();
        var (web, client) = (await host.PodAsync("web"), await host.PodAsync("client"));
        using var service = web.ServeTcp(80);
        await host.SetAsync("a", Routes(At("0.0.0.0", 30080, Target(web)) with { IsExternal = true }), isWhole: true);
        Assert.Equal(TrafficHost.OutsideAddress, host.FromOutside(() => Ask.Tcp(TrafficHost.HostAddress, 30080)));
        Assert.Equal(TrafficHost.HostAddress, host.OnHost(() => Ask.Tcp(TrafficHost.HostAddress, 30080)));
        Assert.Equal("10.244.0.1", host.OnHost(() => Ask.Tcp("127.0.0.1", 30080)));
        Assert.Equal(client.Address, client.Inside(() => Ask.Tcp(TrafficHost.HostAddress, 30080)));
        Assert.Equal(client.Address, client.Inside(() => Ask.Tcp("10.244.0.1", 30080)));
        await host.SetAsync("a", Routes(At("0.0.0.0", 30080) with { IsExternal = true }));
        Assert.Equal("ConnectionRefused", host.FromOutside(() => Ask.Tcp(TrafficHost.HostAddress, 30080)));
    }

    [Fact]
    public async Task External_LocalTargets_DifferFromThoseInside()
    {
        await using var host = await StartAsync();
        var (web, client) = (await host.PodAsync("web"), await host.PodAsync("client"));
        using var service = web.ServeTcp(80);
        var frontend = At("203.0.113.7", 80, Target(web)) with { IsExternal = true, ExternalTargets = [], WithoutExternalTarget = WithoutTarget.Drop };
        await host.SetAsync("a", Routes(frontend), isWhole: true);
        host.AddRouteOutside("203.0.113.7");
        Assert.Equal(client.Address, client.Inside(() => Ask.Tcp("203.0.113.7", 80)));
        Assert.Equal("timeout", host.FromOutside(() => Ask.Tcp("203.0.113.7", 80)));
        await host.SetAsync("a", Routes(frontend with { ExternalTargets = [Target(web)] }));
        Assert.Equal(TrafficHost.OutsideAddress, host.FromOutside(() => Ask.Tcp("203.0.113.7", 80)));
    }

    [Fact]
    public async Task Sources_OthersThanNamed_AreDropped()
    {
        await using var host = await StartAsync();
        var (web, client) = (await host.PodAsync("web"), await host.PodAsync("client"));
        using var service = web.ServeTcp(80);
        var frontend = At("203.0.113.7", 80, Target(web)) with { IsExternal = true };
        host.AddRouteOutside("203.0.113.7");
        await host.SetAsync("a", Routes(frontend with { Sources = [IPNetwork.Parse("198.51.100.0/24"), IPNetwork.Parse("198.51.100.2/32")] }), isWhole: true);
        Assert.Equal(TrafficHost.OutsideAddress, host.FromOutside(() => Ask.Tcp("203.0.113.7", 80)));
        Assert.Equal("timeout", client.Inside(() => Ask.Tcp("203.0.113.7", 80)));
        await host.SetAsync("a", Routes(frontend with { Sources = [IPNetwork.Parse("0.0.0.0/0")] }));
        Assert.Equal(client.Address, client.Inside(() => Ask.Tcp("203.0.113.7", 80)));
    }

    [Fact]
    public async Task Affinity_KeepsAClientAtItsTargetUntilThatLeaves()
    {
        await using var host = await StartAsync();
        var client = await host.PodAsync("client");
        var pods = await MakePodsAsync(host, 3);
        var servers = pods.Select(static (pod, index) => Speak(pod, 80, $"{index}")).ToList();
        ServiceFrontend[] With(IEnumerable<Guest> some) =>
        [
            At(Cluster, 8080, [.. some.Select(static pod => Target(pod))]) with { Affinity = TimeSpan.FromHours(3) },
            At("0.0.0.0", 30080, [.. some.Select(static pod => Target(pod))]) with { Affinity = TimeSpan.FromHours(3), IsExternal = true },
        ];
        await host.SetAsync("a", Routes(With(pods)), isWhole: true);
        foreach (var ask in new Func<string>[] { () => client.Inside(() => Ask.Tcp(Cluster, 8080)), () => host.FromOutside(() => Ask.Tcp(TrafficHost.HostAddress, 30080)) })
        {
            await host.SetAsync("a", Routes(With(pods)));
            var first = ask();
            Assert.Contains(first, new[] { "0", "1", "2" });
            Assert.All(Enumerable.Range(0, 20), _ => Assert.Equal(first, ask()));
            await host.SetAsync("a", Routes(With(pods.Where((_, index) => $"{index}" != first))));
            var second = ask();
            Assert.NotEqual(first, second);
            Assert.All(Enumerable.Range(0, 20), _ => Assert.Equal(second, ask()));
        }

        servers.ForEach(static server => server.Dispose());
    }

    [Fact]
    public async Task Affinity_SurvivesTheDeathOfNaru()
    {
        await using var host = await StartAsync();
        var client = await host.PodAsync("client");
        var pods = await MakePodsAsync(host, 3);
        var servers = pods.Select(static (pod, index) => Speak(pod, 80, $"{index}")).ToList();
        var routes = Routes(At(Cluster, 8080, [.. pods.Select(static pod => Target(pod))]) with { Affinity = TimeSpan.FromHours(3) });
        await host.SetAsync("a", routes, isWhole: true);
        var first = client.Inside(() => Ask.Tcp(Cluster, 8080));
        await host.KillAsync();
        Assert.Equal(first, client.Inside(() => Ask.Tcp(Cluster, 8080)));
        await host.StartAsync();
        await host.SetAsync("a", routes, isWhole: true);
        Assert.All(Enumerable.Range(0, 20), _ => Assert.Equal(first, client.Inside(() => Ask.Tcp(Cluster, 8080))));
        servers.ForEach(static server => server.Dispose());
    }

    [Fact]
    public async Task Death_ServicesThatEndedMeanwhile_AreGoneAfterTheNextStart()
    {
        await using var host = await StartAsync();
        var (web, client) = (await host.PodAsync("web"), await host.PodAsync("client"));
        using var echo = Echo(web, 80);
        await host.SetAsync("a", Routes(At(Cluster, 8080, Target(web))), isWhole: true);
        using var socket = client.Inside(() => Connect(Cluster, 8080));
        await host.KillAsync();
        Assert.Equal("dead", Exchange(socket, "dead"));
        await host.StartAsync();
        await host.SetAsync("b", Routes(At("10.96.0.11", 8080, Target(web))), isWhole: true);
        Assert.Equal("alive", Exchange(socket, "alive"));
        using var other = client.Inside(() => Connect("10.96.0.11", 8080));
        Assert.Equal("other", Exchange(other, "other"));
        Assert.Equal(1, host.CountElements("inside4"));
    }

    [Fact]
    public async Task Table_ThatSomebodyFlushed_IsWrittenAnewWithTheNextChange()
    {
        await using var host = await StartAsync();
        var (web, client) = (await host.PodAsync("web"), await host.PodAsync("client"));
        using var service = web.ServeTcp(80);
        await host.SetAsync("a", Routes(At(Cluster, 8080, Target(web))), isWhole: true);
        host.Nft("flush ruleset");
        await host.SetAsync("b", Routes(At("10.96.0.11", 8080, Target(web))));
        Assert.Equal(client.Address, client.Inside(() => Ask.Tcp(Cluster, 8080)));
        Assert.Equal(client.Address, client.Inside(() => Ask.Tcp("10.96.0.11", 8080)));
    }

    [Fact]
    public async Task Datagrams_ToATargetThatLeft_AreLedToAnother()
    {
        await using var host = await StartAsync();
        var (one, two, client) = (await host.PodAsync("one"), await host.PodAsync("two"), await host.PodAsync("client"));
        using var first = one.ServeUdp(5353);
        using var second = two.ServeUdp(5353);
        ServiceRoutes To(Guest guest) => Routes(At(Cluster, 53, Target(guest, 5353)) with { Protocol = "udp" });
        await host.SetAsync("dns", To(one), isWhole: true);
        using var socket = client.Inside(() =>
        {
            var made = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp) { ReceiveTimeout = 20_000 };
            made.Connect(IPAddress.Parse(Cluster), 53);
            return made;
        });
        Assert.Equal(client.Address, Exchange(socket, "hello"));
        first.Dispose();
        await host.SetAsync("dns", To(two));
        Assert.Equal(client.Address, Exchange(socket, "hello"));
    }

    [Fact]
    public async Task LoopbackOfTheHost_AsTarget_IsReachedFromPods()
    {
        await using var host = await StartAsync();
        var client = await host.PodAsync("client");
        var frontend = At(Cluster, 443, new ServiceTarget(IPAddress.Loopback, 6443, IsHere: true));
        using var server = host.OnHost(() =>
        {
            var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            socket.Bind(new IPEndPoint(IPAddress.Loopback, 6443));
            socket.Listen();
            return socket;
        });
        _ = AnswerAsync(server, "server");
        await host.SetAsync("kubernetes", Routes(frontend), isWhole: true);
        Assert.Equal("server", client.Inside(() => Ask.Tcp(Cluster, 443)));
        Assert.Equal("server", host.OnHost(() => Ask.Tcp(Cluster, 443)));
    }

    [Fact]
    public async Task Targets_AndPlacesOfIPv6_AreLedTo()
    {
        await using var host = await StartAsync();
        await host.Networks.CreateAsync(new Naru.Core.Networks.NetworkSpec
        {
            Name = "dual",
            EnableIPv6 = true,
            Pools = [new Naru.Core.Networks.IpamPool { Subnet = "10.245.0.0/24" }, new Naru.Core.Networks.IpamPool { Subnet = "fd00:10:245::/64" }],
            Options = System.Collections.Immutable.ImmutableSortedDictionary<string, string>.Empty.Add("naru.hairpin", "true"),
        }, CancellationToken.None);
        var web = await host.RunAsync("web", new Naru.Core.Containers.ContainerNetworkSpec { Mode = "dual" });
        var client = await host.RunAsync("client", new Naru.Core.Containers.ContainerNetworkSpec { Mode = "dual" });
        using var service = web.ServeTcp(80, IPAddress.IPv6Any);
        var target = new ServiceTarget(IPAddress.Parse(web.Place("dual").IPv6Address), 80, IsHere: true);
        await host.SetAsync("a", Routes(At("fd00:96::a", 8080, target), At("::", 30080, target) with { IsExternal = true, Affinity = TimeSpan.FromSeconds(60) }), isWhole: true);
        Assert.Equal(client.Place("dual").IPv6Address, client.Inside(() => Ask.Tcp("fd00:96::a", 8080)));
        Assert.Equal("2001:db8::2", host.FromOutside(() => Ask.Tcp("2001:db8::1", 30080)));
    }

    [Fact]
    public async Task Instances_TwoOnAHost_LeadTheSameAddressToTheirOwn()
    {
        await using var host = await StartAsync();
        var (web, client) = (await host.PodAsync("web"), await host.PodAsync("client"));
        using var service = Speak(web, 80, "first");
        await host.SetAsync("a", Routes(At(Cluster, 8080, Target(web)), At("10.96.0.99", 80)), isWhole: true);
        await host.StartAsync(instance: "ffffffff");
        await host.Networks.CreateAsync(new Naru.Core.Networks.NetworkSpec { Name = "pods", Pools = [new Naru.Core.Networks.IpamPool { Subnet = "10.244.1.0/24" }] }, CancellationToken.None);
        var (otherWeb, otherClient) = (await host.PodAsync("web"), await host.PodAsync("client"));
        using var otherService = Speak(otherWeb, 80, "second");
        await host.SetAsync("a", Routes(At(Cluster, 8080, Target(otherWeb)), At("10.96.0.99", 80, Target(otherWeb))), isWhole: true);
        Assert.Equal("first", client.Inside(() => Ask.Tcp(Cluster, 8080)));
        Assert.Equal("second", otherClient.Inside(() => Ask.Tcp(Cluster, 8080)));
        Assert.Equal("ConnectionRefused", client.Inside(() => Ask.Tcp("10.96.0.99", 80)));
        Assert.Equal("second", otherClient.Inside(() => Ask.Tcp("10.96.0.99", 80)));
    }

    [Fact]
    public async Task Addresses_OfBalancers_AreAnsweredForOnTheWire()
    {
        await using var host = await StartAsync();
        var web = await host.PodAsync("web");
        using var service = web.ServeTcp(80);
        await host.SetAsync("a", Routes(At("198.51.100.77", 80, Target(web)) with { IsExternal = true }), isWhole: true);
        var addresses = host.Get<IServiceAddresses>();
        Assert.NotEqual(TrafficHost.OutsideAddress, host.FromOutside(() => Ask.Tcp("198.51.100.77", 80)));
        await addresses.SetAsync([IPAddress.Parse("198.51.100.77"), IPAddress.Parse("2001:db8::77")], CancellationToken.None);

        // Who asked in vain before may go on waiting for that answer for a moment.
        await TrafficHost.EventuallyAsync(() => host.FromOutside(() => Ask.Tcp("198.51.100.77", 80)) == TrafficHost.OutsideAddress, "the address answers");
        await addresses.SetAsync([], CancellationToken.None);
        Assert.DoesNotContain(host.Links(), static link => link.Name.StartsWith("nsvc", StringComparison.Ordinal));
    }

    private static async Task<List<Guest>> MakePodsAsync(TrafficHost host, int count)
    {
        var pods = new List<Guest>();
        for (var index = 0; index < count; index++)
        {
            pods.Add(await host.PodAsync($"pod{index}"));
        }

        return pods;
    }

    private static Socket Speak(Guest guest, int port, string words)
    {
        var listener = Listen(guest, port);
        _ = AnswerAsync(listener, words);
        return listener;
    }

    private static Socket Echo(Guest guest, int port)
    {
        var listener = Listen(guest, port);
        _ = EchoAsync(listener);
        return listener;
    }

    private static Socket Listen(Guest guest, int port) => guest.Inside(() =>
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Any, port));
        socket.Listen();
        return socket;
    });

    private static Socket Connect(string address, int port)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { ReceiveTimeout = 20_000 };
        socket.Connect(IPAddress.Parse(address), port);
        return socket;
    }

    private static string Exchange(Socket socket, string words)
    {
        socket.Send(System.Text.Encoding.ASCII.GetBytes(words));
        var buffer = new byte[64];
        return System.Text.Encoding.ASCII.GetString(buffer, 0, socket.Receive(buffer));
    }

    private static async Task AnswerAsync(Socket listener, string words)
    {
        try
        {
            while (true)
            {
                using var client = await listener.AcceptAsync();
                await client.SendAsync(System.Text.Encoding.ASCII.GetBytes(words));
                client.Shutdown(SocketShutdown.Send);
            }
        }
        catch (Exception ending) when (ending is SocketException or ObjectDisposedException)
        {
        }
    }

    private static async Task EchoAsync(Socket listener)
    {
        try
        {
            while (true)
            {
                var client = await listener.AcceptAsync();
                var buffer = new byte[64];
                _ = Task.Run(async () =>
                {
                    using (client)
                    {
                        for (var count = 1; count > 0;)
                        {
                            count = await client.ReceiveAsync(buffer);
                            await client.SendAsync(buffer.AsMemory(0, count));
                        }
                    }
                });
            }
        }
        catch (Exception ending) when (ending is SocketException or ObjectDisposedException)
        {
        }
    }
}
