namespace Naru.EndToEnd.Tests.Kubernetes;

/// <summary>Namespaces and what limits them.</summary>
public sealed class NamespaceTests(Cluster cluster)
{
    [Fact]
    public async Task Delete_TakesEverythingAlong()
    {
        var name = "gone-" + Guid.NewGuid().ToString("n")[..8];
        await cluster.OkAsync($"create ns {name}");
        await cluster.OkAsync($"create -n {name} configmap c1");
        await cluster.OkAsync($"create -n {name} deployment d1 --image=busybox");
        Assert.Equal($"namespace \"{name}\" deleted", await cluster.OkAsync($"delete ns {name} --timeout=100s"));
        var gone = await cluster.KubectlAsync(["get", "ns", name]);
        Assert.Contains($"namespaces \"{name}\" not found", gone.Error, StringComparison.Ordinal);
        Assert.Equal("", await cluster.OkAsync($"get cm,deploy,rs,pods -n {name} -o name"));
        var late = await cluster.KubectlAsync(["create", "-n", name, "configmap", "late"]);
        Assert.Contains($"namespaces \"{name}\" not found", late.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Delete_ProtectedOnes_IsForbidden()
    {
        var refused = await cluster.KubectlAsync(["delete", "ns", "default"]);
        Assert.Contains("namespaces \"default\" is forbidden: this namespace may not be deleted", refused.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Quota_Full_Refuses()
    {
        await using var space = await cluster.SpaceAsync();
        await space.OkAsync("create quota q1 --hard=pods=1,services=1");
        await space.BecomesAsync("quota/q1", "{.status.used.pods}", "0");
        await space.OkAsync("run p1 --image=busybox");
        await space.FailsAsync("pods \"p2\" is forbidden: exceeded quota: q1, requested: pods=1, used: pods=1, limited: pods=1", "run p2 --image=busybox");
        Assert.Matches(@"q1 +pods: 1/1, services: 0/1", await space.OkAsync("get quota"));
        await space.OkAsync("delete pod p1 --force --grace-period=0");
        await space.BecomesAsync("quota/q1", "{.status.used.pods}", "0");
        await space.OkAsync("run p2 --image=busybox");
    }

    [Fact]
    public async Task LimitRange_SetsAndChecks()
    {
        await using var space = await cluster.SpaceAsync();
        await space.FeedOkAsync("create", """
            apiVersion: v1
            kind: LimitRange
            metadata: {name: limits}
            spec: {limits: [{type: Container, default: {cpu: 200m}, defaultRequest: {cpu: 100m}, max: {cpu: "1"}}]}
            """);
        await space.OkAsync("run p1 --image=busybox");
        Assert.Equal("200m 100m", await space.PathAsync("pod/p1", "{.spec.containers[0].resources.limits.cpu} {.spec.containers[0].resources.requests.cpu}"));
        await space.FeedFailsAsync("maximum cpu usage per Container is 1, but limit is 2", "create", """
            apiVersion: v1
            kind: Pod
            metadata: {name: big}
            spec: {containers: [{name: c, image: busybox, resources: {limits: {cpu: "2"}}}]}
            """);
    }

    [Fact]
    public async Task PodSecurity_Restricted_Refuses()
    {
        await using var space = await cluster.SpaceAsync();
        await cluster.OkAsync($"label ns {space.Name} pod-security.kubernetes.io/enforce=restricted");
        await space.FailsAsync("violates PodSecurity \"restricted:latest\": allowPrivilegeEscalation != false", "run p1 --image=busybox");
    }

    [Fact]
    public async Task EveryNamespace_HasAccountAndRoot()
    {
        await using var space = await cluster.SpaceAsync();
        await space.OkAsync("wait cm/kube-root-ca.crt --for=create --timeout=60s");
        await space.OkAsync("wait sa/default --for=create --timeout=60s");
        Assert.StartsWith("-----BEGIN CERTIFICATE-----", await space.PathAsync("cm/kube-root-ca.crt", "{.data.ca\\.crt}"), StringComparison.Ordinal);
    }
}
