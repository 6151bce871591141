using Naru.Testing.Running;

namespace Naru.Dialects.Kubernetes.Tests;

/// <summary>The real kubectl against the dialect.</summary>
public sealed class KubectlTests
{
    [Fact]
    public async Task Version_TellsTheServers()
    {
        await using var host = await DialectHost.StartAsync(tls: true);

        Assert.Contains("Server Version: v1.36.2+naru", await RunAsync(host, "version"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task ApiResources_ListsShortNames()
    {
        await using var host = await DialectHost.StartAsync(tls: true);

        var text = await RunAsync(host, "api-resources");

        Assert.Matches(@"(?m)^deployments\s+deploy\s+apps/v1\s+true\s+Deployment\s*$", text);
    }

    [Fact]
    public async Task Get_ShowsATable_AndJson()
    {
        await using var host = await DialectHost.StartAsync(tls: true);
        host.Cluster.Put("", "pods", DialectHost.Pod("a"));

        var table = await RunAsync(host, "get", "po", "-A");
        var name = await RunAsync(host, "get", "pod", "a", "-o", "jsonpath={.metadata.name}");

        Assert.StartsWith("NAMESPACE", table, StringComparison.Ordinal);
        Assert.Contains("default     a ", table, StringComparison.Ordinal);
        Assert.Equal("a", name);
    }

    [Fact]
    public async Task CreateAndDelete_ConfigMap()
    {
        await using var host = await DialectHost.StartAsync(tls: true);

        var made = await RunAsync(host, "create", "configmap", "c", "--from-literal=a=b");
        var gone = await RunAsync(host, "delete", "configmap", "c", "--wait=false");

        Assert.Equal("configmap/c created\n", made);
        Assert.StartsWith("configmap \"c\" deleted", gone, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("pod.spec.containers", "FIELD: containers <[]Container>")]
    [InlineData("deployment.spec.replicas", "FIELD: replicas <integer>")]
    public async Task Explain_ReadsTheSchemas(string what, string text)
    {
        await using var host = await DialectHost.StartAsync(tls: true);

        Assert.Contains(text, await RunAsync(host, "explain", what), StringComparison.Ordinal);
    }

    private static async Task<string> RunAsync(DialectHost host, params string[] words)
    {
        var cache = Directory.CreateTempSubdirectory("kubectl-");
        try
        {
            var result = await Command.RunAsync("kubectl", [$"--server={host.Address}", "--token=admin", "--insecure-skip-tls-verify", $"--cache-dir={cache.FullName}", "--kubeconfig=/dev/null", .. words]);
            Assert.True(result.ExitCode == 0, result.Error + result.Output);
            return result.Output;
        }
        finally
        {
            cache.Delete(recursive: true);
        }
    }
}
