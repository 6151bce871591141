using Naru.Testing.Running;

namespace Naru.EndToEnd.Tests.Services;

/// <summary>Services lead to real pods.</summary>
public sealed class ServiceTests(ServiceCluster cluster) : IClassFixture<ServiceCluster>
{
    private const string Http = "ports: [{name: http, port: 80, targetPort: 8080}]";

    [Fact]
    public async Task Server_OnTheHostsLoopback_IsReachedFromPods()
    {
        cluster.Pods.Required();
        var place = (await cluster.Pods.OkAsync("get", "endpointslice", "kubernetes", "-o", "jsonpath={.endpoints[0].addresses[0]} {.ports[0].port}")).Split(' ');
        foreach (var (address, port) in new[] { ("10.96.0.1", "443"), (place[0], place[1]) })
        {
            var result = await cluster.Pods.TryAsync(null, "exec", "client", "--", "sh", "-c", $"echo hello | nc -w 3 {address} {port}");
            Assert.True(result.ExitCode == 0, $"{address} {port}: {result}");
        }
    }

    [Fact]
    public async Task LoadBalancer_HasAnAddressOfThePool()
    {
        cluster.Pods.Required();
        await cluster.DeployAsync("public", 1);
        await cluster.ExposeAsync("public", $"type: LoadBalancer, selector: {{app: public}}, {Http}", 1);
        string[] read = ["get", "service", "public", "-o", "jsonpath={.status.loadBalancer.ingress[0].ip}"];
        await Eventually.BecomesAsync(async () => (await cluster.Pods.OkAsync(read)).StartsWith(ServiceCluster.Balanced, StringComparison.Ordinal), "it has an address", TimeSpan.FromSeconds(10));
        var address = await cluster.Pods.OkAsync(read);
        var name = Assert.Single(await NamesAsync("public"));
        await Eventually.BecomesAsync(async () => await ServiceCluster.AskAsync(address, 80) == name, "the host reaches it", TimeSpan.FromSeconds(5));
        Assert.Equal(name, await cluster.AskFromAsync("client", address, 80));
        await cluster.Pods.OkAsync("delete", "service", "public");
        await Eventually.BecomesAsync(async () => await ServiceCluster.AskAsync(address, 80) != name, "nobody is there", TimeSpan.FromSeconds(5));
    }

    private async Task<List<string>> NamesAsync(string app) =>
        [.. (await cluster.Pods.OkAsync("get", "pods", "-l", $"app={app}", "-o", "jsonpath={.items[*].metadata.name}")).Split(' ', StringSplitOptions.RemoveEmptyEntries)];
}
