using Naru.EndToEnd.Tests.Pods;

namespace Naru.EndToEnd.Tests.Services;

/// <summary>Pods and services with addresses of both families.</summary>
[Collection(nameof(PodTraffic))]
public sealed class DualStackTests(PodCluster cluster)
{
    private const string Space = "dual";

    [Fact]
    public async Task PodsAndServices_HaveBothFamilies_AndAreReachedByEach()
    {
        cluster.Required();
        Assert.SkipUnless(File.Exists("/proc/sys/net/ipv6/conf/all/disable_ipv6") && (await File.ReadAllTextAsync("/proc/sys/net/ipv6/conf/all/disable_ipv6", TestContext.Current.CancellationToken)).Trim() == "0", "this host has no IPv6");
        await cluster.CreateSpaceAsync(Space);
        await cluster.ApplyAsync("""
            {"apiVersion":"v1","kind":"List","items":[
              {"apiVersion":"v1","kind":"Pod","metadata":{"name":"web","namespace":"dual","labels":{"app":"web"}},"spec":{"terminationGracePeriodSeconds":0,"containers":[{"name":"c","image":"IMAGE",
                "env":[{"name":"ALL","valueFrom":{"fieldRef":{"fieldPath":"status.podIPs"}}}],"readinessProbe":{"httpGet":{"port":8080}},
                "command":["sh","-c","mkdir /www; echo it is $ALL > /www/index.html; exec httpd -f -p [::]:8080 -h /www"]}]}},
              {"apiVersion":"v1","kind":"Pod","metadata":{"name":"client","namespace":"dual"},"spec":{"terminationGracePeriodSeconds":0,"containers":[{"name":"c","image":"IMAGE","command":["sleep","100000"]}]}},
              {"apiVersion":"v1","kind":"Service","metadata":{"name":"both","namespace":"dual"},"spec":{"type":"NodePort","ipFamilyPolicy":"PreferDualStack","selector":{"app":"web"},"ports":[{"port":80,"targetPort":8080}]}},
              {"apiVersion":"v1","kind":"Service","metadata":{"name":"six","namespace":"dual"},"spec":{"ipFamilies":["IPv6"],"selector":{"app":"web"},"ports":[{"port":80,"targetPort":8080}]}},
              {"apiVersion":"v1","kind":"Service","metadata":{"name":"head","namespace":"dual"},"spec":{"clusterIP":"None","ipFamilyPolicy":"RequireDualStack","selector":{"app":"web"},"ports":[{"port":8080}]}}
            ]}
            """);
        await cluster.OkAsync("-n", Space, "wait", "pod", "--all", "--for=condition=Ready", "--timeout=90s");
        var pod = await AllAsync("pod", "web", "{.status.podIPs[*].ip}");
        var service = await AllAsync("service", "both", "{.spec.clusterIPs[*]}");
        Assert.Equal((2, 2, true, true), (pod.Length, service.Length, pod[1].Contains(':', StringComparison.Ordinal), service[1].StartsWith("fd00:10:96:", StringComparison.Ordinal)));
        Assert.Equal("IPv4 IPv6 PreferDualStack", await GetAsync("service", "both", "{.spec.ipFamilies[*]} {.spec.ipFamilyPolicy}"));
        Assert.Equal("IPv6 SingleStack", await GetAsync("service", "six", "{.spec.ipFamilies[*]} {.spec.ipFamilyPolicy}"));
        await cluster.BecomesAsync(pod[1], "-n", Space, "get", "endpointslices", "-l", "kubernetes.io/service-name=both", "-o", "jsonpath={.items[?(@.addressType==\"IPv6\")].endpoints[*].addresses[0]}");

        foreach (var (address, port) in new[] { (pod[0], 8080), (pod[1], 8080), (service[0], 80), (service[1], 80) })
        {
            await SaysAsync($"it is {pod[0]},{pod[1]}", () => AskAsync(address, port), $"{address} {port}");
        }

        // A port of the node, at the addresses that its bridge has; and what the host itself is told.
        var node = int.Parse(await GetAsync("service", "both", "{.spec.ports[0].nodePort}"), System.Globalization.CultureInfo.InvariantCulture);
        var range = await cluster.OkAsync("get", "nodes", "-o", "jsonpath={.items[0].spec.podCIDRs[1]}");
        await SaysAsync($"it is {pod[0]},{pod[1]}", () => AskAsync(range.Replace("::/64", "::1", StringComparison.Ordinal), node), "the node");
        await SaysAsync($"it is {pod[0]},{pod[1]}", () => ServiceCluster.AskAsync($"[{service[1]}]", 80), "the service, to the host,");

        await TellsAsync($"Address: {service[1]}", "-type=aaaa", "both.dual.svc.cluster.local");
        await TellsAsync($"Address: {service[0]}", "-type=a", "both.dual.svc.cluster.local");
        await TellsAsync($"Address: {pod[1]}", "-type=aaaa", "head.dual.svc.cluster.local");
        await TellsAsync("name = both.dual.svc.cluster.local", service[1]);
        await TellsAsync("head.dual.svc.cluster.local", pod[1]);
        await SaysAsync($"it is {pod[0]},{pod[1]}", () => AskAsync("six", 80), "the service of IPv6");
        Assert.Contains(pod[1], await cluster.OkAsync("-n", Space, "exec", "web", "--", "cat", "/etc/hosts"), StringComparison.Ordinal);

        await JudgeAsync(pod, service);
        await cluster.OkAsync("-n", Space, "patch", "service", "both", "-p", """{"spec":{"ipFamilyPolicy":"SingleStack"}}""");
        Assert.Equal(service[0], await GetAsync("service", "both", "{.spec.clusterIPs[*]}"));
        await cluster.BecomesAsync("IPv4", "-n", Space, "get", "endpointslices", "-l", "kubernetes.io/service-name=both", "-o", "jsonpath={.items[*].addressType}");
        await cluster.OkAsync("-n", Space, "patch", "service", "both", "-p", """{"spec":{"ipFamilyPolicy":"RequireDualStack"}}""");
        Assert.Equal(2, (await AllAsync("service", "both", "{.spec.clusterIPs[*]}")).Length);
        await cluster.OkAsync("delete", "namespace", Space, "--wait=false");
    }

    private async Task JudgeAsync(string[] pod, string[] service)
    {
        var client = await AllAsync("pod", "client", "{.status.podIPs[*].ip}");
        await cluster.ApplyAsync($$$"""
            {"apiVersion":"networking.k8s.io/v1","kind":"NetworkPolicy","metadata":{"name":"p","namespace":"dual"},"spec":{"podSelector":{"matchLabels":{"app":"web"} },
              "ingress":[{"from":[{"ipBlock":{"cidr":"{{{client[1]}}}/128"} }] }] } }
            """);
        await Testing.Running.Eventually.BecomesAsync(async () => (await AskAsync(pod[0], 8080, 1)).Length == 0, "IPv4 is closed");
        Assert.StartsWith("it is", await AskAsync(pod[1], 8080));
        Assert.StartsWith("it is", await AskAsync(service[1], 80));
        await cluster.OkAsync("-n", Space, "delete", "networkpolicy", "p");
        await Testing.Running.Eventually.BecomesAsync(async () => (await AskAsync(pod[0], 8080, 1)).Length > 0, "IPv4 is open");
    }

    private async Task<string> GetAsync(string kind, string name, string path) => (await cluster.OkAsync("-n", Space, "get", kind, name, "-o", $"jsonpath={path}")).Trim();

    private async Task<string[]> AllAsync(string kind, string name, string path) => (await GetAsync(kind, name, path)).Split(' ', StringSplitOptions.RemoveEmptyEntries);

    private async Task<string> AskAsync(string address, int port, int patience = 3) =>
        (await cluster.TryAsync(null, "-n", Space, "exec", "client", "--", "sh", "-c", $"printf 'GET / HTTP/1.0\\r\\n\\r\\n' | nc -w {patience} {address} {port} | grep it")).Line;

    // The tables of the kernel and of the name server follow the objects a moment later.
    private static Task SaysAsync(string wanted, Func<Task<string>> ask, string who) => Testing.Running.Eventually.SaysAsync(ask, wanted, who);

    private Task TellsAsync(string wanted, params string[] words) => Testing.Running.Eventually.BecomesAsync(
        async () =>
        {
            var result = await cluster.TryAsync(null, ["-n", Space, "exec", "client", "--", "nslookup", .. words]);
            return (result.Output + result.Error).Contains(wanted, StringComparison.Ordinal);
        },
        $"nslookup {string.Join(' ', words)} tells {wanted}");
}
