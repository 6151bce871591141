using System.Collections.Concurrent;
using System.Net;
using k8s;
using k8s.Autorest;
using k8s.Models;
using Naru.EndToEnd.Tests.Support;
using Naru.Testing.Running;

namespace Naru.EndToEnd.Tests.Kubernetes;

/// <summary>Programs written with Kubernetes' client libraries.</summary>
public sealed class LibraryTests(Cluster cluster)
{
    [Fact]
    public async Task DotNet_CreateReadPatchDelete()
    {
        await using var space = await cluster.SpaceAsync();
        var token = TestContext.Current.CancellationToken;
        var api = cluster.Client.CoreV1;
        var made = await api.CreateNamespacedConfigMapAsync(new V1ConfigMap { Metadata = new V1ObjectMeta { GenerateName = "made-" }, Data = new Dictionary<string, string> { ["a"] = "1" } }, space.Name, cancellationToken: token);
        Assert.StartsWith("made-", made.Name(), StringComparison.Ordinal);
        var patched = await api.PatchNamespacedConfigMapAsync(new V1Patch("""{"data":{"b":"2"}}""", V1Patch.PatchType.MergePatch), made.Name(), space.Name, cancellationToken: token);
        Assert.Equal("2", patched.Data["b"]);
        made.Data["a"] = "lost";
        var conflict = await Assert.ThrowsAsync<HttpOperationException>(() => api.ReplaceNamespacedConfigMapAsync(made, made.Name(), space.Name, cancellationToken: token));
        Assert.Equal(HttpStatusCode.Conflict, conflict.Response.StatusCode);
        var deployment = new V1Deployment
        {
            Metadata = new V1ObjectMeta { Name = "d" },
            Spec = new V1DeploymentSpec
            {
                Replicas = 1,
                Selector = new V1LabelSelector { MatchLabels = new Dictionary<string, string> { ["a"] = "b" } },
                Template = new V1PodTemplateSpec { Metadata = new V1ObjectMeta { Labels = new Dictionary<string, string> { ["a"] = "b" } }, Spec = new V1PodSpec { Containers = [new V1Container { Name = "c", Image = "i" }] } },
            },
        };
        await cluster.Client.AppsV1.CreateNamespacedDeploymentAsync(deployment, space.Name, cancellationToken: token);
        var scale = await cluster.Client.AppsV1.ReadNamespacedDeploymentScaleAsync("d", space.Name, cancellationToken: token);
        scale.Spec.Replicas = 2;
        scale.Metadata.ResourceVersion = null;
        await cluster.Client.AppsV1.ReplaceNamespacedDeploymentScaleAsync(scale, "d", space.Name, cancellationToken: token);
        Assert.Equal(2, (await cluster.Client.AppsV1.ReadNamespacedDeploymentAsync("d", space.Name, cancellationToken: token)).Spec.Replicas);
        await api.DeleteNamespacedConfigMapAsync(made.Name(), space.Name, cancellationToken: token);
        var gone = await Assert.ThrowsAsync<HttpOperationException>(() => api.ReadNamespacedConfigMapAsync(made.Name(), space.Name, cancellationToken: token));
        Assert.Equal(HttpStatusCode.NotFound, gone.Response.StatusCode);
    }

    [Fact]
    public async Task DotNet_ListThenWatch_SeesEveryChangeOnce()
    {
        await using var space = await cluster.SpaceAsync();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        stop.CancelAfter(TimeSpan.FromSeconds(120));
        var list = await cluster.Client.CoreV1.ListNamespacedSecretAsync(space.Name, cancellationToken: stop.Token);
        var seen = new ConcurrentQueue<string>();
        var watching = Task.Run(
            async () =>
            {
                await foreach (var (type, secret) in cluster.Client.CoreV1.WatchListNamespacedSecretAsync(space.Name, resourceVersion: list.Metadata.ResourceVersion, cancellationToken: stop.Token))
                {
                    seen.Enqueue($"{type} {secret.Name()}");
                    if (type == WatchEventType.Deleted && secret.Name() == "s99")
                    {
                        return;
                    }
                }
            },
            stop.Token);
        for (var number = 0; number < 100; number++)
        {
            await cluster.Client.CoreV1.CreateNamespacedSecretAsync(new V1Secret { Metadata = new V1ObjectMeta { Name = $"s{number}" } }, space.Name, cancellationToken: stop.Token);
        }

        await cluster.Client.CoreV1.DeleteNamespacedSecretAsync("s99", space.Name, cancellationToken: stop.Token);
        await watching;
        Assert.Equal([.. Enumerable.Range(0, 100).Select(number => $"Added s{number}"), "Deleted s99"], seen);
    }

    [Fact]
    public async Task Node_EveryBehaviour_Holds()
    {
        await using var space = await cluster.SpaceAsync();
        Clients.Need("node");
        Assert.SkipUnless(Directory.Exists($"{Clients.NodeModules}/@kubernetes/client-node"), $"@kubernetes/client-node is not in {Clients.NodeModules} (tests/clients/install brings it)");
        var script = await space.FileAsync("client.mjs", await File.ReadAllTextAsync(Path.Combine(AppContext.BaseDirectory, "Kubernetes", "client.mjs")));
        Directory.CreateSymbolicLink($"{space.Folder}/node_modules", Clients.NodeModules);
        var result = await Command.RunAsync("node", [script, space.Name], environment: new Dictionary<string, string> { ["KUBECONFIG"] = cluster.KubeConfig }, limit: TimeSpan.FromSeconds(180));
        Assert.True(result.ExitCode == 0 && result.Output.Contains("all ok", StringComparison.Ordinal), result.ToString());
    }

    /// <summary>What Helm asks before and while it installs a chart.</summary>
    [Fact]
    public async Task Helm_ItsRequests_AreAnswered()
    {
        await using var space = await cluster.SpaceAsync();
        var version = await JsonAsync("/version");
        Assert.Equal(("1", "36"), (version["major"]!.GetValue<string>(), version["minor"]!.GetValue<string>()));
        using var request = new HttpRequestMessage(HttpMethod.Get, "/openapi/v2");
        request.Headers.TryAddWithoutValidation("Accept", "application/com.github.proto-openapi.spec.v2@v1.0+protobuf");
        using var openApi = await cluster.Http.SendAsync(request, TestContext.Current.CancellationToken);
        Assert.Equal(200, (int)openApi.StatusCode);
        Assert.True((await openApi.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken)).Length > 100_000, "the whole document is sent");
        await space.OkAsync("create secret generic sh.helm.release.v1.web.v1 --type=helm.sh/release.v1 --from-literal=release=H4sI");
        await space.OkAsync("label secret sh.helm.release.v1.web.v1 owner=helm name=web status=deployed version=1");
        var releases = await JsonAsync($"/api/v1/namespaces/{space.Name}/secrets?labelSelector=name%3Dweb%2Cowner%3Dhelm%2Cstatus%3Ddeployed");
        Assert.Equal("helm.sh/release.v1", Assert.Single(releases["items"]!.AsArray())!["type"]!.GetValue<string>());
        Assert.NotEmpty((await JsonAsync("/apis"))["groups"]!.AsArray());
        Assert.Equal("CustomResourceDefinitionList", (await JsonAsync("/apis/apiextensions.k8s.io/v1/customresourcedefinitions"))["kind"]!.GetValue<string>());
    }

    private async Task<System.Text.Json.Nodes.JsonNode> JsonAsync(string path) => System.Text.Json.Nodes.JsonNode.Parse(await cluster.Http.GetStringAsync(path))!;
}
