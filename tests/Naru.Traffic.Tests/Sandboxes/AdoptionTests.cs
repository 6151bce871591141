using Naru.Core.Containers;
using Naru.Core.Networks;
using Naru.Linux.Namespaces;
using Naru.Traffic.Tests.Fixtures;
using Naru.Traffic.Tests.Ports;

namespace Naru.Traffic.Tests.Sandboxes;

[Collection(nameof(Alone))]
public sealed class AdoptionTests
{
    [Fact]
    public async Task Restart_AfterKill_LiveSandboxGoesOnAndDeadOneIsSwept()
    {
        await using var host = await new TrafficHost().StartAsync();
        await host.Networks.CreateAsync(new NetworkSpec { Name = "mine" }, default);
        var live = await host.RunAsync("live", PublishingTests.Publish(8080, 80) with { Mode = "mine" });
        var dead = await host.RunAsync("dead", PublishingTests.Publish(8081, 80) with { Mode = "mine" });
        using var service = live.ServeTcp(80);
        await host.KillAsync();
        Assert.Equal(TrafficHost.OutsideAddress, host.FromOutside(() => Ask.Tcp(TrafficHost.HostAddress, 8080)));

        await host.StartAsync();
        var adopted = await host.Sandboxes.AdoptAsync([live.Request], default);
        Assert.Equal([live.Request.Container], adopted.Keys);
        Assert.Equal(live.Network.Id, adopted[live.Request.Container].Id);
        Assert.Equal(TrafficHost.OutsideAddress, host.FromOutside(() => Ask.Tcp(TrafficHost.HostAddress, 8080)));
        Assert.Single(host.Networks.Get("mine").Endpoints);
        Assert.False(NetworkNamespace.IsBound(dead.Network.NamespacePath));
        Assert.DoesNotContain("8081", host.Nft("list ruleset"), StringComparison.Ordinal);
        await TrafficHost.EventuallyAsync(() => host.Links().Count(link => link.Name.StartsWith("nv", StringComparison.Ordinal)) == 1, "the dead one's link goes");
        var next = await host.RunAsync("next", new ContainerNetworkSpec { Mode = "mine" });
        Assert.NotEqual(live.Address, next.Address);
        Assert.Equal("live.mine", next.Inside(() => Names.Resolver.Reverse(live.Address)));
    }

    [Fact]
    public async Task Restart_HalfMadeThings_AreSweptAndOthersLeftAlone()
    {
        await using var host = await new TrafficHost().StartAsync();
        await host.RunAsync("a");
        await host.KillAsync();
        host.OnHost(() =>
        {
            using var routes = Linux.Netlink.RouteSocket.Open();
            routes.Execute(batch => batch
                .AddVeth(new Linux.Netlink.VethSpec { Name = "nv0a1b2c3dzzzzz", PeerName = "peer0" })
                .AddVeth(new Linux.Netlink.VethSpec { Name = "nv99999999zzzzz", PeerName = "peer1" })
                .AddBridge("br-orphan", alias: "naru:0a1b2c3d:gone").AddBridge("br-admin"));
            return true;
        });
        host.Nft("add table inet admin");
        await host.StartAsync();
        await host.Sandboxes.AdoptAsync([], default);
        await TrafficHost.EventuallyAsync(() => host.Links().Count(link => link.Name.StartsWith("nv", StringComparison.Ordinal)) == 1, "only the other instance's link stays");
        var names = host.Links().Select(link => link.Name).ToList();
        Assert.Contains("nv99999999zzzzz", names);
        Assert.Contains("br-admin", names);
        Assert.DoesNotContain("br-orphan", names);
        Assert.Contains("table inet admin", host.Nft("list tables"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Stop_WithoutContainers_LeavesTheHostAsItWas()
    {
        await using var host = new TrafficHost();
        host.Nft("table inet filter { chain input { type filter hook input priority filter; policy drop; } }");
        var (links, rules) = (host.Links().Count, host.Nft("list ruleset"));
        await host.StartAsync();
        await host.Networks.CreateAsync(new NetworkSpec { Name = "mine" }, default);
        await (await host.RunAsync("a", PublishingTests.Publish(8080, 80) with { Mode = "mine" })).StopAsync();
        await host.StopAsync();
        Assert.Equal(links, host.Links().Count);
        Assert.Equal(rules, host.Nft("list ruleset"));

        await host.StartAsync();
        Assert.Equal("172.18.0.2", (await host.RunAsync("a", new ContainerNetworkSpec { Mode = "mine" })).Address);
    }

    [Fact]
    public async Task Start_AddressesTakenMeanwhile_ChoosesOthers()
    {
        await using var host = await new TrafficHost().StartAsync(instance: "11111111");
        await host.StopAsync();
        await host.StartAsync(instance: "22222222");
        Assert.Equal("172.17.0.0/16", host.Networks.Get("bridge").Spec.Pools[0].Subnet);
        await host.StartAsync(instance: "11111111");
        Assert.Equal("172.18.0.0/16", host.Networks.Get("bridge").Spec.Pools[0].Subnet);
        Assert.Equal("172.18.0.2", (await host.RunAsync("a")).Address);
    }

    [Fact]
    public async Task Stop_WithContainers_LeavesThemConnected()
    {
        await using var host = await new TrafficHost().StartAsync();
        var web = await host.RunAsync("web", PublishingTests.Publish(8080, 80));
        using var service = web.ServeTcp(80);
        await host.StopAsync();
        Assert.Equal(TrafficHost.OutsideAddress, host.FromOutside(() => Ask.Tcp(TrafficHost.HostAddress, 8080)));
        await host.StartAsync();
        Assert.Single(await host.Sandboxes.AdoptAsync([web.Request], default));
    }

    [Fact]
    public async Task AttachDetach_Many_LeakNothing()
    {
        var rounds = Environment.GetEnvironmentVariable("NARU_TEST_ROUNDS") is { Length: > 0 } text ? int.Parse(text) : 200;
        await using var host = await new TrafficHost().StartAsync();
        await host.Networks.CreateAsync(new NetworkSpec { Name = "mine" }, default);
        var spec = PublishingTests.Publish(0, 80) with { Mode = "mine" };
        for (var warm = 0; warm < 5; warm++)
        {
            await (await host.RunAsync("warm", spec)).StopAsync();
        }

        await TrafficHost.EventuallyAsync(() => !host.Links().Any(link => link.Name.StartsWith("nv", StringComparison.Ordinal)), "warm-up is gone");
        var before = Count(host);
        await Parallel.ForEachAsync(Enumerable.Range(0, rounds), new ParallelOptions { MaxDegreeOfParallelism = 8 }, async (round, _) => await (await host.RunAsync($"c{round}", spec)).StopAsync());
        await TrafficHost.EventuallyAsync(() => Count(host) is var after && after.Links == before.Links && after.Namespaces == before.Namespaces && after.Rules == before.Rules && after.Descriptors <= before.Descriptors + 20, "counts are as before");
        await host.RunAsync("next", spec);
    }

    [Fact]
    public async Task SetUp_SixtyEightAtATime_AllGetTheirOwn()
    {
        await using var host = await new TrafficHost().StartAsync();
        var spec = PublishingTests.Publish(0, 80);
        var clock = System.Diagnostics.Stopwatch.StartNew();
        var guests = new System.Collections.Concurrent.ConcurrentBag<Guest>();
        await Parallel.ForEachAsync(Enumerable.Range(0, 60), new ParallelOptions { MaxDegreeOfParallelism = 8 }, async (round, _) => guests.Add(await host.RunAsync($"c{round}", spec)));
        TestContext.Current.TestOutputHelper?.WriteLine($"60 set up, 8 at a time: {clock.Elapsed.TotalMilliseconds:0} ms");
        Assert.Equal(60, guests.Select(guest => guest.Address).Distinct().Count());
        Assert.Equal(60, guests.Select(guest => guest.Network.Ports[0].HostPort).Distinct().Count());
        Assert.Equal(60, host.Networks.Get("bridge").Endpoints.Count);
        clock.Restart();
        await Parallel.ForEachAsync(guests, new ParallelOptions { MaxDegreeOfParallelism = 8 }, async (guest, _) => await guest.StopAsync());
        TestContext.Current.TestOutputHelper?.WriteLine($"60 torn down, 8 at a time: {clock.Elapsed.TotalMilliseconds:0} ms");
        Assert.Empty(host.Networks.Get("bridge").Endpoints);
    }

    private static (int Links, int Namespaces, int Rules, int Descriptors) Count(TrafficHost host) => (
        host.Links().Count,
        File.ReadLines("/proc/self/mountinfo").Count(line => line.Contains("run-0a1b2c3d/netns", StringComparison.Ordinal) && line.Contains(Path.GetFileName(Path.GetDirectoryName(host.ResolvConf))!, StringComparison.Ordinal)),
        host.Nft("list ruleset").Length,
        Directory.GetFileSystemEntries("/proc/self/fd").Length);
}
