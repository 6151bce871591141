using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using Naru.Core.Containers;
using Naru.Core.Networks;
using Naru.Core.Policies;
using Naru.Traffic.Tests.Fixtures;

namespace Naru.Traffic.Tests.Policies;

/// <summary>Policies as packets meet them.</summary>
public sealed class PolicyBookTests
{
    private const int Port = 8080, OtherPort = 8081;

    // How many milliseconds are waited for what must come, and for what must not.
    private const int Patience = 20_000, Silence = 700;

    [Fact]
    public async Task Neighbours_OfANetworkThroughTheHost_MeetWithTheirOwnAddresses()
    {
        await using var host = await StartAsync();
        var (web, client) = (await host.RunAsync("web", With()), await host.RunAsync("client", With()));
        using var server = web.ServeTcp(Port);
        using var echo = web.ServeUdp(Port);
        Assert.Equal(client.Address, client.Inside(() => Ask.Tcp(web.Address, Port)));
        Assert.Equal(client.Address, client.Inside(() => Ask.Udp(web.Address, Port)));
        Assert.Equal("0", host.OnHost(() => File.ReadAllText($"/proc/sys/net/ipv4/conf/all/send_redirects").Trim()));
    }

    [Theory]
    [InlineData("0")]
    [InlineData("1")]
    public async Task Neighbours_ByATranslatedAddress_MeetAndAreJudged(string bridgeTrafficIsSeen)
    {
        await using var host = await StartAsync(bridgeTrafficIsSeen);
        var web = await host.RunAsync("web", With() with { Bindings = [new PortBinding { Target = new PortSpec(Port, "tcp"), HostPortStart = 9090, HostPortEnd = 9090 }] });
        var client = await host.RunAsync("client", With());
        using var server = web.ServeTcp(Port);
        Assert.Equal(client.Address, client.Inside(() => Ask.Tcp(TrafficHost.HostAddress, 9090)));
        Assert.Equal(client.Address, Try(client, web));
        await Apply(host, Ingress(web));
        Assert.Equal("timeout", client.Inside(() => Ask.Tcp(TrafficHost.HostAddress, 9090)));
        Assert.Equal("timeout", Try(client, web));
        await Apply(host, Egress(client, new TrafficRule { Peers = [Address(web)], Ports = [new PortRange("tcp", Port, Port)] }));
        Assert.Equal(client.Address, client.Inside(() => Ask.Tcp(TrafficHost.HostAddress, 9090)));
    }

    [Fact]
    public async Task Isolated_LetsInWhatAPolicyAllows()
    {
        await using var host = await StartAsync();
        var (web, friend, stranger) = (await host.RunAsync("web", With()), await host.RunAsync("friend", With()), await host.RunAsync("stranger", With()));
        using var server = web.ServeTcp(Port);
        using var other = web.ServeTcp(OtherPort);
        using var back = stranger.ServeTcp(Port);
        await Apply(host, Ingress(web, new TrafficRule { Peers = [Address(friend)], Ports = [new PortRange("tcp", Port, Port)] }));
        Assert.Equal(friend.Address, friend.Inside(() => Ask.Tcp(web.Address, Port)));
        Assert.Equal("timeout", friend.Inside(() => Ask.Tcp(web.Address, OtherPort)));
        Assert.Equal("timeout", stranger.Inside(() => Ask.Tcp(web.Address, Port)));
        Assert.Equal(web.Address, web.Inside(() => Ask.Tcp(stranger.Address, Port)));
        Assert.Equal(web.Address, web.Inside(() => Ask.Tcp(web.Address, OtherPort)));
        Assert.NotEqual("timeout", host.OnHost(() => Ask.Tcp(web.Address, OtherPort)));
    }

    [Fact]
    public async Task Isolated_SendsOutWhatAPolicyAllows()
    {
        await using var host = await StartAsync();
        var (web, client) = (await host.RunAsync("web", With()), await host.RunAsync("client", With()));
        using var server = web.ServeTcp(Port);
        using var other = web.ServeTcp(OtherPort);
        using var echo = web.ServeUdp(Port);
        using var onHost = host.OnHost(static () => Listen(TrafficHost.HostAddress));
        await Apply(host, Egress(client, new TrafficRule { AnyPeer = true, Ports = [new PortRange("tcp", 8000, Port)] }));
        Assert.Equal(client.Address, client.Inside(() => Ask.Tcp(web.Address, Port)));
        Assert.Equal("timeout", client.Inside(() => Ask.Tcp(web.Address, OtherPort)));
        Assert.Equal("TimedOut", client.Inside(() => Ask.Udp(web.Address, Port)));
        await Apply(host, Egress(client));
        Assert.Equal("timeout", client.Inside(() => Ask.Tcp(TrafficHost.HostAddress, 7070)));
        await Apply(host, TrafficPolicies.None);
        Assert.NotEqual("timeout", client.Inside(() => Ask.Tcp(TrafficHost.HostAddress, 7070)));
    }

    [Fact]
    public async Task Pictures_ThatChange_ChangeTheRulesStepByStep()
    {
        await using var host = await StartAsync();
        var (web, one, two) = (await host.RunAsync("web", With()), await host.RunAsync("one", With()), await host.RunAsync("two", With()));
        using var server = web.ServeTcp(Port);
        await Apply(host, Ingress(web, new TrafficRule { Peers = [Address(one)], AnyPort = true }));
        Assert.Equal((one.Address, "timeout"), (Try(one, web), Try(two, web)));
        await Apply(host, Ingress(web, new TrafficRule { Peers = [Address(two)], AnyPort = true }));
        Assert.Equal(("timeout", two.Address), (Try(one, web), Try(two, web)));
        await Apply(host, Ingress(web, new TrafficRule { Ranges = [new AddressRange(Address(one), Address(one))], AnyPort = true }, new TrafficRule { Peers = [], AnyPort = true }));
        Assert.Equal((one.Address, "timeout"), (Try(one, web), Try(two, web)));
        await Apply(host, Ingress(web, new TrafficRule { AnyPeer = true, PlacePorts = [new PlacePort(Address(web), "tcp", Port)] }));
        Assert.Equal((one.Address, two.Address), (Try(one, web), Try(two, web)));
        await Apply(host, Ingress(web));
        Assert.Equal(("timeout", "timeout"), (Try(one, web), Try(two, web)));
        await Apply(host, TrafficPolicies.None);
        Assert.Equal(two.Address, Try(two, web));
        Assert.DoesNotContain("_policies", host.Nft("list tables"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Rules_StayWhenNaruDies_AndComeBackWhenFlushed()
    {
        await using var host = await StartAsync();
        var (web, client) = (await host.RunAsync("web", With()), await host.RunAsync("client", With()));
        using var server = web.ServeTcp(Port);
        await Apply(host, Ingress(web));
        host.Nft("flush ruleset");
        await TrafficHost.EventuallyAsync(() => host.Nft("list tables").Contains("_policies", StringComparison.Ordinal), "the rules are written anew");
        await host.KillAsync();
        Assert.Equal("timeout", Try(client, web));
        await host.StartAsync();
        await host.Sandboxes.AdoptAsync([web.Request, client.Request], default);
        Assert.Equal("timeout", Try(client, web));
        await Apply(host, Ingress(web, new TrafficRule { Peers = [Address(client)], AnyPort = true }));
        Assert.Equal(client.Address, Try(client, web));
    }

    [Fact]
    public async Task Published_FromOutside_IsJudgedByTheClientsAddress()
    {
        await using var host = await StartAsync();
        var web = await host.RunAsync("web", With() with { Bindings = [new PortBinding { Target = new PortSpec(Port, "tcp"), HostPortStart = 9090, HostPortEnd = 9090 }] });
        using var server = web.ServeTcp(Port);
        await Apply(host, Ingress(web));
        Assert.Equal("timeout", host.FromOutside(() => Ask.Tcp(TrafficHost.HostAddress, 9090)));
        await Apply(host, Ingress(web, new TrafficRule { Ranges = [new AddressRange(IPAddress.Parse("198.51.100.0"), IPAddress.Parse("198.51.100.255"))], AnyPort = true }));
        Assert.Equal(TrafficHost.OutsideAddress, host.FromOutside(() => Ask.Tcp(TrafficHost.HostAddress, 9090)));
    }

    [Fact]
    public async Task Connection_ThatIsForbiddenNow_IsEnded_OthersGoOn()
    {
        await using var host = await StartAsync();
        var web = await host.RunAsync("web", With() with { Bindings = [new PortBinding { Target = new PortSpec(Port, "tcp"), HostPortStart = 9090, HostPortEnd = 9090 }] });
        var (friend, stranger) = (await host.RunAsync("friend", With()), await host.RunAsync("stranger", With()));
        using var listener = Echo(web, out var pushes);
        using var kept = Connect(friend, TrafficHost.HostAddress, 9090);
        using var direct = Connect(friend, web.Address, Port);
        using var cut = Connect(stranger, web.Address, Port);
        using var cutToo = Connect(stranger, TrafficHost.HostAddress, 9090);
        Assert.Equal(("a", "b", "c", "d"), (Say(kept, "a"), Say(direct, "b"), Say(cut, "c"), Say(cutToo, "d")));

        await Apply(host, Ingress(web, new TrafficRule { Peers = [Address(friend)], AnyPort = true }));

        Assert.Equal(("e", "f"), (Say(kept, "e"), Say(direct, "f")));
        Assert.Equal(("TimedOut", "TimedOut"), (Say(cut, "g", Silence), Say(cutToo, "h", Silence)));

        // What the server says by itself does not open them again.
        foreach (var client in pushes.Where(static client => client.Connected))
        {
            client.Send("push"u8);
        }

        Assert.Equal(("push", "push"), (Hear(kept), Hear(direct)));
        Assert.Equal(("TimedOut", "TimedOut"), (Hear(cut, Silence), Say(cutToo, "l", Silence)));

        await Apply(host, Egress(friend));
        Assert.Equal(("TimedOut", "TimedOut"), (Say(kept, "j", Silence), Say(direct, "k", Silence)));
    }

    [Fact]
    public async Task Datagrams_ThatAreForbiddenNow_EndAtOnce()
    {
        await using var host = await StartAsync();
        var (web, client) = (await host.RunAsync("web", With()), await host.RunAsync("client", With()));
        using var server = web.ServeUdp(Port);
        using var socket = client.Inside(() =>
        {
            var made = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
            made.Connect(Address(web), Port);
            return made;
        });
        Assert.Equal(client.Address, Say(socket, "a"));

        await Apply(host, Egress(client, new TrafficRule { AnyPeer = true, Ports = [new PortRange("tcp", 0, ushort.MaxValue)] }));

        Assert.Equal("TimedOut", Say(socket, "b", Silence));
    }

    [Fact]
    public async Task BothFamilies_AreJudgedEachByItsOwnAddresses()
    {
        await using var host = await StartAsync(v6: "fd00:77::/64");
        var (web, friend, stranger) = (await host.RunAsync("web", With()), await host.RunAsync("friend", With()), await host.RunAsync("stranger", With()));
        using var server = web.ServeTcp(Port, IPAddress.Any);
        using var server6 = web.ServeTcp(Port, IPAddress.IPv6Any);
        var (web6, friend6, stranger6) = (web.Place("pods").IPv6Address, friend.Place("pods").IPv6Address, stranger.Place("pods").IPv6Address);
        Assert.Equal((friend.Address, friend6), (Try(friend, web), friend.Inside(() => Ask.Tcp(web6, Port))));

        var rule = new TrafficRule { Peers = [Address(friend), IPAddress.Parse(friend6)], AnyPort = true };
        await Apply(host, Both(web, rule));
        Assert.Equal((friend.Address, friend6), (Try(friend, web), friend.Inside(() => Ask.Tcp(web6, Port))));
        Assert.Equal(("timeout", "timeout"), (Try(stranger, web), stranger.Inside(() => Ask.Tcp(web6, Port))));

        await Apply(host, Both(web, new TrafficRule { Ranges = [new AddressRange(IPAddress.Parse("fd00:77::"), IPAddress.Parse("fd00:77::ffff"))], AnyPort = true }));
        Assert.Equal(("timeout", stranger6), (Try(stranger, web), stranger.Inside(() => Ask.Tcp(web6, Port))));
        Assert.NotEqual("timeout", host.OnHost(() => Ask.Tcp(web6, Port)));
    }

    [Fact]
    public async Task Pictures_AtRandom_AreTakenByTheKernelAsChanges()
    {
        await using var host = await StartAsync();
        var random = new Random(11);
        for (var round = 0; round < 40; round++)
        {
            await Apply(host, Draw(random));
        }

        Assert.Contains("_policies", host.Nft("list tables"), StringComparison.Ordinal);
        var step = Draw(random);
        await Apply(host, step);
        var changed = host.Nft($"list table inet naru_0a1b2c3d_policies");
        await Apply(host, TrafficPolicies.None);
        await Apply(host, step);
        Assert.Equal(Sorted(host.Nft($"list table inet naru_0a1b2c3d_policies")), Sorted(changed));
    }

    private static List<string> Sorted(string listing) => [.. listing.Split([' ', '\n', '\t', ','], StringSplitOptions.RemoveEmptyEntries).Order(StringComparer.Ordinal)];

    private static TrafficPolicies Draw(Random random)
    {
        var names = Enumerable.Range(0, 3).Select(static number => $"n/p{number}").ToList();
        return new TrafficPolicies
        {
            Policies = names.ToImmutableSortedDictionary(static name => name, _ => new TrafficPolicy([.. Rules(random)], [.. Rules(random)])),
            Places = [.. Enumerable.Range(1, 5).Select(number => new IsolatedPlace(
                IPAddress.Parse(number == 5 ? "2001:db8::5" : $"10.9.0.{number}"), random.Next(4) == 0 ? null : [.. names.Where(_ => random.Next(2) == 0)], random.Next(4) == 0 ? null : [.. names.Where(_ => random.Next(2) == 0)]))],
        };
    }

    private static IEnumerable<TrafficRule> Rules(Random random) => Enumerable.Range(0, random.Next(3)).Select(_ => new TrafficRule
    {
        AnyPeer = random.Next(4) == 0,
        Peers = random.Next(3) == 0 ? null : [.. Enumerable.Range(0, random.Next(4)).Select(_ => IPAddress.Parse(random.Next(5) == 0 ? "2001:db8::7" : $"10.9.0.{random.Next(9)}"))],
        Ranges = random.Next(2) == 0 ? [] : [new AddressRange(IPAddress.Parse("10.0.0.0"), IPAddress.Parse($"10.0.0.{random.Next(2)}")), new AddressRange(IPAddress.Parse("2001:db8::"), IPAddress.Parse("2001:db8::ff"))],
        AnyPort = random.Next(4) == 0,
        Ports = random.Next(2) == 0 ? [] : [new PortRange("tcp", 80, (ushort)(80 + random.Next(2))), new PortRange("sctp", 0, ushort.MaxValue)],
        PlacePorts = random.Next(2) == 0 ? null : [new PlacePort(IPAddress.Parse("10.9.0.1"), "udp", (ushort)random.Next(50, 53))],
    });

    private static string Try(Guest client, Guest server) => client.Inside(() => Ask.Tcp(server.Address, Port));

    private static IPAddress Address(Guest guest) => IPAddress.Parse(guest.Address);

    private static TrafficPolicies Ingress(Guest guest, params TrafficRule[] rules) => new()
    {
        Places = [new IsolatedPlace(Address(guest), ["n/p"], null)],
        Policies = ImmutableSortedDictionary<string, TrafficPolicy>.Empty.Add("n/p", new TrafficPolicy([.. rules], [])),
    };

    private static TrafficPolicies Egress(Guest guest, params TrafficRule[] rules) => new()
    {
        Places = [new IsolatedPlace(Address(guest), null, ["n/p"])],
        Policies = ImmutableSortedDictionary<string, TrafficPolicy>.Empty.Add("n/p", new TrafficPolicy([], [.. rules])),
    };

    private static Task Apply(TrafficHost host, TrafficPolicies picture) => host.Get<INetworkPolicies>().ApplyAsync(picture, CancellationToken.None);

    private static System.Net.Sockets.Socket Listen(string address)
    {
        var socket = new System.Net.Sockets.Socket(System.Net.Sockets.SocketType.Stream, System.Net.Sockets.ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Parse(address), 7070));
        socket.Listen();
        return socket;
    }

    private static TrafficPolicies Both(Guest guest, TrafficRule rule) => new()
    {
        Places = [new IsolatedPlace(Address(guest), ["n/p"], null), new IsolatedPlace(IPAddress.Parse(guest.Place("pods").IPv6Address), ["n/p"], null)],
        Policies = ImmutableSortedDictionary<string, TrafficPolicy>.Empty.Add("n/p", new TrafficPolicy([rule], [])),
    };

    /// <summary>Serves inside: says everything back.</summary>
    private static Socket Echo(Guest guest, out ConcurrentBag<Socket> clients)
    {
        var some = clients = [];
        var listener = guest.Inside(static () =>
        {
            var made = new Socket(SocketType.Stream, ProtocolType.Tcp);
            made.Bind(new IPEndPoint(IPAddress.Any, Port));
            made.Listen();
            return made;
        });
        _ = AcceptAsync(listener, some);
        return listener;
    }

    private static async Task AcceptAsync(Socket listener, ConcurrentBag<Socket> clients)
    {
        try
        {
            while (true)
            {
                var client = await listener.AcceptAsync();
                clients.Add(client);
                _ = EchoAsync(client);
            }
        }
        catch (Exception ending) when (ending is SocketException or ObjectDisposedException)
        {
            // The test is over.
        }
    }

    private static async Task EchoAsync(Socket client)
    {
        using var own = client;
        var buffer = new byte[64];
        try
        {
            while (await client.ReceiveAsync(buffer) is > 0 and var length)
            {
                await client.SendAsync(buffer.AsMemory(0, length));
            }
        }
        catch (SocketException)
        {
            // The client is gone.
        }
    }

    private static Socket Connect(Guest guest, string address, int port) => guest.Inside(() =>
    {
        var made = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        made.Connect(IPAddress.Parse(address), port);
        return made;
    });

    private static string Say(Socket socket, string words, int patience = Patience)
    {
        socket.Send(System.Text.Encoding.ASCII.GetBytes(words));
        return Hear(socket, patience);
    }

    private static string Hear(Socket socket, int patience = Patience)
    {
        socket.ReceiveTimeout = patience;
        var buffer = new byte[64];
        try
        {
            return System.Text.Encoding.ASCII.GetString(buffer, 0, socket.Receive(buffer));
        }
        catch (SocketException failure)
        {
            return failure.SocketErrorCode == SocketError.WouldBlock ? "TimedOut" : failure.SocketErrorCode.ToString();
        }
    }

    private static async Task<TrafficHost> StartAsync(string? bridgeTrafficIsSeen = null, string? v6 = null)
    {
        var host = new TrafficHost();
        foreach (var setting in new[] { "iptables", "ip6tables" }.Select(static one => $"/proc/sys/net/bridge/bridge-nf-call-{one}").Where(path => bridgeTrafficIsSeen is not null && File.Exists(path)))
        {
            host.OnHost(() =>
            {
                File.WriteAllText(setting, bridgeTrafficIsSeen);
                return true;
            });
        }

        await host.StartAsync();
        await host.Networks.CreateAsync(new NetworkSpec { Name = "pods", EnableIPv6 = v6 is not null, Pools = v6 is null ? [] : [new IpamPool { Subnet = v6 }], Options = ImmutableSortedDictionary<string, string>.Empty.Add("naru.through_host", "true") }, default);
        return host;
    }

    private static ContainerNetworkSpec With() => new() { Mode = "pods", Endpoints = ImmutableSortedDictionary<string, EndpointSpec>.Empty.Add("pods", new EndpointSpec()) };
}
