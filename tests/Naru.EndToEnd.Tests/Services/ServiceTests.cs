using System.Net;
using System.Net.Sockets;
using Naru.Testing.Running;

namespace Naru.EndToEnd.Tests.Services;

/// <summary>Services lead to real pods.</summary>
public sealed class ServiceTests(ServiceCluster cluster) : IClassFixture<ServiceCluster>
{
    private const string Http = "ports: [{name: http, port: 80, targetPort: 8080}]";

    [Fact]
    public async Task ClusterAddress_FromPodsAndHost_LeadsToEveryReadyPod()
    {
        cluster.Pods.Required();
        await cluster.DeployAsync("web", 2);
        var address = await cluster.ExposeAsync("web", $"selector: {{app: web}}, {Http}", 2);
        var names = await NamesAsync("web");
        await SeesAsync(names, () => cluster.AskFromAsync("client", address, 80));
        await SeesAsync(names, () => ServiceCluster.AskAsync(address, 80));

        // A pod that meets itself.
        await SeesAsync([names[0]], () => cluster.AskFromAsync(names[0], address, 80));

        // One that is not ready any more.
        await cluster.Pods.OkAsync("exec", names[0], "--", "rm", "/w/ready");
        await Eventually.BecomesAsync(async () => (await cluster.EndpointsAsync("web")).Count == 1, "one endpoint is left");
        await Eventually.BecomesAsync(async () => (await SomeAsync(10, () => ServiceCluster.AskAsync(address, 80))).SequenceEqual([names[1]]), "only the ready pod is led to");
        await cluster.Pods.OkAsync("exec", names[0], "--", "touch", "/w/ready");
        await SeesAsync(names, () => ServiceCluster.AskAsync(address, 80));
    }

    [Fact]
    public async Task NodePortAndAffinity_LeadToOnePod()
    {
        cluster.Pods.Required();
        await cluster.DeployAsync("sticky", 2);
        var address = await cluster.ExposeAsync("sticky", $"type: NodePort, sessionAffinity: ClientIP, selector: {{app: sticky}}, {Http}", 2);
        var port = int.Parse(await cluster.Pods.OkAsync("get", "service", "sticky", "-o", "jsonpath={.spec.ports[0].nodePort}"), System.Globalization.CultureInfo.InvariantCulture);
        var node = await cluster.Pods.OkAsync("get", "nodes", "-o", "jsonpath={.items[0].status.addresses[0].address}");
        var names = await NamesAsync("sticky");
        foreach (var ask in new Func<Task<string>>[] { () => ServiceCluster.AskAsync(node, port), () => ServiceCluster.AskAsync("127.0.0.1", port), () => cluster.AskFromAsync("client", node, port), () => cluster.AskFromAsync("client", address, 80) })
        {
            await Eventually.BecomesAsync(async () => names.Contains(await ask()), "one of them answers");
            Assert.Contains(Assert.Single(await SomeAsync(8, ask)), names);
        }
    }

    [Fact]
    public async Task NoEndpoints_AreRefusedAtOnce()
    {
        cluster.Pods.Required();
        var address = await cluster.ExposeAsync("nobody", $"selector: {{app: nobody}}, {Http}", 0);
        await Eventually.BecomesAsync(async () => await ServiceCluster.AskAsync(address, 80) == "ConnectionRefused", "the host is refused");
        Assert.Contains("refused", (await cluster.Pods.TryAsync(null, "exec", "client", "--", "nc", "-w", "3", address, "80")).ToString(), StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task Datagrams_AreAnsweredAndFollowTheEndpoint()
    {
        cluster.Pods.Required();
        var node = await cluster.Pods.OkAsync("get", "nodes", "-o", "jsonpath={.items[0].status.addresses[0].address}");
        using var first = new NamingServer(IPAddress.Parse(node), IPAddress.Parse("198.51.100.1"));
        using var second = new NamingServer(IPAddress.Parse(node), IPAddress.Parse("198.51.100.2"));
        await cluster.Pods.ApplyAsync("""
            apiVersion: v1
            kind: Service
            metadata: {name: names}
            spec: {ports: [{port: 53, protocol: UDP}]}
            """);
        await LeadAsync("names", node, first.Port);
        var address = await cluster.Pods.OkAsync("get", "service", "names", "-o", "jsonpath={.spec.clusterIP}");
        using var client = new UdpClient();
        client.Connect(address, 53);
        await NamedAsync("198.51.100.1");

        // The same client from the same port: the kernel would keep sending it where it sent it before.
        await LeadAsync("names", node, second.Port);
        await NamedAsync("198.51.100.2");

        Task NamedAsync(string wanted) => Task.WhenAll(
            Eventually.SaysAsync(async () => await ServiceCluster.AskNameAsync(client), wanted, "the server that the host asks"),
            Eventually.BecomesAsync(
                async () => (await cluster.Pods.TryAsync(null, "exec", "client", "--", "nslookup", "-type=a", "a.", address)).ToString().Contains(wanted, StringComparison.Ordinal),
                $"the server that the pod asks says {wanted}"));
    }

    [Fact]
    public async Task Server_OnTheHostsLoopback_IsReachedFromPods()
    {
        cluster.Pods.Required();
        // A naru that was started again may listen at another port, and be asked before the table knows.
        await ReachedAsync(() => Task.FromResult(("10.96.0.1", "443")));
        await ReachedAsync(async () =>
        {
            var place = (await cluster.Pods.OkAsync("get", "endpointslice", "kubernetes", "-o", "jsonpath={.endpoints[0].addresses[0]} {.ports[0].port}")).Split(' ');
            return (place[0], place[1]);
        });

        Task ReachedAsync(Func<Task<(string Address, string Port)>> where) => Eventually.SaysAsync(
            async () =>
            {
                var (address, port) = await where();
                var result = await cluster.Pods.TryAsync(null, "exec", "client", "--", "sh", "-c", $"echo hello | nc -w 3 {address} {port}");
                return result.ExitCode == 0 ? "reached" : $"{address} {port}: {result}";
            },
            "reached",
            "the client of the server");
    }

    [Fact]
    public async Task LoadBalancer_HasAnAddressOfThePool()
    {
        cluster.Pods.Required();
        await cluster.DeployAsync("public", 1);
        await cluster.ExposeAsync("public", $"type: LoadBalancer, selector: {{app: public}}, {Http}", 1);
        string[] read = ["get", "service", "public", "-o", "jsonpath={.status.loadBalancer.ingress[0].ip}"];
        await Eventually.BecomesAsync(async () => (await cluster.Pods.OkAsync(read)).StartsWith(ServiceCluster.Balanced, StringComparison.Ordinal), "it has an address");
        var address = await cluster.Pods.OkAsync(read);
        var name = Assert.Single(await NamesAsync("public"));
        await Eventually.BecomesAsync(async () => await ServiceCluster.AskAsync(address, 80) == name, "the host reaches it");
        Assert.Equal(name, await cluster.AskFromAsync("client", address, 80));
        await cluster.Pods.OkAsync("delete", "service", "public");
        await Eventually.BecomesAsync(async () => await ServiceCluster.AskAsync(address, 80) != name, "nobody is there");
    }

    [Fact]
    public async Task LocalTraffic_HealthCheckIsAnswered_AndEndpointsOfOtherNodesAreLeftOut()
    {
        cluster.Pods.Required();
        await cluster.DeployAsync("near", 1);
        await cluster.ExposeAsync("near", $"type: LoadBalancer, externalTrafficPolicy: Local, internalTrafficPolicy: Local, selector: {{app: near}}, {Http}", 1);
        var port = int.Parse(await cluster.Pods.OkAsync("get", "service", "near", "-o", "jsonpath={.spec.healthCheckNodePort}"), System.Globalization.CultureInfo.InvariantCulture);
        await Eventually.BecomesAsync(async () => (await ServiceCluster.AskAsync("127.0.0.1", port)).Contains("\"localEndpoints\": 1", StringComparison.Ordinal), "the check is answered");

        // Endpoints of a node that is not there, beside the pod's own.
        var node = await cluster.Pods.OkAsync("get", "nodes", "-o", "jsonpath={.items[0].metadata.name}");
        var pod = Assert.Single(await cluster.EndpointsAsync("near"));
        var name = Assert.Single(await NamesAsync("near"));
        var address = await FarAndNearAsync("half", "internalTrafficPolicy: Local", pod, node, hints: false);
        await Eventually.BecomesAsync(async () => await ServiceCluster.AskAsync(address, 80) == name, "the near one answers");
        Assert.Equal([name], await SomeAsync(10, () => ServiceCluster.AskAsync(address, 80)));

        address = await FarAndNearAsync("hinted", "trafficDistribution: PreferSameNode", pod, node, hints: true);
        await Eventually.BecomesAsync(async () => await ServiceCluster.AskAsync(address, 80) == name, "the near one answers");
        Assert.Equal([name], await SomeAsync(10, () => cluster.AskFromAsync("client", address, 80)));

        await cluster.Pods.OkAsync("scale", "deployment", "near", "--replicas=0");
        await Eventually.BecomesAsync(async () => (await ServiceCluster.AskAsync("127.0.0.1", port)).Contains("503", StringComparison.Ordinal), "the check says that none is here");
        await cluster.Pods.OkAsync("delete", "service", "near", "half", "hinted");
    }

    [Fact]
    public async Task Death_ConnectionsGoOnAndNewOnesAreMade()
    {
        cluster.Pods.Required();
        await cluster.DeployAsync("lasting", 1);
        var address = await cluster.ExposeAsync("lasting", "selector: {app: lasting}, ports: [{name: http, port: 80, targetPort: 8080}, {name: echo, port: 7000}]", 1);
        var name = Assert.Single(await NamesAsync("lasting"));
        await cluster.Pods.OkAsync("exec", "client", "--", "sh", "-c", $"(while true; do date; sleep 0.2; done | nc {address} 7000 > /stream) > /dev/null 2>&1 &");
        await Eventually.BecomesAsync(async () => await ServiceCluster.AskAsync(address, 80) == name, "the host reaches it");
        using var socket = ServiceCluster.Connect(address, 7000);
        Assert.Equal("before", ServiceCluster.Exchange(socket, "before"));
        await cluster.Pods.Naru!.KillAsync();
        Assert.Equal("dead", ServiceCluster.Exchange(socket, "dead"));
        Assert.Equal(name, await ServiceCluster.AskAsync(address, 80));
        var again = cluster.Pods.Naru.StartAgainAsync();
        while (!again.IsCompleted)
        {
            Assert.Equal("starting", ServiceCluster.Exchange(socket, "starting"));
            Assert.Equal(name, await ServiceCluster.AskAsync(address, 80));
        }

        await again;
        Assert.Equal("after", ServiceCluster.Exchange(socket, "after"));
        var before = await LinesAsync();
        await Eventually.BecomesAsync(async () => await LinesAsync() > before + 3, "the pod's stream goes on");
    }

    private Task LeadAsync(string service, string address, int port) => cluster.Pods.ApplyAsync($$"""
        apiVersion: discovery.k8s.io/v1
        kind: EndpointSlice
        metadata: {name: {{service}}-1, labels: {kubernetes.io/service-name: {{service}} } }
        addressType: IPv4
        endpoints: [{addresses: [{{address}}], conditions: {ready: true} }]
        ports: [{name: "", port: {{port}}, protocol: UDP}]
        """);

    private async Task<int> LinesAsync() =>
        int.TryParse((await cluster.Pods.TryAsync(null, "exec", "client", "--", "sh", "-c", "wc -l < /stream")).Line.Trim(), out var lines) ? lines : 0;

    private async Task<string> FarAndNearAsync(string service, string spec, string pod, string node, bool hints)
    {
        string Hints(string name) => hints ? $", hints: {{forNodes: [{{name: {name}}}]}}" : "";
        await cluster.Pods.ApplyAsync($$$"""
            apiVersion: v1
            kind: Service
            metadata: {name: {{{service}}} }
            spec: { {{{spec}}}, ports: [{port: 80, name: http}] }
            ---
            apiVersion: discovery.k8s.io/v1
            kind: EndpointSlice
            metadata: {name: {{{service}}}-1, labels: {kubernetes.io/service-name: {{{service}}} }}
            addressType: IPv4
            ports: [{name: http, port: 8080}]
            endpoints:
            - {addresses: ["{{{pod}}}"], nodeName: {{{node}}}{{{Hints(node)}}} }
            - {addresses: ["192.0.2.77"], nodeName: elsewhere{{{Hints("elsewhere")}}} }
            """);
        return await cluster.Pods.OkAsync("get", "service", service, "-o", "jsonpath={.spec.clusterIP}");
    }

    private async Task<List<string>> NamesAsync(string app) =>
        [.. (await cluster.Pods.OkAsync("get", "pods", "-l", $"app={app}", "-o", "jsonpath={.items[*].metadata.name}")).Split(' ', StringSplitOptions.RemoveEmptyEntries)];

    private static async Task<HashSet<string>> SomeAsync(int count, Func<Task<string>> ask)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        for (var turn = 0; turn < count; turn++)
        {
            seen.Add(await ask());
        }

        return seen;
    }

    private static async Task SeesAsync(List<string> names, Func<Task<string>> ask)
    {
        var left = names.ToHashSet(StringComparer.Ordinal);
        await Eventually.BecomesAsync(async () =>
        {
            left.Remove(await ask());
            return left.Count == 0;
        }, $"all of {string.Join(", ", names)} answer");
    }
}
