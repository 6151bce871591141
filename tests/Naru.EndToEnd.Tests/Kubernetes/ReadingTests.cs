using System.Diagnostics;
using Naru.EndToEnd.Tests.Support;
using Naru.Testing.Running;

namespace Naru.EndToEnd.Tests.Kubernetes;

/// <summary>The commands of kubectl that read.</summary>
public sealed class ReadingTests(Cluster cluster)
{
    [Fact]
    public async Task Get_EveryOutput_ShowsTheObject()
    {
        await using var space = await cluster.SpaceAsync();
        await space.OkAsync("run p1 --image=busybox --labels=app=one");
        Assert.Matches(@"^NAME +READY +STATUS +RESTARTS +AGE\np1 +0/1 +Pending +0 +\d+s$", await space.OkAsync("get pods"));
        Assert.Matches(@"^NAME +READY +STATUS +RESTARTS +AGE +IP +NODE +NOMINATED NODE +READINESS GATES\np1 +0/1 +Pending +0 +\d+s +<none> +<none> +<none> +<none>$", await space.OkAsync("get pods -o wide"));
        Assert.Equal("pod/p1", await space.OkAsync("get pods -o name"));
        Assert.Equal("p1 busybox", await space.OkAsync("get pods -o", "jsonpath={.items[0].metadata.name} {.items[0].spec.containers[0].image}"));
        Assert.Matches(@"^N +I\np1 +busybox$", await space.OkAsync("get pods -o custom-columns=N:.metadata.name,I:.spec.containers[*].image"));
        Assert.Matches(@"p1 .* app=one$", await space.OkAsync("get pods --show-labels"));
        Assert.Matches(@"p1 .* one$", await space.OkAsync("get pods -L app"));
        Assert.Equal("p1", await space.OkAsync("get pods -o", "go-template={{(index .items 0).metadata.name}}"));
        Assert.Equal("List", (await space.JsonAsync("pods"))["kind"]!.GetValue<string>());
        Assert.Contains("serviceAccountName: default", await space.OkAsync("get pod p1 -o yaml"), StringComparison.Ordinal);
        Assert.Equal("No resources found in " + space.Name + " namespace.", (await space.TryAsync("get deploy")).Error.TrimEnd());
    }

    [Fact]
    public async Task Get_WhatIsNotThere_SaysSo()
    {
        await using var space = await cluster.SpaceAsync();
        await space.FailsAsync("Error from server (NotFound): pods \"nosuch\" not found", "get pod nosuch");
        await space.FailsAsync("error: the server doesn't have a resource type \"nosuch\"", "get nosuch");
        await space.FailsAsync("Error from server (NotFound): the server could not find the requested resource", "get --raw /apis/nosuch/v1");
        await space.FailsAsync("found '', expected: ',' or ')'", "get pods -l", "a in (b");
        await space.FailsAsync("field selector \"foo=bar\": field label not supported: foo", "get pods --field-selector foo=bar");
    }

    [Fact]
    public async Task Get_SelectorsSortingAndPages_Choose()
    {
        await using var space = await cluster.SpaceAsync();
        await Task.WhenAll(Enumerable.Range(0, 7).Select(number => space.OkAsync($"create configmap c{number} --from-literal=n={9 - number}")));
        await space.OkAsync("label cm c1 c2 tier=x");
        await space.OkAsync("label cm c3 tier=y");
        Assert.Equal("configmap/c1\nconfigmap/c2", await space.OkAsync("get cm -l tier=x -o name"));
        Assert.Equal("configmap/c1\nconfigmap/c2\nconfigmap/c3", await space.OkAsync("get cm -l", "tier in (x,y)", "-o", "name"));
        Assert.Equal("configmap/c3", await space.OkAsync("get cm -l tier,tier!=x -o name"));
        Assert.Equal("configmap/c4", await space.OkAsync("get cm --field-selector metadata.name=c4 -o name"));
        Assert.Equal("c6 c5 c4", await space.OkAsync("get cm c4 c5 c6 --sort-by=.data.n -o", "jsonpath={.items[0].metadata.name} {.items[1].metadata.name} {.items[2].metadata.name}"));
        Assert.Equal(await space.OkAsync("get cm -o name"), await space.OkAsync("get cm -o name --chunk-size=2"));
    }

    [Fact]
    public async Task GetWatch_PrintsEveryChange()
    {
        await using var space = await cluster.SpaceAsync();
        Clients.Need(Clients.Kubectl);
        await space.OkAsync("create configmap first");
        await space.OkAsync("wait cm/kube-root-ca.crt --for=create --timeout=60s");
        using var watch = Command.Start(Clients.Kubectl, ["-n", space.Name, "get", "cm", "-w", "-o", "name", "--field-selector", "metadata.name!=kube-root-ca.crt"], new Dictionary<string, string> { ["KUBECONFIG"] = cluster.KubeConfig, ["HOME"] = space.Folder });
        try
        {
            Assert.Equal("configmap/first", await LineAsync(watch));
            await space.OkAsync("create configmap second");
            Assert.Equal("configmap/second", await LineAsync(watch));
            await space.OkAsync("label cm first a=b");
            Assert.Equal("configmap/first", await LineAsync(watch));
            await space.OkAsync("delete cm second");
            Assert.Equal("configmap/second", await LineAsync(watch));
        }
        finally
        {
            watch.Kill();
        }
    }

    [Fact]
    public async Task Describe_CommonKinds_ShowsPartsAndEvents()
    {
        await using var space = await cluster.SpaceAsync();
        await space.OkAsync("create deployment web --image=busybox --replicas=1");
        await space.BecomesAsync("deploy/web", "{.status.replicas}", "1");
        await Eventually.BecomesAsync(async () => (await space.OkAsync("describe deploy web")).Contains("ScalingReplicaSet", StringComparison.Ordinal), "the event of scaling is told");
        var deployment = await space.OkAsync("describe deploy web");
        Assert.Contains("StrategyType:           RollingUpdate", deployment, StringComparison.Ordinal);
        Assert.Contains("1 desired | 1 updated | 1 total | 0 available | 1 unavailable", deployment, StringComparison.Ordinal);
        var pod = await space.OkAsync("describe pod -l app=web");
        Assert.Matches(@"(?m)^Controlled By: +ReplicaSet/web-", pod);
        Assert.Contains("/var/run/secrets/kubernetes.io/serviceaccount from kube-api-access-", pod, StringComparison.Ordinal);
        await space.OkAsync("create quota q --hard=pods=5");
        Assert.Contains("Resource Quotas\n  Name:", await space.OkAsync($"describe ns {space.Name}"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Explain_BuiltInFields_AreDescribed()
    {
        var containers = await cluster.OkAsync("explain pod.spec.containers");
        Assert.StartsWith("KIND:       Pod\nVERSION:    v1\n", containers, StringComparison.Ordinal);
        Assert.Contains("FIELD: containers <[]Container>", containers, StringComparison.Ordinal);
        Assert.Contains("  name\t<string> -required-", containers, StringComparison.Ordinal);
        Assert.Contains("FIELD: type <string>", await cluster.OkAsync("explain deploy.spec.strategy.type"), StringComparison.Ordinal);
        Assert.Contains("rollingUpdate\t<RollingUpdateDeployment>", await cluster.OkAsync("explain deploy.spec --recursive"), StringComparison.Ordinal);
        var missing = await cluster.KubectlAsync(["explain", "pod.nosuch"]);
        Assert.Contains("field \"nosuch\" does not exist", missing.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Discovery_NamesEveryGroup()
    {
        var resources = await cluster.OkAsync("api-resources");
        Assert.Matches(@"(?m)^deployments +deploy +apps/v1 +true +Deployment", resources);
        Assert.Matches(@"(?m)^horizontalpodautoscalers +hpa +autoscaling/v2 +true +HorizontalPodAutoscaler", resources);
        Assert.Matches(@"(?m)^customresourcedefinitions +crd,crds +apiextensions.k8s.io/v1 +false +CustomResourceDefinition", resources);
        var versions = await cluster.OkAsync("api-versions");
        foreach (var version in (string[])["apps/v1", "batch/v1", "autoscaling/v1", "autoscaling/v2", "networking.k8s.io/v1", "rbac.authorization.k8s.io/v1", "storage.k8s.io/v1", "v1"])
        {
            Assert.Contains(version, versions.Split('\n'));
        }

        Assert.Contains("Server Version: v1.36", await cluster.OkAsync("version"), StringComparison.Ordinal);
        Assert.Contains("Kubernetes control plane", await cluster.OkAsync("cluster-info"), StringComparison.Ordinal);
        Assert.Contains("pods", await cluster.OkAsync("api-resources --verbs=list --namespaced -o name"), StringComparison.Ordinal);
        Assert.Equal("ok", await cluster.OkAsync("get --raw /readyz"));
        Assert.Matches(@"^NAME +STATUS +MESSAGE +ERROR\n", await cluster.OkAsync("get componentstatuses"));
        var top = await cluster.KubectlAsync(["top", "nodes"]);
        Assert.Equal("error: Metrics API not available", top.Error.TrimEnd());
    }

    private static async Task<string?> LineAsync(Process process)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        return await process.StandardOutput.ReadLineAsync(limit.Token);
    }
}
