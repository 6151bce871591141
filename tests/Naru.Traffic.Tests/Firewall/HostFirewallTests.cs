using Naru.Core.Containers;
using Naru.Core.Networks;
using Naru.Traffic.Firewall;
using Naru.Traffic.Tests.Fixtures;
using Naru.Traffic.Tests.Ports;

namespace Naru.Traffic.Tests.Firewall;

public sealed class HostFirewallTests
{
    [Fact]
    public async Task InputPolicyDrop_Published_IsClosedOutsideAndOpenOnTheHost()
    {
        await using var host = new TrafficHost();
        host.Nft("table inet filter { chain input { type filter hook input priority filter; policy drop; iif lo accept; ct state established,related accept; tcp dport 22 accept; icmp type echo-request accept; } }");
        var web = await PublishedAsync(host);
        Assert.Equal("timeout", FromOutside(host));
        Assert.Equal("172.17.0.1", host.OnHost(() => Ask.Tcp("127.0.0.1", 8080)));
        host.Nft("add rule inet filter input tcp dport 8080 accept");
        await TrafficHost.EventuallyAsync(() => FromOutside(host) == TrafficHost.OutsideAddress, "the port opens when the administrator opens it");
        Assert.NotNull(web);
    }

    [Fact]
    public async Task InputDrop_ForThePort_HoldsOnceItIsAdded()
    {
        await using var host = new TrafficHost();
        await PublishedAsync(host);
        Assert.Equal(TrafficHost.OutsideAddress, FromOutside(host));
        host.Nft("table ip mine { chain in { type filter hook input priority 5; policy accept; tcp dport 8080 drop; } }");
        await TrafficHost.EventuallyAsync(() => FromOutside(host) == "timeout", "the port closes");
        host.Nft("delete table ip mine");
        await TrafficHost.EventuallyAsync(() => FromOutside(host) == TrafficHost.OutsideAddress, "the port opens again");
    }

    [Theory]
    [InlineData("table inet filter { chain forward { type filter hook forward priority filter; policy accept; tcp dport 8080 drop; } }")]
    [InlineData("table inet filter { chain forward { type filter hook forward priority filter; policy accept; tcp dport 80 drop; } }")]
    [InlineData("table inet filter { chain forward { type filter hook forward priority filter; policy accept; meta l4proto tcp ct original proto-dst 8080 drop; } }")]
    [InlineData("table ip filter { chain INPUT { type filter hook input priority filter; policy accept; jump mine; } chain mine { tcp dport vmap { 8080 : jump closed } } chain closed { counter reject with icmp port-unreachable; } }")]
    [InlineData("table inet f { set bad { type ipv4_addr; flags interval; elements = { 198.51.100.0/24 } } chain i { type filter hook input priority 0; policy accept; ip saddr @bad drop; } }")]
    [InlineData("table inet f { counter c { } chain i { type filter hook input priority 0; policy accept; meta iifname \"wan0\" tcp dport { 443, 8000-8090 } counter name c limit rate over 1/day burst 0 packets drop; } }")]
    [InlineData("table inet f { chain a { type filter hook input priority 0; policy accept; accept; } chain b { type filter hook input priority 1; policy accept; tcp dport 8080 drop; } }")]
    public async Task Drop_WhereverItStands_Holds(string ruleset)
    {
        await using var host = new TrafficHost();
        host.Nft(ruleset.Replace(" burst 0 packets", "", StringComparison.Ordinal).Replace("limit rate over 1/day ", "", StringComparison.Ordinal));
        await PublishedAsync(host);
        var seen = FromOutside(host);
        Assert.True(seen is "timeout" or "ConnectionRefused", seen);
        Assert.Equal(0, host.Get<HostFirewall>().LeftOut);
    }

    [Theory]
    [InlineData("table inet filter { chain forward { type filter hook forward priority filter; policy accept; iifname \"wan0\" ct state new ip daddr 192.0.2.0/24 drop; } }")]
    [InlineData("table inet filter { chain output { type filter hook output priority filter; policy accept; tcp dport 8080 drop; } }")]
    [InlineData("table inet filter { set ok { type ipv4_addr . inet_service; elements = { 198.51.100.2 . 8080 } } chain input { type filter hook input priority filter; policy drop; ip saddr . tcp dport @ok accept; } }")]
    [InlineData("table inet filter { map v { type inet_service : verdict; elements = { 8080 : accept } } chain input { type filter hook input priority filter; policy drop; tcp dport vmap @v; } }")]
    public async Task Accept_OrUnrelated_LeavesThePortOpen(string ruleset)
    {
        await using var host = new TrafficHost();
        host.Nft(ruleset);
        await PublishedAsync(host);
        Assert.Equal(TrafficHost.OutsideAddress, FromOutside(host));
        Assert.Equal(0, host.Get<HostFirewall>().LeftOut);
    }

    [Fact]
    public async Task NamedSet_ElementAddedLater_Counts()
    {
        await using var host = new TrafficHost();
        host.Nft("table inet filter { set banned { type ipv4_addr; flags timeout; } chain input { type filter hook input priority filter; policy accept; ip saddr @banned drop; } }");
        await PublishedAsync(host);
        Assert.Equal(TrafficHost.OutsideAddress, FromOutside(host));
        host.Nft($"add element inet filter banned {{ {TrafficHost.OutsideAddress} timeout 1h }}");
        await TrafficHost.EventuallyAsync(() => FromOutside(host) == "timeout", "a ban counts");
    }

    [Fact]
    public async Task InputPolicyDrop_ContainersOwnTraffic_GoesOn()
    {
        await using var host = new TrafficHost();
        host.Nft("table inet filter { chain input { type filter hook input priority filter; policy drop; iif lo accept; } }");
        await host.StartAsync();
        await host.Networks.CreateAsync(new NetworkSpec { Name = "mine" }, default);
        var a = await host.RunAsync("a", new ContainerNetworkSpec { Mode = "mine" });
        var b = await host.RunAsync("b", new ContainerNetworkSpec { Mode = "mine" });
        using var service = b.ServeTcp(80);
        Assert.Equal([b.Address], a.Inside(() => Names.Resolver.Ask("b")).Addresses);
        Assert.Equal(a.Address, a.Inside(() => Ask.Tcp(b.Address, 80)));
    }

    [Fact]
    public async Task Flush_OfEverything_IsMendedByItself()
    {
        await using var host = new TrafficHost();
        await PublishedAsync(host);
        host.Nft("flush ruleset");
        await TrafficHost.EventuallyAsync(() => FromOutside(host) == TrafficHost.OutsideAddress, "the rules come back");
    }

    [Fact]
    public async Task NotObeying_IsPossible()
    {
        await using var host = new TrafficHost();
        host.Nft("table inet filter { chain input { type filter hook input priority filter; policy drop; } }");
        await PublishedAsync(host, obey: false);
        Assert.Equal(TrafficHost.OutsideAddress, FromOutside(host));
    }

    [Theory]
    [InlineData("-A INPUT -p tcp --dport 8080 -j DROP", "timeout")]
    [InlineData("-A INPUT -p tcp -m multiport --dports 443,8080 -j REJECT", "timeout")]
    [InlineData("-A INPUT -p tcp -m conntrack --ctstate NEW -m limit --limit 1/hour --limit-burst 100 -m comment --comment hello -j DROP", "timeout")]
    [InlineData("-P INPUT DROP", "timeout")]
    [InlineData("-A INPUT -p tcp --dport 8081 -j DROP", TrafficHost.OutsideAddress)]
    public async Task Iptables_Rules_AreObeyedToo(string rule, string expected)
    {
        const string Program = "/usr/sbin/iptables-nft";
        Assert.SkipUnless(File.Exists(Program), "iptables-nft is not installed");
        await using var host = new TrafficHost();
        using var process = System.Diagnostics.Process.Start("nsenter", [$"--net={host.Host.Path}", Program, .. rule.Split(' ')]);
        await process.WaitForExitAsync();
        Assert.Equal(0, process.ExitCode);
        await PublishedAsync(host);
        Assert.Equal(expected, FromOutside(host));
        Assert.Equal(0, host.Get<HostFirewall>().LeftOut);
    }

    private static string FromOutside(TrafficHost host) => host.FromOutside(() => Ask.Tcp(TrafficHost.HostAddress, 8080));

    private static async Task<Guest> PublishedAsync(TrafficHost host, bool obey = true)
    {
        await host.StartAsync(options => new TrafficOptions
        {
            Directories = options.Directories,
            HostNamespacePath = options.HostNamespacePath,
            HostResolvConf = options.HostResolvConf,
            HostHosts = options.HostHosts,
            ObeyHostFirewall = obey,
        });
        var web = await host.RunAsync("web", PublishingTests.Publish(8080, 80));
        web.ServeTcp(80);
        return web;
    }
}
