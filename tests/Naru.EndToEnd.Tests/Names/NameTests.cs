using Naru.EndToEnd.Tests.Pods;
using Naru.Testing.Running;

namespace Naru.EndToEnd.Tests.Names;

/// <summary>What pods are told when they ask for names.</summary>
[Collection(nameof(PodTraffic))]
public sealed class NameTests(PodCluster cluster)
{
    private const string Names = "names";

    [Fact]
    public async Task Names_OfServicesAndPods_AreAnsweredAndFollow()
    {
        cluster.Required();
        await cluster.CreateSpaceAsync(Names);
        await cluster.ApplyAsync("""
            {"apiVersion":"v1","kind":"List","items":[
              {"apiVersion":"v1","kind":"Service","metadata":{"name":"web","namespace":"names"},"spec":{"selector":{"app":"web"},"ports":[{"name":"http","port":80,"targetPort":8080}]}},
              {"apiVersion":"v1","kind":"Service","metadata":{"name":"head","namespace":"names"},"spec":{"clusterIP":"None","selector":{"app":"web"},"ports":[{"name":"http","port":8080}]}},
              {"apiVersion":"v1","kind":"Service","metadata":{"name":"alias","namespace":"names"},"spec":{"type":"ExternalName","externalName":"web.names.svc.cluster.local"}},
              {"apiVersion":"v1","kind":"Pod","metadata":{"name":"web-0","namespace":"names","labels":{"app":"web"}},"spec":{"hostname":"web-0","subdomain":"head","containers":[{"name":"c","image":"IMAGE","command":["sh","-c","mkdir /www; hostname > /www/index.html; exec httpd -f -p 8080 -h /www"]}]}},
              {"apiVersion":"v1","kind":"Pod","metadata":{"name":"client","namespace":"names"},"spec":{"containers":[{"name":"c","image":"IMAGE","command":["sleep","100000"]}]}}
            ]}
            """);
        await cluster.OkAsync("-n", Names, "wait", "pod", "--all", "--for=condition=Ready", "--timeout=90s");
        var service = await cluster.OkAsync("-n", Names, "get", "service", "web", "-o", "jsonpath={.spec.clusterIP}");
        var pod = await cluster.OkAsync("-n", Names, "get", "pod", "web-0", "-o", "jsonpath={.status.podIP}");
        await cluster.BecomesAsync($"{pod}", "-n", Names, "get", "endpoints", "head", "-o", "jsonpath={.subsets[0].addresses[0].ip}");

        Assert.Contains("nameserver 10.96.0.10", await cluster.OkAsync("-n", Names, "exec", "client", "--", "cat", "/etc/resolv.conf"), StringComparison.Ordinal);
        await TellsAsync($"Address: {service}", "web");
        await TellsAsync($"Address: {service}", "web.names.svc.cluster.local");
        await TellsAsync($"Address: {pod}", "head.names.svc.cluster.local");
        await TellsAsync($"Address: {pod}", "web-0.head.names.svc.cluster.local");
        await TellsAsync($"Address: {pod}", $"{pod.Replace('.', '-')}.names.pod.cluster.local");
        await TellsAsync("canonical name = web.names.svc.cluster.local", "-type=cname", "alias.names.svc.cluster.local");
        await TellsAsync("service = 0 100 8080 web-0.head.names.svc.cluster.local", "-type=srv", "_http._tcp.head.names.svc.cluster.local");
        await TellsAsync("name = web-0.head.names.svc.cluster.local", pod);
        await TellsAsync("10.96.0.1", "kubernetes.default.svc.cluster.local");
        await TellsAsync("10.96.0.10", "kube-dns.kube-system.svc.cluster.local", "10.96.0.10");
        await TellsAsync("NXDOMAIN", "nobody.names.svc.cluster.local");
        Assert.Equal("web-0", await cluster.OkAsync("-n", Names, "exec", "client", "--", "wget", "-qO-", "http://web-0.head:8080/"));
        Assert.Equal("10.96.0.10 dns:53/UDP dns-tcp:53/TCP", await cluster.OkAsync("-n", "kube-system", "get", "service", "kube-dns", "-o", "jsonpath={.spec.clusterIP}{range .spec.ports[*]} {.name}:{.port}/{.protocol}{end}"));

        await cluster.OkAsync("-n", Names, "delete", "pod", "web-0", "--now");
        await TellsAsync("NXDOMAIN", "head.names.svc.cluster.local");
        await cluster.OkAsync("delete", "namespace", Names, "--wait=false");
    }

    [Fact]
    public async Task Resolver_OfEachPolicy_IsWhatThePodAskedFor()
    {
        cluster.Required();
        const string Pod = """{"apiVersion":"v1","kind":"Pod","metadata":{"name":"NAME"},"spec":{"restartPolicy":"Never",MORE,"containers":[{"name":"c","image":"IMAGE","command":["cat","/etc/resolv.conf"]}]}}""";
        await cluster.ApplyAsync(Pod.Replace("NAME", "dns-none", StringComparison.Ordinal).Replace("MORE", """ "dnsPolicy":"None","dnsConfig":{"nameservers":["192.0.2.53"],"searches":["x.example"],"options":[{"name":"ndots","value":"2"}]}""", StringComparison.Ordinal));
        await cluster.ApplyAsync(Pod.Replace("NAME", "dns-host", StringComparison.Ordinal).Replace("MORE", """ "dnsPolicy":"ClusterFirstWithHostNet","hostNetwork":true""", StringComparison.Ordinal));
        await cluster.BecomesAsync("Succeeded Succeeded", "get", "pods", "dns-none", "dns-host", "-o", "jsonpath={.items[*].status.phase}");
        Assert.Equal("search x.example\nnameserver 192.0.2.53\noptions ndots:2", await cluster.OkAsync("logs", "dns-none"));
        Assert.Contains("nameserver 10.96.0.10\noptions ndots:5", await cluster.OkAsync("logs", "dns-host"), StringComparison.Ordinal);
        await cluster.OkAsync("delete", "pods", "dns-none", "dns-host", "--now");
    }

    // The name server follows the objects a moment later.
    private Task TellsAsync(string wanted, params string[] words) => Eventually.BecomesAsync(
        async () =>
        {
            var result = await cluster.TryAsync(null, ["-n", Names, "exec", "client", "--", "nslookup", .. words]);
            return (result.Output + result.Error).Contains(wanted, StringComparison.Ordinal);
        },
        $"nslookup {string.Join(' ', words)} tells {wanted}",
        TimeSpan.FromSeconds(30));
}
