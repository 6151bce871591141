using System.Net;
using System.Text;
using Naru.Core.Errors;
using Naru.Objects.Api;
using Naru.Objects.Values;

namespace Naru.Dialects.Kubernetes.Tests;

public sealed class ResourceTests
{
    private const string Pods = "/api/v1/namespaces/default/pods";

    [Fact]
    public async Task Get_StoredObject_IsSentAsItIs()
    {
        await using var host = await DialectHost.StartAsync();
        var pod = host.Cluster.Put("", "pods", DialectHost.Pod("a"));

        using var answer = await host.Client.GetAsync(Pods + "/a");

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal("application/json", answer.Content.Headers.ContentType!.ToString());
        Assert.Equal(Encoding.UTF8.GetString(pod.Json.Span) + "\n", await answer.Content.ReadAsStringAsync());
        Assert.NotEmpty(answer.Headers.GetValues("Audit-Id"));
        Assert.Equal("no-cache, private", answer.Headers.CacheControl!.ToString());
    }

    [Fact]
    public async Task Get_Missing_AnswersStatus()
    {
        await using var host = await DialectHost.StartAsync();

        var (answer, status) = await host.GetAsync(Pods + "/a");

        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        Assert.Equal("pods \"a\" not found", status.Text("message"));
        Assert.Equal("NotFound", status.Text("reason"));
        Assert.Equal("pods", status.Text("details", "kind"));
        Assert.Equal("a", status.Text("details", "name"));
        Assert.Equal(404, status.Integer("code"));
    }

    [Fact]
    public async Task List_Limited_TellsWhereItGoesOn()
    {
        await using var host = await DialectHost.StartAsync();
        host.Cluster.Put("", "pods", DialectHost.Pod("a"));
        host.Cluster.Put("", "pods", DialectHost.Pod("b"));

        var (_, list) = await host.GetAsync(Pods + "?limit=1&labelSelector=a%3Db");

        Assert.Equal("PodList", list.Text("kind"));
        Assert.Equal("102", list.Text("metadata", "resourceVersion"));
        Assert.Equal("next", list.Text("metadata", "continue"));
        Assert.Equal(1, list.Integer("metadata", "remainingItemCount"));
        Assert.Equal("a", Assert.Single(list.Maps("items")).Text("metadata", "name"));
        Assert.Equal("a=b", Assert.Single(host.Cluster.Lists).LabelSelector);
    }

    [Fact]
    public async Task List_AsTable_HasColumnsCellsAndMetadata()
    {
        await using var host = await DialectHost.StartAsync();
        host.Cluster.Put("", "pods", DialectHost.Pod("a"));

        var (answer, table) = await host.GetAsync(Pods, "application/json;as=Table;v=v1;g=meta.k8s.io,application/json;as=Table;v=v1beta1;g=meta.k8s.io,application/json");

        Assert.Equal("application/json", answer.Content.Headers.ContentType!.ToString());
        Assert.Equal("Table", table.Text("kind"));
        Assert.Equal("meta.k8s.io/v1", table.Text("apiVersion"));
        Assert.Equal("Name", table.Maps("columnDefinitions").First().Text("name"));
        var row = Assert.Single(table.Maps("rows"));
        Assert.Equal("a", ((TextValue)row.List("cells")![0]).Text);
        Assert.Equal("PartialObjectMetadata", row.Text("object", "kind"));
        Assert.Equal("a", row.Text("object", "metadata", "name"));
        Assert.Null(row.At("object", "spec"));
    }

    [Theory]
    [InlineData("None", null)]
    [InlineData("Object", "Pod")]
    public async Task List_AsTable_ShowsTheObjectAsAsked(string include, string? kind)
    {
        await using var host = await DialectHost.StartAsync();
        host.Cluster.Put("", "pods", DialectHost.Pod("a"));

        var (_, table) = await host.GetAsync($"{Pods}?includeObject={include}", "application/json;as=Table;v=v1;g=meta.k8s.io");

        Assert.Equal(kind, table.Maps("rows").First().Text("object", "kind"));
    }

    [Fact]
    public async Task List_AsMetadata_LeavesTheRestOut()
    {
        await using var host = await DialectHost.StartAsync();
        host.Cluster.Put("", "pods", DialectHost.Pod("a"));

        var (_, list) = await host.GetAsync(Pods, "application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io");

        Assert.Equal("PartialObjectMetadataList", list.Text("kind"));
        var item = Assert.Single(list.Maps("items"));
        Assert.Equal("a", item.Text("metadata", "name"));
        Assert.Equal(["kind", "apiVersion", "metadata"], item.Names);
    }

    [Fact]
    public async Task Get_AsYaml_IsYaml()
    {
        await using var host = await DialectHost.StartAsync();
        host.Cluster.Put("", "pods", DialectHost.Pod("a"));

        var (answer, body) = await host.GetAsync(Pods + "/a", "application/yaml");

        Assert.Equal("application/yaml", answer.Content.Headers.ContentType!.ToString());
        Assert.Contains("kind: Pod\n", body.Text("text"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("?pretty=true", "x")]
    [InlineData("", "curl/8.0")]
    public async Task Get_Pretty_IsIndented(string query, string agent)
    {
        await using var host = await DialectHost.StartAsync();
        host.Cluster.Put("", "pods", DialectHost.Pod("a"));
        using var request = new HttpRequestMessage(HttpMethod.Get, $"{Pods}/a{query}");
        request.Headers.UserAgent.ParseAdd(agent);

        using var answer = await host.Client.SendAsync(request);

        Assert.Contains("\n  \"kind\": \"Pod\"", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Get_UnknownAccept_Is406()
    {
        await using var host = await DialectHost.StartAsync();

        var (answer, status) = await host.GetAsync(Pods, "application/cbor");

        Assert.Equal(HttpStatusCode.NotAcceptable, answer.StatusCode);
        Assert.StartsWith("only the following media types are accepted: application/json, application/yaml", status.Text("message"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Create_OfAReviewAsATable_Is406()
    {
        await using var host = await DialectHost.StartAsync();

        var (answer, status) = await host.SendAsync(
            HttpMethod.Post,
            "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews",
            """{"kind":"SelfSubjectAccessReview","apiVersion":"authorization.k8s.io/v1","spec":{"nonResourceAttributes":{"path":"/","verb":"get"}}}""",
            accept: "application/json;as=Table;v=v1;g=meta.k8s.io");

        Assert.Equal(HttpStatusCode.NotAcceptable, answer.StatusCode);
        Assert.Equal(406, status.Integer("code"));
    }

    [Fact]
    public async Task Create_ReadsOptionsAndAnswers201()
    {
        await using var host = await DialectHost.StartAsync();

        var (answer, made) = await host.SendAsync(HttpMethod.Post, Pods + "?fieldManager=me&fieldValidation=Strict", """{"kind":"Pod","apiVersion":"v1","metadata":{"name":"a","name":"b"}}""");

        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
        Assert.Equal("b", made.Text("metadata", "name"));
        var call = Assert.Single(host.Cluster.Calls);
        Assert.Equal(("me", FieldValidation.Strict, "default"), (call.FieldManager, call.FieldValidation, call.Namespace));
        Assert.Equal("duplicate field \"metadata.name\"", Assert.Single(call.DoubledFields));
    }

    [Fact]
    public async Task Create_Yaml_IsRead()
    {
        await using var host = await DialectHost.StartAsync();

        var (answer, made) = await host.SendAsync(HttpMethod.Post, Pods, "kind: Pod\napiVersion: v1\nmetadata:\n  name: a\n", "application/yaml");

        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
        Assert.Equal("a", made.Text("metadata", "name"));
    }

    [Theory]
    [InlineData("application/cbor")]
    [InlineData("text/plain")]
    public async Task Create_UnknownForm_Is415(string type)
    {
        await using var host = await DialectHost.StartAsync();

        var (answer, status) = await host.SendAsync(HttpMethod.Post, Pods, "{}", type);

        Assert.Equal(HttpStatusCode.UnsupportedMediaType, answer.StatusCode);
        Assert.Equal("UnsupportedMediaType", status.Text("reason"));
    }

    [Fact]
    public async Task Create_BrokenJson_Is400()
    {
        await using var host = await DialectHost.StartAsync();

        var (answer, status) = await host.SendAsync(HttpMethod.Post, Pods, "{\"kind\":");

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.StartsWith("Pod in version \"v1\" cannot be handled as a Pod: ", status.Text("message"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Create_TooLarge_Is413()
    {
        await using var host = await DialectHost.StartAsync();

        var (answer, status) = await host.SendAsync(HttpMethod.Post, Pods, $"{{\"a\":\"{new string('x', 3 * 1024 * 1024)}\"}}");

        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, answer.StatusCode);
        Assert.Equal("Request entity too large: limit is 3145728", status.Text("message"));
    }

    [Fact]
    public async Task Create_WrongDryRun_Is422()
    {
        await using var host = await DialectHost.StartAsync();

        var (answer, status) = await host.SendAsync(HttpMethod.Post, Pods + "?dryRun=Some", "{}");

        Assert.Equal(HttpStatusCode.UnprocessableEntity, answer.StatusCode);
        Assert.Equal("FieldValueNotSupported", status.Maps("details", "causes").First().Text("reason"));
    }

    [Theory]
    [InlineData("application/json-patch+json", """[{"op":"remove","path":"/a"}]""", PatchKind.Json)]
    [InlineData("application/merge-patch+json", "{}", PatchKind.Merge)]
    [InlineData("application/strategic-merge-patch+json", "{}", PatchKind.Strategic)]
    public async Task Patch_EachForm_ReachesTheCore(string type, string patch, PatchKind kind)
    {
        await using var host = await DialectHost.StartAsync();
        host.Cluster.Put("", "pods", DialectHost.Pod("a"));

        var (answer, _) = await host.SendAsync(HttpMethod.Patch, Pods + "/a", patch, type);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal(kind, host.Cluster.LastPatch!.Value.Kind);
    }

    [Fact]
    public async Task Patch_Apply_NeedsAManager()
    {
        await using var host = await DialectHost.StartAsync();
        const string Body = "kind: Pod\napiVersion: v1\nmetadata: {name: a, namespace: default}\n";

        var (refused, _) = await host.SendAsync(HttpMethod.Patch, Pods + "/a", Body, "application/apply-patch+yaml");
        var (made, _) = await host.SendAsync(HttpMethod.Patch, Pods + "/a?fieldManager=me&force=true", Body, "application/apply-patch+yaml");

        Assert.Equal(HttpStatusCode.UnprocessableEntity, refused.StatusCode);
        Assert.Equal(HttpStatusCode.Created, made.StatusCode);
        Assert.True(host.Cluster.Calls.Last().Force);
    }

    [Fact]
    public async Task Patch_Cbor_Is415()
    {
        await using var host = await DialectHost.StartAsync();

        var (answer, _) = await host.SendAsync(HttpMethod.Patch, Pods + "/a?fieldManager=x", "x", "application/apply-patch+cbor");

        Assert.Equal(HttpStatusCode.UnsupportedMediaType, answer.StatusCode);
    }

    [Fact]
    public async Task Delete_ConfigMap_AnswersSuccessWithItsIdentity()
    {
        await using var host = await DialectHost.StartAsync();
        var stored = host.Cluster.Put("", "configmaps", new MapValue { ["apiVersion"] = "v1", ["kind"] = "ConfigMap", ["metadata"] = new MapValue { ["name"] = "c", ["namespace"] = "default" } });

        var (answer, status) = await host.SendAsync(HttpMethod.Delete, "/api/v1/namespaces/default/configmaps/c", """{"kind":"DeleteOptions","apiVersion":"v1","gracePeriodSeconds":3,"propagationPolicy":"Foreground"}""");

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal("Success", status.Text("status"));
        Assert.Equal("configmaps", status.Text("details", "kind"));
        Assert.Equal(stored.Uid, status.Text("details", "uid"));
        Assert.Equal((3L, DeletePropagation.Foreground), (host.Cluster.LastDelete!.GracePeriodSeconds!.Value, host.Cluster.LastDelete.Propagation!.Value));
    }

    [Fact]
    public async Task Delete_Waiting_AnswersTheObject()
    {
        await using var host = await DialectHost.StartAsync();
        host.Cluster.DeletesLater = true;
        host.Cluster.Put("", "configmaps", new MapValue { ["apiVersion"] = "v1", ["kind"] = "ConfigMap", ["metadata"] = new MapValue { ["name"] = "c", ["namespace"] = "default" } });

        var (_, body) = await host.SendAsync(HttpMethod.Delete, "/api/v1/namespaces/default/configmaps/c?propagationPolicy=Orphan");

        Assert.Equal("ConfigMap", body.Text("kind"));
        Assert.Equal(DeletePropagation.Orphan, host.Cluster.LastDelete!.Propagation);
    }

    [Theory]
    [InlineData("POST", "/api/v1/pods", 405)]
    [InlineData("PUT", "/api/v1/namespaces/default/pods", 405)]
    [InlineData("GET", "/api/v1/namespaces/default/things", 404)]
    [InlineData("GET", "/apis/nothing/v1/things", 404)]
    [InlineData("GET", "/api/v1/namespaces/default/pods/a/nothing", 404)]
    [InlineData("GET", "/nothing", 404)]
    [InlineData("GET", "/logs/x", 403)]
    [InlineData("DELETE", "/api/v1/namespaces", 405)]
    public async Task Request_NotServed_IsRefused(string method, string path, int code)
    {
        await using var host = await DialectHost.StartAsync();

        var (answer, status) = await host.SendAsync(new HttpMethod(method), path, method is "GET" or "DELETE" ? null : "{}");

        Assert.Equal(code, (int)answer.StatusCode);
        Assert.Equal("Status", status.Text("kind"));
    }

    [Fact]
    public async Task Failure_WithRetry_SaysSoInTheHeader()
    {
        await using var host = await DialectHost.StartAsync();
        host.Cluster.Next = new NaruException(ErrorKind.ResourceExhausted, "slow down") { Details = new FailureDetails { RetryAfter = TimeSpan.FromSeconds(7) } };

        var (answer, status) = await host.GetAsync(Pods);

        Assert.Equal(429, (int)answer.StatusCode);
        Assert.Equal("7", answer.Headers.GetValues("Retry-After").Single());
        Assert.Equal(7, status.Integer("details", "retryAfterSeconds"));
    }

    [Fact]
    public async Task Warnings_AreSentAsHeaders()
    {
        await using var host = await DialectHost.StartAsync();
        host.Cluster.Before = static (call, _) =>
        {
            call.Warnings.Add("unknown field \"spec.x\"");
            return Task.CompletedTask;
        };

        var (answer, _) = await host.GetAsync(Pods);

        Assert.Equal("299 - \"unknown field \\\"spec.x\\\"\"", answer.Headers.GetValues("Warning").Single());
    }

    [Fact]
    public async Task List_Large_IsCompressedWhenAsked()
    {
        await using var host = await DialectHost.StartAsync();
        for (var index = 0; index < 800; index++)
        {
            host.Cluster.Put("", "pods", DialectHost.Pod($"pod-{index:D4}"));
        }

        using var request = new HttpRequestMessage(HttpMethod.Get, Pods);
        request.Headers.AcceptEncoding.ParseAdd("gzip");
        using var answer = await host.Client.SendAsync(request);

        Assert.Equal("gzip", answer.Content.Headers.ContentEncoding.Single());
        await using var unpacked = new System.IO.Compression.GZipStream(await answer.Content.ReadAsStreamAsync(), System.IO.Compression.CompressionMode.Decompress);
        using var document = await System.Text.Json.JsonDocument.ParseAsync(unpacked);
        Assert.Equal(800, document.RootElement.GetProperty("items").GetArrayLength());
    }

    [Fact]
    public async Task Http2_IsSpoken()
    {
        await using var host = await DialectHost.StartAsync(tls: true);
        using var request = new HttpRequestMessage(HttpMethod.Get, "/version") { Version = HttpVersion.Version20, VersionPolicy = HttpVersionPolicy.RequestVersionExact };

        using var answer = await host.Client.SendAsync(request);

        Assert.Equal((HttpStatusCode.OK, HttpVersion.Version20), (answer.StatusCode, answer.Version));
    }

    [Fact]
    public async Task Request_TooLong_Is504()
    {
        await using var host = await DialectHost.StartAsync(static options => options.RequestTimeout = TimeSpan.FromMilliseconds(50));
        host.Cluster.Before = static (_, cancellationToken) => Task.Delay(Timeout.Infinite, cancellationToken);

        var (answer, status) = await host.GetAsync(Pods);

        Assert.Equal(HttpStatusCode.GatewayTimeout, answer.StatusCode);
        Assert.Equal("Timeout", status.Text("reason"));
    }
}
