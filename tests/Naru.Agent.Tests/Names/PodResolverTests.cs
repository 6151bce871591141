using Naru.Agent.Sandboxes;
using Naru.Agent.Tests.Pods;

namespace Naru.Agent.Tests.Names;

public sealed class PodResolverTests
{
    private const string Cluster = "search shop.svc.cluster.local svc.cluster.local cluster.local corp.example\nnameserver 10.96.0.10\noptions ndots:5\n";
    private const string Host = "search corp.example\nnameserver 192.0.2.1\nnameserver 192.0.2.2\noptions edns0\n";
    private readonly AgentOptions _options = new() { ClusterDns = ["10.96.0.10"] };

    [Theory]
    [InlineData("{}", Cluster)]
    [InlineData("""{"dnsPolicy":"ClusterFirst"}""", Cluster)]
    [InlineData("""{"dnsPolicy":"ClusterFirst","hostNetwork":true}""", Host)]
    [InlineData("""{"dnsPolicy":"ClusterFirstWithHostNet","hostNetwork":true}""", Cluster)]
    [InlineData("""{"dnsPolicy":"Default"}""", Host)]
    [InlineData("""{"dnsPolicy":"None","dnsConfig":{"nameservers":["1.1.1.1"],"searches":["resolv.conf.local"]}}""", "search resolv.conf.local\nnameserver 1.1.1.1\n")]
    [InlineData("""{"dnsConfig":{"nameservers":["1.1.1.1"],"searches":["x.example","cluster.local"],"options":[{"name":"ndots","value":"2"},{"name":"rotate"}]}}""",
        "search shop.svc.cluster.local svc.cluster.local cluster.local corp.example x.example\nnameserver 10.96.0.10\nnameserver 1.1.1.1\noptions ndots:2 rotate\n")]
    public void Policy_OfAPod_MakesItsFile(string spec, string expected) => Assert.Equal(expected, PodResolver.Render(PodFixture.Pod(spec), _options, static () => Host));

    [Fact]
    public void Default_HostAsksItsLoopback_PodAsksTheCluster() =>
        Assert.Equal("nameserver 10.96.0.10\n", PodResolver.Render(PodFixture.Pod("""{"dnsPolicy":"Default"}"""), _options, static () => "nameserver 127.0.0.53\nsearch .\n"));

    [Fact]
    public void Servers_MoreThanThree_AreLeftOut() =>
        Assert.Equal("nameserver 1.0.0.1\nnameserver 1.0.0.2\nnameserver 1.0.0.3\n", PodResolver.Render(PodFixture.Pod("""{"dnsPolicy":"None","dnsConfig":{"nameservers":["1.0.0.1","1.0.0.2","1.0.0.3","1.0.0.4"]}}"""), _options, static () => ""));
}
