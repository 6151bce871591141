using Naru.EndToEnd.Tests.Pods;

namespace Naru.EndToEnd.Tests.Policies;

/// <summary>Network policies between pods, as the cases of Kubernetes' conformance have them.</summary>
[Collection(nameof(PodTraffic))]
public sealed class PolicyTests(PodCluster cluster)
{
    private string _web = "";

    [Fact]
    public async Task Policies_OfAllKinds_HoldAndAreLifted()
    {
        await StartAsync("pol-a", "pol-b");

        await ApplyAsync("pol-a", """{"podSelector":{}}""");
        await Expect(false, "pol-a", "friend");
        await Expect(false, "pol-b", "friend");

        await ApplyAsync("pol-a", """{"podSelector":{"matchLabels":{"app":"web"}},"ingress":[{"from":[{"podSelector":{"matchLabels":{"role":"friend"}}}]}]}""");
        await Expect(true, "pol-a", "friend");
        await Expect(false, "pol-a", "stranger");
        await Expect(false, "pol-b", "friend");
        await cluster.OkAsync("-n", "pol-a", "label", "pod", "stranger", "role=friend", "--overwrite");
        await Expect(true, "pol-a", "stranger");
        await cluster.OkAsync("-n", "pol-a", "label", "pod", "stranger", "role=stranger", "--overwrite");
        await Expect(false, "pol-a", "stranger");

        await ApplyAsync("pol-a", """{"podSelector":{},"ingress":[{"from":[{"namespaceSelector":{"matchLabels":{"kubernetes.io/metadata.name":"pol-b"}},"podSelector":{"matchLabels":{"role":"friend"}}}]}]}""");
        await Expect(true, "pol-b", "friend");
        await Expect(false, "pol-b", "stranger");
        await Expect(false, "pol-a", "friend");

        await ApplyAsync("pol-a", """{"podSelector":{},"ingress":[{"ports":[{"port":8081}]}]}""");
        await Expect(false, "pol-b", "friend");
        await Expect(true, "pol-b", "friend", 8081);
        await ApplyAsync("pol-a", """{"podSelector":{},"ingress":[{"ports":[{"port":"http"}]}]}""");
        await Expect(true, "pol-b", "friend");
        await Expect(false, "pol-b", "friend", 8081);
        await ApplyAsync("pol-a", """{"podSelector":{},"ingress":[{"ports":[{"port":8081,"endPort":8090}]}]}""");
        await Expect(false, "pol-b", "friend");
        await Expect(true, "pol-b", "friend", 8081);

        await cluster.OkAsync("-n", "pol-a", "delete", "networkpolicy", "policy");
        await Expect(true, "pol-b", "stranger");
        await cluster.OkAsync("delete", "namespace", "pol-a", "pol-b", "--wait=false");
    }

    [Fact]
    public async Task Egress_IsJudgedByBlocksAndPeers_AndHoldsWhenNaruIsKilled()
    {
        await StartAsync("pol-c", "pol-d");

        await ApplyAsync("pol-d", """{"podSelector":{"matchLabels":{"role":"friend"}},"policyTypes":["Egress"]}""");
        await Expect(false, "pol-d", "friend");
        await Expect(true, "pol-d", "stranger");
        Assert.Contains("10.96.0.1", await cluster.OkAsync("-n", "pol-d", "exec", "friend", "--", "nslookup", "kubernetes.default.svc.cluster.local"), StringComparison.Ordinal);

        await ApplyAsync("pol-d", $$$"""{"podSelector":{"matchLabels":{"role":"friend"}},"policyTypes":["Egress"],"egress":[{"to":[{"ipBlock":{"cidr":"{{{_web}}}/32"}}]}]}""");
        await Expect(true, "pol-d", "friend");
        await ApplyAsync("pol-d", $$$"""{"podSelector":{"matchLabels":{"role":"friend"}},"policyTypes":["Egress"],"egress":[{"to":[{"ipBlock":{"cidr":"0.0.0.0/0","except":["{{{_web}}}/32"]}}]}]}""");
        await Expect(false, "pol-d", "friend");
        await ApplyAsync("pol-d", """{"podSelector":{"matchLabels":{"role":"friend"}},"policyTypes":["Egress"],"egress":[{"to":[{"namespaceSelector":{"matchLabels":{"kubernetes.io/metadata.name":"pol-c"}}}],"ports":[{"port":"http"}]}]}""");
        await Expect(true, "pol-d", "friend");
        await Expect(false, "pol-d", "friend", 8081);

        var reached = await ServedWithoutNaruAsync();
        Assert.False(reached, "what policies forbid was reached while naru was away");
        await Expect(true, "pol-d", "friend");
        await cluster.OkAsync("delete", "namespace", "pol-c", "pol-d", "--wait=false");
    }

    // A loop in the pod goes on asking for what is forbidden while naru is killed, and writes down what it got.
    private async Task<bool> ServedWithoutNaruAsync()
    {
        await cluster.OkAsync("-n", "pol-d", "exec", "friend", "--", "sh", "-c", $"(while [ ! -f /tmp/end ]; do timeout 1 wget -qO- http://{_web}:8081/ >> /tmp/got 2>/dev/null; done) > /dev/null 2>&1 &");
        await cluster.Naru!.KillAsync();
        await Task.Delay(TimeSpan.FromSeconds(3), TestContext.Current.CancellationToken);
        await cluster.Naru.StartAgainAsync();
        await Naru.Testing.Running.Eventually.BecomesAsync(async () => (await cluster.TryAsync(null, "-n", "pol-d", "exec", "friend", "--", "touch", "/tmp/end")).ExitCode == 0, "naru is back");
        return (await cluster.OkAsync("-n", "pol-d", "exec", "friend", "--", "sh", "-c", "cat /tmp/got")).Length > 0;
    }

    private async Task StartAsync(params string[] namespaces)
    {
        cluster.Required();
        const string Serve = "mkdir /www; echo hello > /www/index.html; httpd -p 8081 -h /www; exec httpd -f -p 8080 -h /www";
        foreach (var name in namespaces)
        {
            await cluster.CreateSpaceAsync(name);
            await cluster.ApplyAsync($$$$"""
                {"apiVersion":"v1","kind":"List","items":[
                  {"apiVersion":"v1","kind":"Pod","metadata":{"name":"web","namespace":"{{{{name}}}}","labels":{"app":"web"}},"spec":{"terminationGracePeriodSeconds":0,"containers":[{"name":"c","image":"IMAGE","command":["sh","-c","{{{{Serve}}}}"],"ports":[{"name":"http","containerPort":8080}]}]}},
                  {"apiVersion":"v1","kind":"Pod","metadata":{"name":"friend","namespace":"{{{{name}}}}","labels":{"role":"friend"}},"spec":{"terminationGracePeriodSeconds":0,"containers":[{"name":"c","image":"IMAGE","command":["sleep","100000"]}]}},
                  {"apiVersion":"v1","kind":"Pod","metadata":{"name":"stranger","namespace":"{{{{name}}}}","labels":{"role":"stranger"}},"spec":{"terminationGracePeriodSeconds":0,"containers":[{"name":"c","image":"IMAGE","command":["sleep","100000"]}]}}
                ]}
                """);
        }

        foreach (var name in namespaces)
        {
            await cluster.OkAsync("-n", name, "wait", "pod", "--all", "--for=condition=Ready", "--timeout=90s");
        }

        _web = await cluster.OkAsync("-n", namespaces[0], "get", "pod", "web", "-o", "jsonpath={.status.podIP}");
        await Expect(true, namespaces[1], "friend");
        await Expect(true, namespaces[1], "friend", 8081);
    }

    private Task ApplyAsync(string name, string spec) =>
        cluster.ApplyAsync($$$$"""{"apiVersion":"networking.k8s.io/v1","kind":"NetworkPolicy","metadata":{"name":"policy","namespace":"{{{{name}}}}"},"spec":{{{{spec}}}} }""");

    // A change has a moment to arrive.
    private Task Expect(bool reached, string from, string pod, int port = 8080) => Naru.Testing.Running.Eventually.BecomesAsync(
        async () => await ReachesAsync(from, pod, port) == reached, $"{pod} of {from} {(reached ? "reaches" : "does not reach")} port {port} of the server", TimeSpan.FromSeconds(30));

    private async Task<bool> ReachesAsync(string from, string pod, int port) =>
        (await cluster.TryAsync(null, "-n", from, "exec", pod, "--", "timeout", "1", "wget", "-qO-", $"http://{_web}:{port}/")).Line == "hello";
}
