using System.Net;
using Naru.Agent.Services;
using Naru.Core.Traffic;
using Naru.Objects.Values;
using Naru.Objects.Yaml;

namespace Naru.Agent.Tests.Services;

public sealed class ServiceRoutingTests
{
    private const string Plain = """
        metadata: {name: web, namespace: shop}
        spec:
          type: ClusterIP
          clusterIP: 10.96.0.10
          clusterIPs: [10.96.0.10]
          ports: [{name: http, port: 80, protocol: TCP, targetPort: 8080}]
        """;

    private const string TwoReady = """
        addressType: IPv4
        ports: [{name: http, port: 8080, protocol: TCP}]
        endpoints:
        - {addresses: [10.244.0.5], conditions: {ready: true, serving: true, terminating: false}, nodeName: here}
        - {addresses: [10.244.1.5], conditions: {ready: true, serving: true, terminating: false}, nodeName: there}
        """;

    [Fact]
    public void ClusterAddress_LeadsToAllReadyEndpoints()
    {
        var frontend = Assert.Single(Decide(Plain, TwoReady).Frontends);

        Assert.Equal((IPAddress.Parse("10.96.0.10"), "tcp", (ushort)80, false), (frontend.Address, frontend.Protocol, frontend.Port, frontend.IsExternal));
        Assert.Equal([new ServiceTarget(IPAddress.Parse("10.244.0.5"), 8080, true), new ServiceTarget(IPAddress.Parse("10.244.1.5"), 8080, false)], frontend.Targets);
    }

    [Theory]
    [InlineData("service.kubernetes.io/service-proxy-name", true)]
    [InlineData("service.kubernetes.io/headless", true)]
    [InlineData("service.kubernetes.io/other", false)]
    public void Service_OfAnotherProgramOrOfNobody_HasNoRoutes(string label, bool none) =>
        Assert.Equal(none, Decide($$"""
            metadata: {name: web, namespace: shop, labels: { {{label}}: "" } }
            spec: {clusterIP: 10.96.0.7, clusterIPs: [10.96.0.7], ports: [{port: 80}]}
            """, TwoReady).Frontends.IsEmpty);

    [Theory]
    [InlineData("type: ExternalName", "externalName: example.org")]
    [InlineData("clusterIP: None", "clusterIPs: [None]")]
    public void Service_WithoutAddress_HasNoRoutes(string first, string second)
    {
        var routes = Decide($$"""
            metadata: {name: web, namespace: shop}
            spec: { {{first}}, {{second}}, ports: [{port: 80}] }
            """, TwoReady);

        Assert.Empty(routes.Frontends);
        Assert.Empty(routes.OwnAddresses);
    }

    [Fact]
    public void Endpoints_NoneReady_ThoseThatEndButAnswerAreUsed()
    {
        const string Slice = """
            addressType: IPv4
            ports: [{name: http, port: 8080, protocol: TCP}]
            endpoints:
            - {addresses: [10.244.0.5], conditions: {ready: false, serving: true, terminating: true}, nodeName: here}
            - {addresses: [10.244.0.6], conditions: {ready: false, serving: false, terminating: true}, nodeName: here}
            - {addresses: [10.244.0.7], conditions: {ready: false, serving: false, terminating: false}, nodeName: here}
            """;

        Assert.Equal(["10.244.0.5"], Addresses(Decide(Plain, Slice).Frontends[0].Targets));
    }

    [Fact]
    public void NodePort_PolicyLocal_FromOutsideOnlyEndpointsOfThisNode()
    {
        const string Service = """
            metadata: {name: web, namespace: shop}
            spec:
              type: NodePort
              externalTrafficPolicy: Local
              clusterIPs: [10.96.0.10]
              ports: [{name: http, port: 80, nodePort: 30080}]
            """;
        var port = Decide(Service, TwoReady).Frontends.Single(static one => one.Address.Equals(IPAddress.Any));

        Assert.Equal(30080, port.Port);
        Assert.Equal(["10.244.0.5", "10.244.1.5"], Addresses(port.Targets));
        Assert.Equal(["10.244.0.5"], Addresses(port.ExternalTargets));
        Assert.Equal(WithoutTarget.Drop, port.WithoutExternalTarget);
    }

    [Fact]
    public void ClusterAddress_PolicyLocalWithoutLocalEndpoint_Drops()
    {
        var routes = Decide(Plain.Replace("type: ClusterIP", "internalTrafficPolicy: Local", StringComparison.Ordinal), TwoReady.Replace("nodeName: here", "nodeName: elsewhere", StringComparison.Ordinal));

        Assert.Empty(routes.Frontends[0].Targets);
        Assert.Equal(WithoutTarget.Drop, routes.Frontends[0].WithoutTarget);
    }

    [Fact]
    public void LoadBalancer_AddressesAndExternalOnes_HaveTheirSources()
    {
        const string Service = """
            metadata: {name: web, namespace: shop}
            spec:
              type: LoadBalancer
              clusterIPs: [10.96.0.10]
              externalIPs: [203.0.113.9]
              loadBalancerSourceRanges: ["192.0.2.0/24"]
              sessionAffinity: ClientIP
              ports: [{name: http, port: 80}]
            status: {loadBalancer: {ingress: [{ip: 203.0.113.7}, {ip: 203.0.113.8, ipMode: Proxy}]}}
            """;
        var frontends = Decide(Service, TwoReady).Frontends;

        Assert.Equal(["10.96.0.10", "203.0.113.9", "203.0.113.7"], frontends.Select(static one => one.Address.ToString()));
        Assert.Equal([IPNetwork.Parse("192.0.2.0/24")], frontends[2].Sources);
        Assert.Empty(frontends[1].Sources);
        Assert.All(frontends, static one => Assert.Equal(TimeSpan.FromHours(3), one.Affinity));
    }

    [Fact]
    public void Hints_ForThisZone_AreKeptIfAllEndpointsHaveThem()
    {
        var hinted = TwoReady.Replace("nodeName: here", "nodeName: here, hints: {forZones: [{name: a}]}", StringComparison.Ordinal);
        var all = hinted.Replace("nodeName: there", "nodeName: there, hints: {forZones: [{name: b}]}", StringComparison.Ordinal);

        Assert.Equal(["10.244.0.5"], Addresses(Decide(Plain, all, "a").Frontends[0].Targets));
        Assert.Equal(["10.244.1.5"], Addresses(Decide(Plain, all, "b").Frontends[0].Targets));
        Assert.Equal(2, Decide(Plain, all, "c").Frontends[0].Targets.Length);
        Assert.Equal(2, Decide(Plain, hinted, "a").Frontends[0].Targets.Length);
    }

    [Fact]
    public void Server_OnLoopback_IsReachedAtTheServiceAndAtTheAdvertisedPlace()
    {
        var service = Plain.Replace("name: web, namespace: shop", "name: kubernetes, namespace: default", StringComparison.Ordinal);
        const string Slice = """
            addressType: IPv4
            ports: [{name: http, port: 6443, protocol: TCP}]
            endpoints: [{addresses: [192.0.2.1], conditions: {ready: true}}]
            """;
        var server = new ServerPlace(IPEndPoint.Parse("192.0.2.1:6443"), IPEndPoint.Parse("127.0.0.1:6443"));
        var frontends = ServiceRouting.Decide(Sight(service, Slice) with { Server = server }).Frontends;

        Assert.Equal(["10.96.0.10", "192.0.2.1"], frontends.Select(static one => one.Address.ToString()));
        Assert.All(frontends, static one => Assert.Equal(new ServiceTarget(IPAddress.Loopback, 6443, true), Assert.Single(one.Targets)));

        // One that listens everywhere needs no help.
        var open = ServiceRouting.Decide(Sight(service, Slice) with { Server = server with { Bound = IPEndPoint.Parse("0.0.0.0:6443") } }).Frontends;
        Assert.Equal("192.0.2.1", Assert.Single(Assert.Single(open).Targets).Address.ToString());
    }

    private static ServiceRoutes Decide(string service, string slice, string zone = "") => ServiceRouting.Decide(Sight(service, slice) with { Zone = zone });

    private static ServiceSight Sight(string service, string slice) => new() { Service = Read(service), Slices = [Read(slice)], Node = "here" };

    private static MapValue Read(string yaml) => Assert.IsType<MapValue>(YamlText.Parse(System.Text.Encoding.UTF8.GetBytes(yaml)));

    private static IEnumerable<string> Addresses(IEnumerable<ServiceTarget> targets) => targets.Select(static one => one.Address.ToString());
}
