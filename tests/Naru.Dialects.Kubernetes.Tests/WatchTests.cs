using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Naru.Core.Errors;
using Naru.Objects.Json;
using Naru.Objects.Values;
using Naru.Testing.Running;

namespace Naru.Dialects.Kubernetes.Tests;

public sealed class WatchTests
{
    private const string Watch = "/api/v1/namespaces/default/pods?watch=true&allowWatchBookmarks=true";

    [Theory]
    [InlineData(false, "1.1")]
    [InlineData(true, "1.1")]
    [InlineData(true, "2.0")]
    public async Task Changes_AreSentAsLines(bool tls, string version)
    {
        await using var host = await DialectHost.StartAsync(tls: tls);
        using var lines = await OpenAsync(host, Watch, version: version);

        var pod = host.Cluster.Put("", "pods", DialectHost.Pod("a"));
        host.Cluster.Put("", "pods", DialectHost.Pod("a"));
        host.Cluster.Bookmark("", "pods", isEnd: true);

        Assert.Equal($$"""{"type":"ADDED","object":{{Encoding.UTF8.GetString(pod.Json.Span)}}}""", await lines.ReadLineAsync());
        Assert.StartsWith("{\"type\":\"MODIFIED\",", await lines.ReadLineAsync(), StringComparison.Ordinal);
        var bookmark = (MapValue)JsonText.Parse((await lines.ReadLineAsync())!);
        Assert.Equal("BOOKMARK", bookmark.Text("type"));
        Assert.Equal("102", bookmark.Text("object", "metadata", "resourceVersion"));
        Assert.Equal("true", bookmark.Text("object", "metadata", "annotations", "k8s.io/initial-events-end"));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Expired_BecomesAnErrorEvent(bool tls)
    {
        await using var host = await DialectHost.StartAsync(tls: tls);
        host.Cluster.Next = new NaruException(ErrorKind.Expired, "too old resource version: 1 (2)");
        using var lines = await OpenAsync(host, Watch + "&resourceVersion=1");

        var failure = (MapValue)JsonText.Parse((await lines.ReadLineAsync())!);

        Assert.Equal("ERROR", failure.Text("type"));
        Assert.Equal(410, failure.Integer("object", "code"));
        Assert.Equal("Expired", failure.Text("object", "reason"));
        Assert.Null(await lines.ReadLineAsync());
    }

    [Fact]
    public async Task BadSelector_IsRefusedAtOnce()
    {
        await using var host = await DialectHost.StartAsync();
        host.Cluster.Next = NaruException.Invalid("unable to parse requirement");

        var (answer, _) = await host.GetAsync(Watch);

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
    }

    [Fact]
    public async Task Table_HasItsHeadingOnce()
    {
        await using var host = await DialectHost.StartAsync();
        using var lines = await OpenAsync(host, Watch, "application/json;as=Table;v=v1;g=meta.k8s.io");

        host.Cluster.Put("", "pods", DialectHost.Pod("a"));
        host.Cluster.Put("", "pods", DialectHost.Pod("b"));

        var first = (MapValue)JsonText.Parse((await lines.ReadLineAsync())!);
        var second = (MapValue)JsonText.Parse((await lines.ReadLineAsync())!);
        Assert.NotEmpty(first.Maps("object", "columnDefinitions"));
        Assert.Empty(second.Maps("object", "columnDefinitions"));
        Assert.Equal("b", second.Maps("object", "rows").Single().Text("object", "metadata", "name"));
    }

    [Fact]
    public async Task WebSocket_GetsAMessageForEachChange()
    {
        await using var host = await DialectHost.StartAsync();
        using var socket = new ClientWebSocket();
        socket.Options.SetRequestHeader("Authorization", "Bearer admin");
        await socket.ConnectAsync(new Uri(host.Address.ToString().Replace("http", "ws", StringComparison.Ordinal) + Watch[1..]), CancellationToken.None);
        await Eventually.BecomesAsync(() => host.Cluster.Watchers == 1, "it came so");

        host.Cluster.Put("", "pods", DialectHost.Pod("a"));

        var buffer = new byte[4096];
        var message = await socket.ReceiveAsync(buffer, CancellationToken.None);
        Assert.True(message.EndOfMessage);
        Assert.StartsWith("{\"type\":\"ADDED\"", Encoding.UTF8.GetString(buffer, 0, message.Count), StringComparison.Ordinal);
    }

    [Fact]
    public async Task WebSocket_Goodbye_EndsTheWatch()
    {
        await using var host = await DialectHost.StartAsync();
        using var socket = new ClientWebSocket();
        socket.Options.SetRequestHeader("Authorization", "Bearer admin");
        await socket.ConnectAsync(new Uri($"ws://{host.Address.Authority}{Watch}"), CancellationToken.None);
        await Eventually.BecomesAsync(() => host.Cluster.Watchers == 1, "the watch is there");

        await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, CancellationToken.None);

        await Eventually.BecomesAsync(() => host.Cluster.Watchers == 0, "the watch is gone");
    }

    [Fact]
    public async Task Server_Stopping_EndsWatches()
    {
        await using var host = await DialectHost.StartAsync();
        using var lines = await OpenAsync(host, Watch);

        foreach (var stage in host.Services.GetServices<Naru.Core.Lifetime.IEngineStage>())
        {
            await stage.StopAsync(CancellationToken.None);
        }

        Assert.Null(await lines.ReadLineAsync());
        Assert.Equal(HttpStatusCode.InternalServerError, (await host.GetAsync("/readyz")).Answer.StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await host.GetAsync("/livez")).Answer.StatusCode);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Client_Gone_EndsTheWatch(bool tls)
    {
        await using var host = await DialectHost.StartAsync(tls: tls);
        using (await OpenAsync(host, Watch))
        {
            Assert.Equal(1, host.Cluster.Watchers);
        }

        await Eventually.BecomesAsync(() => host.Cluster.Watchers == 0, "it came so");
    }

    // Over TLS the frames of HTTP/1.1 go past Kestrel; a client that lets 200 kB lie must still get all of it, and the others must not wait for it.
    [Fact]
    public async Task SlowReader_GetsEverythingAtItsOwnPace()
    {
        await using var host = await DialectHost.StartAsync(tls: true);
        using var slow = await OpenAsync(host, Watch, wait: false);
        using var quick = await OpenAsync(host, Watch, wait: false);
        await Eventually.BecomesAsync(() => host.Cluster.Watchers == 2, "both watch");
        var note = new string('n', 200_000);
        for (var index = 0; index < 100; index++)
        {
            var pod = DialectHost.Pod($"p{index}");
            pod.MakeMap("metadata")["annotations"] = new MapValue { ["note"] = note };
            host.Cluster.Put("", "pods", pod);
        }

        foreach (var reader in new[] { quick, slow })
        {
            for (var index = 0; index < 100; index++)
            {
                var line = (MapValue)JsonText.Parse((await reader.ReadLineAsync())!);
                Assert.Equal($"p{index}", line.Text("object", "metadata", "name"));
                Assert.Equal(note, line.Text("object", "metadata", "annotations", "note"));
            }
        }
    }

    // What Kestrel did not write itself must not confuse it: the answer ends with the last chunk, and the connection serves on.
    [Fact]
    public async Task Connection_ServesOnAfterAWatch()
    {
        await using var host = await DialectHost.StartAsync(tls: true, real: true);
        var connections = 0;
        using var handler = new SocketsHttpHandler
        {
            ConnectCallback = async (context, end) =>
            {
                Interlocked.Increment(ref connections);
                var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
                await socket.ConnectAsync(context.DnsEndPoint, end);
                return new NetworkStream(socket, ownsSocket: true);
            },
            SslOptions = { RemoteCertificateValidationCallback = static (_, certificate, _, _) => certificate is { Subject: "CN=x" } },
        };
        using var client = new HttpClient(handler) { BaseAddress = host.Address };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", "admin");
        for (var turn = 0; turn < 3; turn++)
        {
            Assert.Equal(HttpStatusCode.Created, (await client.PostAsync("/api/v1/namespaces/default/configmaps", new StringContent($$$"""{"metadata":{"name":"c{{{turn}}}"}}""", Encoding.UTF8, "application/json"))).StatusCode);
            var text = await client.GetStringAsync("/api/v1/namespaces/default/configmaps?watch=true&timeoutSeconds=1");
            Assert.Equal(turn + 1, text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Count(static line => ((MapValue)JsonText.Parse(line)).Text("type") == "ADDED"));
        }

        Assert.Equal(1, connections);
    }

    [Theory]
    [InlineData(false, "1.1")]
    [InlineData(true, "1.1")]
    [InlineData(true, "2.0")]
    public async Task ManyWatchers_AllGetEveryChangeInOrder(bool tls, string version)
    {
        await using var host = await DialectHost.StartAsync(tls: tls);
        var readers = await Task.WhenAll(Enumerable.Range(0, 40).Select(_ => OpenAsync(host, Watch, wait: false, version: version)));
        await Eventually.BecomesAsync(() => host.Cluster.Watchers == 40, "it came so");

        for (var index = 0; index < 50; index++)
        {
            host.Cluster.Put("", "pods", DialectHost.Pod($"p{index}"));
        }

        foreach (var reader in readers)
        {
            for (var index = 0; index < 50; index++)
            {
                Assert.Contains($"\"name\":\"p{index}\"", await reader.ReadLineAsync(), StringComparison.Ordinal);
            }

            reader.Dispose();
        }
    }

    private static async Task<StreamReader> OpenAsync(DialectHost host, string path, string accept = "application/json", bool wait = true, string version = "1.1")
    {
        var request = new HttpRequestMessage(HttpMethod.Get, path) { Version = new Version(version), VersionPolicy = HttpVersionPolicy.RequestVersionExact };
        request.Headers.TryAddWithoutValidation("Accept", accept);
        var answer = await host.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        if (wait)
        {
            await Eventually.BecomesAsync(() => host.Cluster.Watchers == 1 || host.Cluster.Lists.IsEmpty, "it came so");
        }

        return new StreamReader(await answer.Content.ReadAsStreamAsync());
    }
}
