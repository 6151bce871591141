using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using Naru.Core.Containers;
using Naru.Core.Names;
using Naru.Core.Networks;
using Naru.Traffic.Tests.Fixtures;

namespace Naru.Traffic.Tests.Names;

public sealed class ClusterServerTests
{
    private const string Server = "10.96.0.10", Web = "web.shop.svc.cluster.local";

    [Fact]
    public async Task Pod_AsksTheClustersAddress_OverUdpAndTcp()
    {
        await using var host = await StartAsync();
        Fill(host);
        var pod = await host.RunAsync("pod", With("pods"));
        Assert.Equal(["10.96.1.2"], pod.Inside(() => Resolver.Ask(Web, server: Server)).Addresses);
        Assert.Equal(["10.96.1.2"], pod.Inside(() => Resolver.AskTcp(Web, server: Server)).Data.Select(static data => new IPAddress(data).ToString()));
        Assert.Equal(3, pod.Inside(() => Resolver.Ask("nobody.shop.svc.cluster.local", server: Server)).Code);
        Assert.Contains($"nameserver {Server}\n", File.ReadAllText(pod.Network.ResolvConfPath), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Container_OfAnotherNetwork_SeesNoCluster()
    {
        await using var host = await StartAsync();
        Fill(host);
        await host.Networks.CreateAsync(new NetworkSpec { Name = "one", Internal = true }, default);
        var other = await host.RunAsync("other", With("one"));
        Assert.Equal(3, other.Inside(() => Resolver.Ask(Web)).Code);
        Assert.Equal([other.Address], other.Inside(() => Resolver.Ask("other")).Addresses);
        var pod = await host.RunAsync("pod", With("pods"));
        Assert.NotEqual(0, pod.Inside(() => Resolver.Ask("pod", server: Server)).Code);
    }

    [Fact]
    public async Task Alias_OutOfTheCluster_IsAnsweredWithWhatItLeadsTo()
    {
        await using var host = await StartAsync();
        Fill(host);
        using var upstream = Upstream.Serve(host.FromOutside(static () => Upstream.Bind("0.0.0.0", 53)), "203.0.113.7");
        var pod = await host.RunAsync("pod", With("pods"));
        var answer = new DnsMessage(pod.Inside(() => Upstream.AskRaw("ext.shop.svc.cluster.local", Server)));
        Assert.Equal(["ext.shop.svc.cluster.local CNAME www.example.org", "www.example.org A 203.0.113.7"], answer.Answers);
    }

    [Fact]
    public async Task Route_OfADomain_HasServersOfItsOwn()
    {
        await using var host = await StartAsync(static options => WithCluster(options, new Dictionary<string, IReadOnlyList<string>> { ["corp.example"] = [$"{TrafficHost.OutsideAddress}:5300"] }));
        Fill(host);
        using var upstream = Upstream.Serve(host.FromOutside(static () => Upstream.Bind("0.0.0.0", 53)), "203.0.113.7");
        using var corporate = Upstream.Serve(host.FromOutside(static () => Upstream.Bind("0.0.0.0", 5300)), "203.0.113.8");
        var pod = await host.RunAsync("pod", With("pods"));
        Assert.Equal(["203.0.113.8"], pod.Inside(() => Resolver.Ask("db.corp.example", server: Server)).Addresses);
        Assert.Equal(["203.0.113.7"], pod.Inside(() => Resolver.Ask("mycorp.example", server: Server)).Addresses);
    }

    [Fact]
    public async Task Restart_PodAsksAgain_WaitsUntilTheNamesAreKnown()
    {
        await using var host = await StartAsync();
        Fill(host);
        var pod = await host.RunAsync("pod", With("pods"));
        await host.KillAsync();
        Assert.Equal("TimedOut", pod.Inside(() => Upstream.TryAsk(Web, Server)));
        await host.StartAsync(static options => WithCluster(options));
        await host.Sandboxes.AdoptAsync([pod.Request], default);
        var asked = Task.Run(() => pod.Inside(() => Resolver.Ask(Web, server: Server)), TestContext.Current.CancellationToken);
        Assert.NotSame(asked, await Task.WhenAny(asked, Task.Delay(300, TestContext.Current.CancellationToken)));
        Fill(host);
        Assert.Equal(["10.96.1.2"], (await asked).Addresses);
    }

    [Fact]
    public async Task Listen_OnTheHost_AnswersItsPrograms()
    {
        await using var host = await StartAsync();
        Fill(host);
        var names = host.Get<IClusterNames>();
        var port = names.Listen(IPAddress.Parse(TrafficHost.HostAddress), 10053);
        Assert.Equal(10053, port);
        Assert.Equal(port, names.Listen(IPAddress.Parse(TrafficHost.HostAddress), 10053));
        Assert.Equal(["10.96.1.2"], host.OnHost(() => Resolver.Ask(Web, server: TrafficHost.HostAddress, port: 10053)).Addresses);
    }

    private static async Task<TrafficHost> StartAsync(Func<TrafficOptions, TrafficOptions>? change = null)
    {
        var host = await new TrafficHost().StartAsync(change ?? (static options => WithCluster(options)));
        await host.Networks.CreateAsync(new NetworkSpec { Name = "pods" }, default);
        return host;
    }

    private static TrafficOptions WithCluster(TrafficOptions options, IReadOnlyDictionary<string, IReadOnlyList<string>>? routes = null) => new()
    {
        Directories = options.Directories,
        HostNamespacePath = options.HostNamespacePath,
        HostResolvConf = options.HostResolvConf,
        HostHosts = options.HostHosts,
        SpareSandboxes = options.SpareSandboxes,
        ForwardTimeout = options.ForwardTimeout,
        ClusterNames = new ClusterNameOptions { Network = "pods", Address = Server, Ranges = ["10.96.0.0/12"] },
        DnsRoutes = routes ?? new Dictionary<string, IReadOnlyList<string>>(),
    };

    private static void Fill(TrafficHost host)
    {
        var names = host.Get<IClusterNames>();
        names.Set("web", [new AddressRecord(Web, IPAddress.Parse("10.96.1.2"))]);
        names.Set("ext", [new AliasRecord("ext.shop.svc.cluster.local", "www.example.org")]);
        names.Open();
    }

    private static ContainerNetworkSpec With(string network) => new()
    {
        Mode = network,
        Endpoints = ImmutableSortedDictionary<string, EndpointSpec>.Empty.Add(network, new EndpointSpec()),
    };
}
