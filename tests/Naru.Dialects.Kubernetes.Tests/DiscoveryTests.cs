using System.Net;
using Naru.Objects.Values;

namespace Naru.Dialects.Kubernetes.Tests;

public sealed class DiscoveryTests
{
    private const string Aggregated = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,application/json;g=apidiscovery.k8s.io;v=v2beta1;as=APIGroupDiscoveryList,application/json";

    [Fact]
    public async Task Aggregated_ListsResourcesAndSubresources()
    {
        await using var host = await DialectHost.StartAsync();

        var (answer, document) = await host.GetAsync("/api", Aggregated);

        Assert.Equal("application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList", answer.Content.Headers.NonValidated["Content-Type"].ToString());
        Assert.Equal("apidiscovery.k8s.io/v2", document.Text("apiVersion"));
        var pods = document.Maps("items").Single().Maps("versions").Single().Maps("resources").Single(static one => one.Text("resource") == "pods");
        Assert.Equal("Namespaced", pods.Text("scope"));
        Assert.Equal("Pod", pods.Text("responseKind", "kind"));
        Assert.Contains(pods.Maps("subresources"), static one => one.Text("subresource") == "eviction" && one.Text("responseKind", "group") == "policy");
    }

    [Fact]
    public async Task Aggregated_Unchanged_Is304()
    {
        await using var host = await DialectHost.StartAsync();
        var (first, _) = await host.GetAsync("/apis", Aggregated);
        var tag = first.Headers.ETag!.ToString();

        var (second, _) = await host.SendAsync(HttpMethod.Get, "/apis", accept: Aggregated, headers: [("If-None-Match", tag)]);

        Assert.Equal(HttpStatusCode.NotModified, second.StatusCode);
    }

    [Fact]
    public async Task Plain_ListsGroupsAndResources()
    {
        await using var host = await DialectHost.StartAsync();

        var (_, groups) = await host.GetAsync("/apis");
        var (_, core) = await host.GetAsync("/api/v1");
        var (_, group) = await host.GetAsync("/apis/autoscaling");

        Assert.Contains(groups.Maps("groups"), static one => one.Text("name") == "apps");
        var pod = core.Maps("resources").Single(static one => one.Text("name") == "pods");
        Assert.Equal("xPOwRZ+Yhw8=", pod.Text("storageVersionHash"));
        Assert.Equal("pod", pod.Text("singularName"));
        Assert.Contains(core.Maps("resources"), static one => one.Text("name") == "pods/eviction" && one.Text("group") == "policy");
        Assert.Equal("autoscaling/v2", group.Text("preferredVersion", "groupVersion"));
    }

    [Fact]
    public async Task Version_IsKubernetes136()
    {
        await using var host = await DialectHost.StartAsync();

        var (_, version) = await host.GetAsync("/version");

        Assert.Equal(("1", "36", "v1.36.2+naru"), (version.Text("major"), version.Text("minor"), version.Text("gitVersion")));
    }

    [Theory]
    [InlineData("/livez", "ok")]
    [InlineData("/readyz/ping", "ok")]
    [InlineData("/readyz?verbose", "[+]ping ok\n[+]etcd ok\n[+]shutdown ok\nreadyz check passed\n")]
    [InlineData("/livez?verbose", "[+]ping ok\n[+]etcd ok\nlivez check passed\n")]
    public async Task Health_AnswersInWords(string path, string text)
    {
        await using var host = await DialectHost.StartAsync();

        var (answer, body) = await host.GetAsync(path);

        Assert.Equal((HttpStatusCode.OK, text), (answer.StatusCode, body.Text("text")));
    }

    [Fact]
    public async Task Keys_AreServed()
    {
        await using var host = await DialectHost.StartAsync();

        var (answer, keys) = await host.GetAsync("/openid/v1/jwks");
        var (_, configuration) = await host.GetAsync("/.well-known/openid-configuration");

        Assert.Equal("application/jwk-set+json", answer.Content.Headers.ContentType!.ToString());
        Assert.Single(keys.Maps("keys"));
        Assert.Equal("https://kubernetes.default.svc/openid/v1/jwks", configuration.Text("jwks_uri"));
    }
}
