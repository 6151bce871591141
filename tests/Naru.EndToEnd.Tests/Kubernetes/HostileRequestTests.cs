using System.Net;
using System.Net.Http.Headers;
using System.Net.Security;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;

namespace Naru.EndToEnd.Tests.Kubernetes;

/// <summary>Requests that no honest client sends: a clear Status each, and the server lives on.</summary>
public sealed class HostileRequestTests(Cluster cluster)
{
    private const string Map = """{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"x"}""";

    [Theory]
    [InlineData("application/json", Map, 400, "BadRequest")]
    [InlineData("application/json", "", 400, "BadRequest")]
    [InlineData("application/json", "[]", 400, "BadRequest")]
    [InlineData("application/json", "nonsense", 400, "BadRequest")]
    [InlineData("application/json", "{\"kind\":5}", 400, "BadRequest")]
    [InlineData("application/json", "{\"apiVersion\":\"v1\",\"kind\":\"Pod\",\"metadata\":{\"name\":\"x\"}}", 400, "BadRequest")]
    [InlineData("application/json", Map + ",\"data\":{\"a\":1}}", 400, "BadRequest")]
    [InlineData("application/json", Map + ",\"data\":{\"a/b\":\"1\"}}", 422, "Invalid")]
    [InlineData("application/json", Map + ",\"data\":[]}", 400, "BadRequest")]
    [InlineData("application/json", "{\"apiVersion\":\"v1\",\"kind\":\"ConfigMap\",\"metadata\":{\"name\":\"../x\"}}", 422, "Invalid")]
    [InlineData("application/json", "{\"apiVersion\":\"v1\",\"kind\":\"ConfigMap\",\"metadata\":{}}", 422, "Invalid")]
    [InlineData("application/json", "{\"apiVersion\":\"v1\",\"kind\":\"ConfigMap\",\"metadata\":{\"name\":\"x\",\"namespace\":\"other\"}}", 400, "BadRequest")]
    [InlineData("application/json", "{\"apiVersion\":\"v1\",\"kind\":\"ConfigMap\",\"metadata\":{\"name\":\"x\",\"labels\":{\"a b\":\"c\"}}}", 422, "Invalid")]
    [InlineData("application/json", "{\"apiVersion\":\"v1\",\"kind\":\"ConfigMap\",\"metadata\":{\"name\":\"x\",\"resourceVersion\":\"1\"}}", 400, "BadRequest")]
    [InlineData("application/yaml", "a: &a [1]\nb: [*a, *a", 400, "BadRequest")]
    [InlineData("application/yaml", "a: *nosuch", 400, "BadRequest")]
    [InlineData("application/vnd.kubernetes.protobuf", "k8s\0garbage\u0001\u0002", 400, "BadRequest")]
    [InlineData("application/vnd.kubernetes.protobuf", "", 400, "BadRequest")]
    [InlineData("text/html", "<html>", 415, "UnsupportedMediaType")]
    public async Task Create_BadBody_IsRefused(string type, string body, int code, string reason)
    {
        await using var space = await cluster.SpaceAsync();
        await RefusedAsync(await PostAsync(space, type, Encoding.Latin1.GetBytes(body)), code, reason);
        Assert.Equal("404", await StatusAsync($"/api/v1/namespaces/{space.Name}/configmaps/x"));
    }

    [Fact]
    public async Task Create_DeepNesting_IsRefused()
    {
        await using var space = await cluster.SpaceAsync();
        var deep = new StringBuilder("{\"apiVersion\":\"v1\",\"kind\":\"ConfigMap\",\"metadata\":{\"name\":\"x\"},\"data\":");
        deep.Append('[', 200_000).Append(']', 200_000).Append('}');
        await RefusedAsync(await PostAsync(space, "application/json", Encoding.ASCII.GetBytes(deep.ToString())), 400, "BadRequest");
        var yaml = new string('[', 50_000);
        await RefusedAsync(await PostAsync(space, "application/yaml", Encoding.ASCII.GetBytes("a: " + yaml)), 400, "BadRequest");
    }

    [Fact]
    public async Task Create_YamlBomb_IsRefused()
    {
        await using var space = await cluster.SpaceAsync();
        var bomb = new StringBuilder("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: x}\na0: &a0 [lol, lol, lol, lol, lol, lol, lol, lol, lol]\n");
        for (var level = 1; level < 12; level++)
        {
            bomb.Append("a" + level + ": &a" + level + " [" + string.Join(", ", Enumerable.Repeat("*a" + (level - 1), 9)) + "]\n");
        }

        await RefusedAsync(await PostAsync(space, "application/yaml", Encoding.ASCII.GetBytes(bomb.ToString())), 400, "BadRequest");
    }

    [Fact]
    public async Task Create_TooLarge_IsRefused()
    {
        await using var space = await cluster.SpaceAsync();
        var huge = Encoding.ASCII.GetBytes(Map + ",\"data\":{\"a\":\"" + new string('x', 10 << 20) + "\"}}");
        await RefusedAsync(await PostAsync(space, "application/json", huge), 413, "RequestEntityTooLarge");
        var big = Encoding.ASCII.GetBytes(Map + ",\"data\":{\"a\":\"" + new string('x', 2 << 20) + "\"}}");
        await RefusedAsync(await PostAsync(space, "application/json", big), 422, "Invalid");
    }

    [Theory]
    [InlineData("?labelSelector=a%20in%20(b", 400, "BadRequest")]
    [InlineData("?labelSelector=%3D%3D%3D", 400, "BadRequest")]
    [InlineData("?labelSelector=a%3D%21%21", 400, "BadRequest")]
    [InlineData("?fieldSelector=nosuch%3Dx", 400, "BadRequest")]
    [InlineData("?fieldSelector=a", 400, "BadRequest")]
    [InlineData("?limit=minus", 400, "BadRequest")]
    [InlineData("?continue=garbage", 400, "BadRequest")]
    [InlineData("?resourceVersion=garbage", 400, "BadRequest")]
    [InlineData("?resourceVersionMatch=Exact", 422, "Invalid")]
    [InlineData("?watch=true&resourceVersion=garbage", 400, "BadRequest")]
    public async Task List_BadOptions_AreRefused(string query, int code, string reason)
    {
        await using var space = await cluster.SpaceAsync();
        using var answer = await cluster.Http.GetAsync($"/api/v1/namespaces/{space.Name}/configmaps{query}");
        await RefusedAsync(answer, code, reason);
    }

    [Theory]
    [InlineData("DELETE", "/api/v1/namespaces/default/configmaps/nosuch", 404, "NotFound")]
    [InlineData("GET", "/api/v1/nosuch", 404, "NotFound")]
    [InlineData("GET", "/apis/apps/v9/deployments", 404, "NotFound")]
    [InlineData("POST", "/api/v1/namespaces/default/configmaps/name", 405, "MethodNotAllowed")]
    [InlineData("PUT", "/api/v1/nodes", 405, "MethodNotAllowed")]
    [InlineData("PATCH", "/api/v1/namespaces/default/configmaps/nosuch", 415, "UnsupportedMediaType")]
    public async Task Request_NoSuchPlaceOrVerb_IsRefused(string method, string path, int code, string reason)
    {
        await cluster.RequiredAsync();
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        if (method is not "GET" and not "DELETE")
        {
            request.Content = new StringContent("{}", Encoding.UTF8, "application/json");
        }

        using var answer = await cluster.Http.SendAsync(request);
        await RefusedAsync(answer, code, reason);
    }

    [Fact]
    public async Task Watch_FromTheFuture_SaysTooLarge()
    {
        await using var space = await cluster.SpaceAsync();
        using var list = await cluster.Http.GetAsync($"/api/v1/namespaces/{space.Name}/configmaps?resourceVersion=999999999&resourceVersionMatch=NotOlderThan");
        var status = await RefusedAsync(list, 504, "Timeout");
        Assert.StartsWith("Too large resource version: 999999999, current: ", status["message"]!.GetValue<string>(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Headers_Flood_EndsTheConnectionOnly()
    {
        await cluster.RequiredAsync();
        var address = new Uri(cluster.Address);
        using var socket = new TcpClient();
        await socket.ConnectAsync(IPAddress.Loopback, address.Port);
        await using var secure = new SslStream(socket.GetStream());
        await secure.AuthenticateAsClientAsync(cluster.Stranger());
        var text = new StringBuilder("GET /version HTTP/1.1\r\nHost: x\r\n");
        for (var number = 0; number < 20_000; number++)
        {
            text.Append("X-Flood-" + number + ": aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\r\n");
        }

        var first = "";
        try
        {
            await secure.WriteAsync(Encoding.ASCII.GetBytes(text + "\r\n"));
            var block = new byte[64];
            var count = await secure.ReadAsync(block);
            first = Encoding.ASCII.GetString(block, 0, count);
        }
        catch (IOException)
        {
            // Cut off while it still sent.
        }

        Assert.DoesNotContain("200", first, StringComparison.Ordinal);
        Assert.Equal("200", await StatusAsync("/version"));
    }

    [Fact]
    public async Task Http2_StreamsResetAtOnce_ServerLives()
    {
        await cluster.RequiredAsync();
        for (var round = 0; round < 20; round++)
        {
            using var stop = new CancellationTokenSource();
            var requests = Enumerable.Range(0, 100).Select(_ => cluster.Http.SendAsync(
                new HttpRequestMessage(HttpMethod.Get, "/api/v1/pods?watch=true") { Version = HttpVersion.Version20, VersionPolicy = HttpVersionPolicy.RequestVersionExact }, HttpCompletionOption.ResponseHeadersRead, stop.Token)).ToArray();
            await stop.CancelAsync();

            // Most end by that; some may have been answered before, and some refused by a server that has had enough of resets.
            await ((Task)Task.WhenAll(requests)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
            foreach (var answered in requests.Where(static request => request.IsCompletedSuccessfully))
            {
                (await answered).Dispose();
            }
        }

        Assert.Equal("200", await StatusAsync("/version"));
    }

    [Theory]
    [InlineData("/api/v1/namespaces/default/configmaps/%2e%2e%2f%2e%2e%2fsecrets")]
    [InlineData("/api/v1/namespaces/..%2fdefault/configmaps/x")]
    public async Task Path_WithDots_LeadsNowhere(string path)
    {
        await cluster.RequiredAsync();
        using var answer = await cluster.Http.GetAsync(path);
        Assert.InRange((int)answer.StatusCode, 400, 404);
        Assert.Equal("Failure", JsonNode.Parse(await answer.Content.ReadAsStringAsync())!["status"]!.GetValue<string>());
    }

    private Task<HttpResponseMessage> PostAsync(Space space, string type, byte[] body)
    {
        var content = new ByteArrayContent(body);
        content.Headers.ContentType = new MediaTypeHeaderValue(type);
        return cluster.Http.PostAsync($"/api/v1/namespaces/{space.Name}/configmaps", content);
    }

    private async Task<string> StatusAsync(string path)
    {
        using var answer = await cluster.Http.GetAsync(path);
        return ((int)answer.StatusCode).ToString(System.Globalization.CultureInfo.InvariantCulture);
    }

    private static async Task<JsonNode> RefusedAsync(HttpResponseMessage answer, int code, string reason)
    {
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(code == (int)answer.StatusCode, $"{(int)answer.StatusCode} {text}");
        var status = JsonNode.Parse(text)!;
        Assert.Equal(("Status", "v1", "Failure", reason, code), (status["kind"]!.GetValue<string>(), status["apiVersion"]!.GetValue<string>(), status["status"]!.GetValue<string>(), status["reason"]!.GetValue<string>(), status["code"]!.GetValue<int>()));
        Assert.NotEmpty(status["message"]!.GetValue<string>());
        return status;
    }
}
