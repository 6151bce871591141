using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Naru.Core.Containers;
using Naru.Core.Networks;
using Naru.Traffic.Tests.Fixtures;

namespace Naru.Traffic.Tests.Names;

public sealed class NameServerTests
{
    private const ushort TypeAaaa = 28;

    [Fact]
    public async Task Names_OfTheSameNetwork_AnswerByNameAliasShortIdAndNetwork()
    {
        await using var host = await WithNetworksAsync();
        var web = await host.RunAsync("web", With("one", new EndpointSpec { Aliases = ["www", "frontend"] }));
        var client = await host.RunAsync("client", With("one"));
        foreach (var name in new[] { "web", "WEB", "www", "frontend", web.Request.Container.Short, "web.one" })
        {
            Assert.Equal([web.Address], client.Inside(() => Resolver.Ask(name)).Addresses);
        }

        Assert.Equal([web.Address], client.Inside(() => Resolver.AskTcp("web")).Addresses);
        Assert.Equal([web.Address], client.Inside(() => Resolver.Ask("web", edns: true)).Addresses);
        Assert.Equal("web.one", client.Inside(() => Resolver.Reverse(web.Address)));
    }

    [Fact]
    public async Task Names_WithoutIPv6_AnswerEmptyNotMissing()
    {
        await using var host = await WithNetworksAsync();
        await host.RunAsync("web", With("one"));
        var client = await host.RunAsync("client", With("one"));
        var answer = client.Inside(() => Resolver.Ask("web", TypeAaaa));
        Assert.Equal((0, 0, true), (answer.Code, answer.Data.Count, answer.IsAuthoritative));
    }

    [Fact]
    public async Task Names_OfAnotherNetwork_AreUnknown()
    {
        await using var host = await WithNetworksAsync();
        await host.RunAsync("web", With("one"));
        var client = await host.RunAsync("client", With("inner"));
        Assert.Equal(3, client.Inside(() => Resolver.Ask("web")).Code);
    }

    [Fact]
    public async Task Alias_SharedBySeveral_AnswersAllInChangingOrder()
    {
        await using var host = await WithNetworksAsync();
        var addresses = new List<string>();
        for (var number = 0; number < 4; number++)
        {
            addresses.Add((await host.RunAsync($"web{number}", With("one", new EndpointSpec { Aliases = ["web"] }))).Address);
        }

        var client = await host.RunAsync("client", With("one"));
        var firsts = client.Inside(() => Enumerable.Range(0, 40).Select(_ => Resolver.Ask("web").Addresses.ToList()).ToList());
        Assert.All(firsts, answer => Assert.Equal(addresses.Order(), answer.Order()));
        Assert.True(firsts.Select(answer => answer[0]).Distinct().Count() > 1);
    }

    [Fact]
    public async Task Alias_SharedByVeryMany_IsCutOverUdpAndWholeOverTcp()
    {
        await using var host = await WithNetworksAsync();
        for (var number = 0; number < 40; number++)
        {
            await host.RunAsync($"web{number}", With("one", new EndpointSpec { Aliases = ["web"] }));
        }

        var client = await host.RunAsync("client", With("one"));
        Assert.True(client.Inside(() => Resolver.Ask("web")).IsTruncated);
        Assert.Equal(40, client.Inside(() => Resolver.AskTcp("web")).Data.Count);
    }

    [Fact]
    public async Task Link_OwnAlias_IsKnownToItsOwnerOnly()
    {
        await using var host = await WithNetworksAsync();
        var db = await host.RunAsync("db", With("one"));
        var client = await host.RunAsync("client", With("one", new EndpointSpec { Links = ["db:database"] }));
        Assert.Equal([db.Address], client.Inside(() => Resolver.Ask("database")).Addresses);
        Assert.Equal(2, db.Inside(() => Resolver.Ask("database")).Code);
    }

    [Fact]
    public async Task Gone_RenamedOrDisconnected_NamesFollow()
    {
        await using var host = await WithNetworksAsync();
        var web = await host.RunAsync("web", With("one"));
        var client = await host.RunAsync("client", With("inner"));
        await client.ConnectAsync("one");
        Assert.Equal([web.Address], client.Inside(() => Resolver.Ask("web")).Addresses);
        await host.Sandboxes.RenameAsync(web.Request with { Name = "site" }, default);
        Assert.Equal([web.Address], client.Inside(() => Resolver.Ask("site")).Addresses);
        Assert.Empty(client.Inside(() => Resolver.Ask("web")).Data);
        await web.StopAsync();
        Assert.Empty(client.Inside(() => Resolver.Ask("site")).Data);
        await client.DisconnectAsync("one");
        Assert.Equal(3, client.Inside(() => Resolver.Ask("example.org")).Code);
    }

    [Fact]
    public async Task OtherNames_AreForwardedFromTheHostAndKept()
    {
        await using var host = await WithNetworksAsync();
        var asked = new ConcurrentQueue<string>();
        using var upstream = ServeNames(host, asked);
        var client = await host.RunAsync("client", With("one"));
        Assert.Equal(["203.0.113.7"], client.Inside(() => Resolver.Ask("example.org")).Addresses);

        // Who waits long for the first answer asks again.
        var before = asked.Count;
        Assert.Equal(["203.0.113.7"], client.Inside(() => Resolver.Ask("example.org")).Addresses);
        Assert.Equal(before, asked.Count);
        Assert.All(asked, static address => Assert.Equal(TrafficHost.HostAddress, address));
    }

    [Fact]
    public async Task Upstream_Silent_FailsAndThenFailsFast()
    {
        await using var host = await WithNetworksAsync();
        host.FromOutside(() => true);
        File.WriteAllText(host.ResolvConf, "nameserver 198.51.100.77\n");
        var client = await host.RunAsync("client", With("one"));
        Assert.Equal(2, client.Inside(() => Resolver.Ask("example.org")).Code);
        var clock = Stopwatch.StartNew();
        Assert.Equal(2, client.Inside(() => Resolver.Ask("example.net")).Code);

        // Waiting for it again would take as long as the first time: three seconds until the wire says that nobody is there, or the four of the forwarder.
        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(2), clock.Elapsed.ToString());
    }

    [Fact]
    public async Task Upstream_OnTheHostsLoopback_WorksAlsoOnTheDefaultBridge()
    {
        await using var host = await WithNetworksAsync();
        File.WriteAllText(host.ResolvConf, "nameserver 127.0.0.53\n");
        using var upstream = host.OnHost(() => Bind("127.0.0.53"));
        _ = AnswerAsync(upstream, new ConcurrentQueue<string>());
        var client = await host.RunAsync("client");
        Assert.Contains("nameserver 127.0.0.11", File.ReadAllText(client.Network.ResolvConfPath), StringComparison.Ordinal);
        Assert.Equal(["203.0.113.7"], client.Inside(() => Resolver.Ask("example.org")).Addresses);
    }

    [Fact]
    public async Task ContainersOwnNameServer_OnAllAddresses_CanBindPort53()
    {
        await using var host = await WithNetworksAsync();
        var guest = await host.RunAsync("pihole", With("one"));
        using var bound = guest.Inside(() => Bind("0.0.0.0"));
        Assert.Equal([guest.Address], guest.Inside(() => Resolver.Ask("pihole")).Addresses);
    }

    [Fact]
    public async Task Nonsense_IsRefusedAndTheServerLives()
    {
        await using var host = await WithNetworksAsync();
        var client = await host.RunAsync("client", With("one"));
        client.Inside(() =>
        {
            using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
            socket.Connect(IPAddress.Parse(Resolver.Inside), 53);
            var random = new Random(1);
            for (var round = 0; round < 300; round++)
            {
                var junk = new byte[random.Next(0, 80)];
                random.NextBytes(junk);
                socket.Send(junk);
            }

            return true;
        });
        Assert.Equal([client.Address], client.Inside(() => Resolver.Ask("client")).Addresses);
    }

    [Fact]
    public async Task Files_OnUserNetwork_AreAsDockerMakesThem()
    {
        await using var host = await WithNetworksAsync();
        var spec = With("one") with { ExtraHosts = ["gate:host-gateway", "six:[2001:db8::9]"], DnsSearch = ["x.example"] };
        var client = await host.RunAsync("client", spec);
        Assert.Equal(client.Request.Hostname + "\n", File.ReadAllText(client.Network.HostnamePath));
        var resolv = File.ReadAllText(client.Network.ResolvConfPath);
        Assert.Contains("nameserver 127.0.0.11\nsearch x.example\noptions edns0 ndots:0\n", resolv, StringComparison.Ordinal);
        var hosts = File.ReadAllText(client.Network.HostsPath);
        Assert.StartsWith("127.0.0.1\tlocalhost\n::1\tlocalhost ip6-localhost ip6-loopback\n", hosts, StringComparison.Ordinal);
        Assert.Contains("172.17.0.1\tgate\n2001:db8::9\tsix\n", hosts, StringComparison.Ordinal);
        Assert.EndsWith($"{client.Address}\t{client.Request.Hostname}\n", hosts, StringComparison.Ordinal);
        var onBridge = await host.RunAsync("b");
        Assert.Contains("nameserver 198.51.100.2\nsearch corp.example\noptions edns0\n", File.ReadAllText(onBridge.Network.ResolvConfPath), StringComparison.Ordinal);
    }

    private static async Task<TrafficHost> WithNetworksAsync()
    {
        var host = await new TrafficHost().StartAsync();
        await host.Networks.CreateAsync(new NetworkSpec { Name = "one" }, default);
        await host.Networks.CreateAsync(new NetworkSpec { Name = "inner", Internal = true }, default);
        return host;
    }

    private static ContainerNetworkSpec With(string network, EndpointSpec? endpoint = null) => new()
    {
        Mode = network,
        Endpoints = ImmutableSortedDictionary<string, EndpointSpec>.Empty.Add(network, endpoint ?? new EndpointSpec()),
    };

    private static Socket ServeNames(TrafficHost host, ConcurrentQueue<string> asked)
    {
        var socket = host.FromOutside(() => Bind("0.0.0.0"));
        _ = AnswerAsync(socket, asked);
        return socket;
    }

    private static Socket Bind(string address)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        socket.Bind(new IPEndPoint(IPAddress.Parse(address), 53));
        return socket;
    }

    private static async Task AnswerAsync(Socket socket, ConcurrentQueue<string> asked)
    {
        var buffer = new byte[2048];
        try
        {
            while (true)
            {
                var received = await socket.ReceiveFromAsync(buffer, new IPEndPoint(IPAddress.Any, 0));
                asked.Enqueue(((IPEndPoint)received.RemoteEndPoint).Address.ToString());
                byte[] answer = [.. buffer[..received.ReceivedBytes], 0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, 203, 0, 113, 7];
                (answer[2], answer[3], answer[7]) = (0x81, 0x80, 1);
                await socket.SendToAsync(answer, received.RemoteEndPoint);
            }
        }
        catch (Exception ending) when (ending is SocketException or ObjectDisposedException)
        {
        }
    }
}
