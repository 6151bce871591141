using Naru.Objects.Values;
using Naru.Testing.Running;

namespace Naru.Dialects.Kubernetes.Tests;

/// <summary>The dialect over the real object core, driven by the real kubectl.</summary>
public sealed class ClusterTests
{
    [Fact]
    public async Task Kubectl_MakesListsWatchesAndDeletes()
    {
        await using var host = await DialectHost.StartAsync(static options => options.PriorityAndFairness = true, tls: true, real: true);
        using var cache = new Naru.Testing.TempDirectory();
        Task<CommandResult> RunAsync(params string[] words) =>
            Command.RunAsync("kubectl", [$"--server={host.Address}", "--token=admin", "--insecure-skip-tls-verify", $"--cache-dir={cache.Path}", "--kubeconfig=/dev/null", .. words]);

        var space = await RunAsync("create", "namespace", "kt");
        var made = await RunAsync("-n", "kt", "create", "configmap", "c", "--from-literal=a=b");
        var shown = await RunAsync("-n", "kt", "get", "cm", "c", "-o", "jsonpath={.data.a} {.metadata.uid}");
        var listed = await RunAsync("-n", "kt", "get", "configmaps");
        var raw = await RunAsync("get", "--raw", "/api/v1/namespaces/kt/configmaps?limit=1");
        var gone = await RunAsync("-n", "kt", "delete", "configmap", "c", "--wait=true");
        var missing = await RunAsync("-n", "kt", "get", "configmap", "c");
        var levels = await RunAsync("get", "prioritylevelconfigurations");

        Assert.True(space.ExitCode == 0, space.ToString());
        Assert.True(made.ExitCode == 0, made.ToString());
        Assert.StartsWith("b ", shown.Output, StringComparison.Ordinal);
        Assert.Matches(@"(?m)^c\s", listed.Output);
        Assert.Contains("\"kind\":\"ConfigMapList\"", raw.Output, StringComparison.Ordinal);
        Assert.True(gone.ExitCode == 0, gone.ToString());
        Assert.Contains("configmaps \"c\" not found", missing.Error, StringComparison.Ordinal);
        Assert.Contains("workload-low", levels.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Watch_FromAList_MissesNothing()
    {
        await using var host = await DialectHost.StartAsync(real: true);
        await host.SendAsync(HttpMethod.Post, "/api/v1/namespaces", """{"apiVersion":"v1","kind":"Namespace","metadata":{"name":"kt"}}""");
        var (_, list) = await host.GetAsync("/api/v1/namespaces/kt/configmaps");
        for (var index = 0; index < 20; index++)
        {
            var (answer, _) = await host.SendAsync(HttpMethod.Post, "/api/v1/namespaces/kt/configmaps", $$$"""{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"c{{{index}}}"}}""");
            Assert.Equal(201, (int)answer.StatusCode);
        }

        using var watch = await host.Client.GetAsync($"/api/v1/namespaces/kt/configmaps?watch=true&resourceVersion={list.Text("metadata", "resourceVersion")}", HttpCompletionOption.ResponseHeadersRead);
        using var lines = new StreamReader(await watch.Content.ReadAsStreamAsync());

        for (var index = 0; index < 20; index++)
        {
            Assert.Contains($"\"name\":\"c{index}\"", await lines.ReadLineAsync(), StringComparison.Ordinal);
        }
    }
}
