using System.IO.Compression;
using System.Net;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Naru.Objects.Json;
using Naru.Objects.Metrics;
using Naru.Objects.Nodes;
using Naru.Objects.Values;
using Naru.Testing.Running;

namespace Naru.Dialects.Kubernetes.Tests;

public sealed class ForwardingTests
{
    private const string Pods = "/api/v1/namespaces/default/pods";

    [Fact]
    public async Task Log_IsStreamedFromTheNode()
    {
        await using var there = await Upstream.StartAsync();
        await using var host = await WithNodeAsync(there);

        var (answer, body) = await host.GetAsync($"{Pods}/a/log?follow=true&tailLines=5&container=c");

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal("GET /containerLogs/default/a/c?follow=true&tailLines=5", body.Text("text"));
        Assert.Equal("text/plain", answer.Content.Headers.ContentType!.ToString());
    }

    [Fact]
    public async Task Log_ContainerNamedTwice_TakesTheFirst()
    {
        // Go clients that set the parameter and then add their options name it twice.
        await using var there = await Upstream.StartAsync();
        await using var host = await WithNodeAsync(there);

        var (_, body) = await host.GetAsync($"{Pods}/a/log?container=c&container=c&follow=true");

        Assert.Equal("GET /containerLogs/default/a/c?follow=true", body.Text("text"));
    }

    [Fact]
    public async Task Exec_WithoutNode_IsRefused()
    {
        await using var host = await DialectHost.StartAsync();
        host.Cluster.Put("", "pods", DialectHost.Pod("a"));

        var (answer, status) = await host.SendAsync(HttpMethod.Post, $"{Pods}/a/exec?command=ls");

        Assert.Equal((400, "pod a does not have a host assigned"), ((int)answer.StatusCode, status.Text("message")));
    }

    [Fact]
    public async Task Exec_WrongContainer_IsRefused()
    {
        await using var host = await DialectHost.StartAsync();
        host.Cluster.Put("", "pods", DialectHost.Pod("a"));

        var (answer, status) = await host.SendAsync(HttpMethod.Post, $"{Pods}/a/exec?command=ls&container=x");

        Assert.Equal((400, "container x is not valid for pod a"), ((int)answer.StatusCode, status.Text("message")));
    }

    [Fact]
    public async Task Exec_NodeDown_SaysThatTheBackendCannotBeDialled()
    {
        await using var host = await WithNodeAsync(null);

        var (answer, status) = await host.SendAsync(HttpMethod.Post, $"{Pods}/a/exec?command=ls");

        Assert.Equal(500, (int)answer.StatusCode);
        Assert.StartsWith("error dialing backend: dial tcp ", status.Text("message"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("n1", "GET /pods")]
    [InlineData("n1:1", "GET /pods")]
    [InlineData("https:n1:1", "GET /pods")]
    [InlineData("n1:2", null)]
    public async Task NodeProxy_WithTheKubeletsPort_IsTheNodeItself(string node, string? answer)
    {
        await using var there = await Upstream.StartAsync();
        await using var host = await WithNodeAsync(there);

        var (head, body) = await host.GetAsync($"/api/v1/nodes/{node}/proxy/pods");

        Assert.Equal(answer is null ? HttpStatusCode.InternalServerError : HttpStatusCode.OK, head.StatusCode);
        Assert.Contains(answer ?? "dial tcp 127.0.0.1:2", body.Text(answer is null ? "message" : "text"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Exec_WebSocket_PassesBytesBothWays()
    {
        await using var there = await Upstream.StartAsync();
        await using var host = await WithNodeAsync(there);
        using var socket = new ClientWebSocket();
        socket.Options.SetRequestHeader("Authorization", "Bearer admin");
        socket.Options.AddSubProtocol("v5.channel.k8s.io");
        await socket.ConnectAsync(new Uri($"ws://{host.Address.Authority}{Pods}/a/exec?command=sh&command=-c&stdin=true&stdout=true"), CancellationToken.None);

        await socket.SendAsync("hello"u8.ToArray(), WebSocketMessageType.Binary, true, CancellationToken.None);

        var buffer = new byte[256];
        var message = await socket.ReceiveAsync(buffer, CancellationToken.None);
        Assert.Equal("/exec/default/a/c?input=1&output=1&command=sh&command=-c hello", Encoding.UTF8.GetString(buffer, 0, message.Count));
        Assert.Equal("v5.channel.k8s.io", socket.SubProtocol);
        await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, CancellationToken.None);
    }

    [Theory]
    [InlineData("binary.k8s.io", false)]
    [InlineData("base64.binary.k8s.io", true)]
    [InlineData(null, false)]
    public async Task Log_WebSocket_ComesAsMessages(string? protocol, bool encoded)
    {
        await using var there = await Upstream.StartAsync();
        await using var host = await WithNodeAsync(there);
        using var socket = new ClientWebSocket();
        socket.Options.SetRequestHeader("Authorization", "Bearer admin");
        if (protocol is not null)
        {
            socket.Options.AddSubProtocol(protocol);
        }

        await socket.ConnectAsync(new Uri($"ws://{host.Address.Authority}{Pods}/a/log?container=c"), CancellationToken.None);

        var buffer = new byte[256];
        var message = await socket.ReceiveAsync(buffer, CancellationToken.None);
        var text = Encoding.UTF8.GetString(buffer, 0, message.Count);
        Assert.Equal("GET /containerLogs/default/a/c", encoded ? Encoding.UTF8.GetString(Convert.FromBase64String(text)) : text);
        Assert.Equal(protocol, socket.SubProtocol);
        Assert.Equal(WebSocketMessageType.Close, (await socket.ReceiveAsync(buffer, CancellationToken.None)).MessageType);
        await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, CancellationToken.None);
    }

    [Fact]
    public async Task PortForward_Spdy_PassesBytesBothWays()
    {
        await using var there = await Upstream.StartAsync();
        await using var host = await WithNodeAsync(there);
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, host.Address.Port);
        var stream = client.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes($"POST {Pods}/a/portforward HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer admin\r\nConnection: Upgrade\r\nUpgrade: SPDY/3.1\r\nX-Stream-Protocol-Version: portforward.k8s.io\r\nContent-Length: 0\r\n\r\n"));
        using var reader = new StreamReader(stream);

        Assert.Equal("HTTP/1.1 101 Switching Protocols", await reader.ReadLineAsync());
        while (await reader.ReadLineAsync() is { Length: > 0 })
        {
        }

        await stream.WriteAsync("ping\n"u8.ToArray());
        Assert.Equal("ping", await reader.ReadLineAsync());
    }

    [Fact]
    public async Task ServiceProxy_ReachesAnEndpoint()
    {
        await using var there = await Upstream.StartAsync();
        await using var host = await DialectHost.StartAsync(static options => options.ProxyToLoopback = true);
        AddService(host, "web", there.Port);

        var (answer, body) = await host.GetAsync("/api/v1/namespaces/default/services/web:http/proxy/a%20b/c?x=1");
        var (moved, _) = await host.GetAsync("/api/v1/namespaces/default/services/web:http/proxy");

        Assert.Equal((200, "GET /a%20b/c?x=1"), ((int)answer.StatusCode, body.Text("text")));
        Assert.Equal((301, "/api/v1/namespaces/default/services/web:http/proxy/"), ((int)moved.StatusCode, moved.Headers.Location!.ToString()));
    }

    [Theory]
    [InlineData("DELETE")]
    [InlineData("OPTIONS")]
    [InlineData("PATCH")]
    [InlineData("POST")]
    [InlineData("PUT")]
    public async Task ServiceProxy_EveryMethod_GoesThrough(string method)
    {
        await using var there = await Upstream.StartAsync();
        await using var host = await DialectHost.StartAsync(static options => options.ProxyToLoopback = true);
        AddService(host, "web", there.Port);

        using var client = host.NewClient("admin");
        foreach (var path in new[] { "?a=1", "/a?a=1" })
        {
            using var request = new HttpRequestMessage(new HttpMethod(method), "/api/v1/namespaces/default/services/web:http/proxy" + path);
            using var answer = await client.SendAsync(request);

            Assert.Equal(200, (int)answer.StatusCode);
            Assert.Contains($"{method} /", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("/page")]
    [InlineData("/page.gz")]
    public async Task ServiceProxy_LinksOfAPage_LeadBackThroughTheProxy(string page)
    {
        await using var there = await Upstream.StartAsync();
        await using var host = await DialectHost.StartAsync(static options => options.ProxyToLoopback = true);
        AddService(host, "web", there.Port);
        const string Root = "/api/v1/namespaces/default/services/web:http/proxy";

        using var client = host.NewClient("admin");
        var text = await client.GetStringAsync(Root + page);

        Assert.Equal($"""<p title="/x"><a href="{Root}/a">/a</a><img src='{Root}/i.png'><a href="b">""", text);
    }

    [Fact]
    public async Task ServiceProxy_WithoutEndpoints_Is503()
    {
        await using var host = await DialectHost.StartAsync();
        AddService(host, "web", null);

        var (answer, status) = await host.GetAsync("/api/v1/namespaces/default/services/web/proxy/");

        Assert.Equal((503, "no endpoints available for service \"web\""), ((int)answer.StatusCode, status.Text("message")));
    }

    [Fact]
    public async Task PodProxy_ToLoopback_IsRefused()
    {
        await using var host = await DialectHost.StartAsync();
        var pod = DialectHost.Pod("a");
        pod.MakeMap("status")["podIP"] = "127.0.0.1";
        host.Cluster.Put("", "pods", pod);

        var (answer, _) = await host.GetAsync($"{Pods}/a:80/proxy/");

        Assert.Equal(400, (int)answer.StatusCode);
    }

    [Fact]
    public async Task Aggregated_Group_IsProbedDiscoveredAndForwarded()
    {
        await using var there = await Upstream.StartAsync(tls: true);
        await using var host = await DialectHost.StartAsync(stages: true);
        AddService(host, "api", there.Port);
        host.Cluster.Put("apiregistration.k8s.io", "apiservices", Parse("""
            {"apiVersion":"apiregistration.k8s.io/v1","kind":"APIService","metadata":{"name":"v1alpha1.wardle.example.com"},
             "spec":{"group":"wardle.example.com","version":"v1alpha1","service":{"namespace":"default","name":"api","port":443},"insecureSkipTLSVerify":true,"groupPriorityMinimum":2000,"versionPriority":200}}
            """));
        await Eventually.BecomesAsync(() => Condition(host, "v1alpha1.wardle.example.com") is { } one && one.Text("status") == "True", "the APIService is available");

        var (answer, body) = await host.GetAsync("/apis/wardle.example.com/v1alpha1/namespaces/default/flunders?x=1");
        var (_, groups) = await host.GetAsync("/apis", "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList");

        Assert.Equal(200, (int)answer.StatusCode);
        Assert.Equal("GET /apis/wardle.example.com/v1alpha1/namespaces/default/flunders?x=1 admin system:authenticated,system:masters", Sorted(body.Text("text")!));
        var group = groups.Maps("items").Single(static one => one.Text("metadata", "name") == "wardle.example.com");
        Assert.Equal("flunders", group.Maps("versions").Single().Maps("resources").Single().Text("resource"));
        Assert.Equal("Local", Condition(host, "v1.apps")!.Text("reason"));
    }

    [Theory]
    [InlineData("api.default.svc", "True")]
    [InlineData("127.0.0.1", "False")]
    public async Task Aggregated_Certificate_IsCheckedByTheServicesName(string name, string available)
    {
        using var certificate = DialectHost.SelfSigned(name);
        await using var there = await Upstream.StartAsync(tls: true, certificate);
        await using var host = await DialectHost.StartAsync(stages: true);
        AddService(host, "api", there.Port);
        var authority = Convert.ToBase64String(Encoding.ASCII.GetBytes(certificate.ExportCertificatePem()));
        host.Cluster.Put("apiregistration.k8s.io", "apiservices", Parse($$$"""
            {"apiVersion":"apiregistration.k8s.io/v1","kind":"APIService","metadata":{"name":"v1alpha1.wardle.example.com"},
             "spec":{"group":"wardle.example.com","version":"v1alpha1","service":{"namespace":"default","name":"api","port":443},"caBundle":"{{{authority}}}","groupPriorityMinimum":2000,"versionPriority":200}}
            """));

        await Eventually.BecomesAsync(() => Condition(host, "v1alpha1.wardle.example.com")?.Text("status") == available, $"the APIService is available: {available}");
    }

    [Fact]
    public async Task Aggregated_ServerGone_Is503()
    {
        await using var host = await DialectHost.StartAsync(stages: true);
        host.Cluster.Put("apiregistration.k8s.io", "apiservices", Parse("""
            {"apiVersion":"apiregistration.k8s.io/v1","kind":"APIService","metadata":{"name":"v1.x.example.com"},"spec":{"group":"x.example.com","version":"v1","service":{"namespace":"default","name":"none"}}}
            """));
        await Eventually.BecomesAsync(() => Condition(host, "v1.x.example.com")?.Text("reason") == "ServiceNotFound", "the APIService is unavailable");

        var (answer, _) = await host.GetAsync("/apis/x.example.com/v1/things");

        Assert.Equal(503, (int)answer.StatusCode);
    }

    [Fact]
    public async Task Usage_OfPodsAndNodes_IsServedWhereSomebodyReads()
    {
        await using var without = await DialectHost.StartAsync();
        await using var host = await DialectHost.StartAsync(add: static services => services.AddSingleton<IUsageReadings, Readings>());

        var (none, _) = await without.GetAsync("/apis/metrics.k8s.io/v1beta1/nodes");
        var (_, nodes) = await host.GetAsync("/apis/metrics.k8s.io/v1beta1/nodes");
        var (_, pods) = await host.GetAsync("/apis/metrics.k8s.io/v1beta1/namespaces/default/pods", "application/json;as=Table;v=v1;g=meta.k8s.io");
        var (_, resources) = await host.GetAsync("/apis/metrics.k8s.io/v1beta1");

        Assert.Equal(404, (int)none.StatusCode);
        Assert.Equal("1500000n", nodes.Maps("items").Single().Text("usage", "cpu"));
        Assert.Equal("2048Ki", nodes.Maps("items").Single().Text("usage", "memory"));
        Assert.Equal(["a", "3000n", "3Ki", "15s"], pods.Maps("rows").Single().List("cells")!.Texts());
        Assert.Equal(["nodes", "pods"], resources.Maps("resources").Select(static one => one.Text("name")!));
    }

    private static string Sorted(string text)
    {
        var parts = text.Split(' ');
        parts[^1] = string.Join(',', parts[^1].Split(',').Order(StringComparer.Ordinal));
        return string.Join(' ', parts);
    }

    private static MapValue? Condition(DialectHost host, string name) =>
        host.Cluster.Get(new("apiregistration.k8s.io", "apiservices"), "", name)?.Tree.Maps("status", "conditions").FirstOrDefault(static one => one.Text("type") == "Available");

    private static MapValue Parse(string json) => JsonText.ParseMap(Encoding.UTF8.GetBytes(json));

    private static void AddService(DialectHost host, string name, int? port)
    {
        host.Cluster.Put("", "services", Parse($$$"""{"apiVersion":"v1","kind":"Service","metadata":{"name":"{{{name}}}","namespace":"default"},"spec":{"ports":[{"name":"http","port":443}]}}"""));
        if (port is not null)
        {
            host.Cluster.Put("discovery.k8s.io", "endpointslices", Parse($$$"""
                {"apiVersion":"discovery.k8s.io/v1","kind":"EndpointSlice","metadata":{"name":"{{{name}}}-1","namespace":"default","labels":{"kubernetes.io/service-name":"{{{name}}}"}},
                 "ports":[{"name":"http","port":{{{port}}}}],"endpoints":[{"addresses":["127.0.0.1"],"conditions":{"ready":true}}]}
                """));
        }
    }

    private static async Task<DialectHost> WithNodeAsync(Upstream? there)
    {
        var host = await DialectHost.StartAsync(add: services => services.AddSingleton<INodeConnections>(new Connections(there)));
        var pod = DialectHost.Pod("a");
        pod.MakeMap("spec")["nodeName"] = "n1";
        host.Cluster.Put("", "pods", pod);
        host.Cluster.Put("", "nodes", Parse("""{"apiVersion":"v1","kind":"Node","metadata":{"name":"n1"},"status":{"addresses":[{"type":"InternalIP","address":"127.0.0.1"}],"daemonEndpoints":{"kubeletEndpoint":{"Port":1}}}}"""));
        return host;
    }

    private sealed class Readings : IUsageReadings
    {
        public IReadOnlyList<NodeUsage> Nodes() => [new NodeUsage("n1", DateTimeOffset.UnixEpoch, TimeSpan.FromSeconds(15), 1_500_000, 2048 * 1024)];

        public IReadOnlyList<PodUsage> Pods(string? @namespace) =>
            [new PodUsage("default", "a", DateTimeOffset.UnixEpoch, TimeSpan.FromSeconds(15), [new ContainerUsage("c", 1000, 1024), new ContainerUsage("d", 2000, 2048)])];
    }

    private sealed class Connections(Upstream? there) : INodeConnections
    {
        public async ValueTask<Stream?> ConnectAsync(string node, CancellationToken cancellationToken)
        {
            if (there is null)
            {
                return null;
            }

            var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
            await socket.ConnectAsync(IPAddress.Loopback, there.Port, cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        }
    }

    /// <summary>Another server: says what it was asked, echoes what it is upgraded to.</summary>
    private sealed class Upstream(WebApplication application) : IAsyncDisposable
    {
        public int Port { get; } = new Uri(application.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First()).Port;

        public static async Task<Upstream> StartAsync(bool tls = false, X509Certificate2? certificate = null)
        {
            var builder = WebApplication.CreateSlimBuilder();
            builder.Logging.ClearProviders();
            builder.WebHost.UseKestrelHttpsConfiguration();
            builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listener =>
            {
                listener.Protocols = HttpProtocols.Http1;
                if (tls)
                {
                    listener.UseHttps(certificate ?? DialectHost.SelfSigned());
                }
            }));
            var application = builder.Build();
            application.UseWebSockets();
            application.Run(AnswerAsync);
            await application.StartAsync();
            return new Upstream(application);
        }

        public async ValueTask DisposeAsync()
        {
            using var end = new CancellationTokenSource(TimeSpan.FromSeconds(1));
            await application.StopAsync(end.Token);
            await application.DisposeAsync();
        }

        private static async Task AnswerAsync(HttpContext http)
        {
            var target = http.Features.Get<IHttpRequestFeature>()!.RawTarget;
            if (http.WebSockets.IsWebSocketRequest)
            {
                using var socket = await http.WebSockets.AcceptWebSocketAsync(http.WebSockets.WebSocketRequestedProtocols[0]);
                var buffer = new byte[256];
                var message = await socket.ReceiveAsync(buffer, CancellationToken.None);
                await socket.SendAsync(Encoding.UTF8.GetBytes($"{target} {Encoding.UTF8.GetString(buffer, 0, message.Count)}"), WebSocketMessageType.Binary, true, CancellationToken.None);
                await socket.ReceiveAsync(buffer, CancellationToken.None);
                await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, CancellationToken.None);
                return;
            }

            if (http.Request.Headers.Upgrade == "SPDY/3.1")
            {
                http.Response.Headers.Upgrade = "SPDY/3.1";
                http.Response.Headers.Connection = "Upgrade";
                await using var stream = await http.Features.GetRequiredFeature<IHttpUpgradeFeature>().UpgradeAsync();
                await stream.CopyToAsync(stream);
                return;
            }

            if (target.StartsWith("/page", StringComparison.Ordinal))
            {
                http.Response.ContentType = "text/html; charset=utf-8";
                var page = """<p title="/x"><a href="/a">/a</a><img src='/i.png'><a href="b">"""u8.ToArray();
                if (target.EndsWith(".gz", StringComparison.Ordinal))
                {
                    http.Response.Headers.ContentEncoding = "gzip";
                    await using var packed = new GZipStream(http.Response.Body, CompressionMode.Compress);
                    await packed.WriteAsync(page);
                    return;
                }

                await http.Response.Body.WriteAsync(page);
                return;
            }

            if (target == "/apis/wardle.example.com/v1alpha1")
            {
                await http.Response.WriteAsync("""{"kind":"APIResourceList","groupVersion":"wardle.example.com/v1alpha1","resources":[{"name":"flunders","singularName":"flunder","namespaced":true,"kind":"Flunder","verbs":["get","list"]}]}""");
                return;
            }

            http.Response.ContentType = "text/plain";
            var user = http.Request.Headers["X-Remote-User"].ToString();
            await http.Response.WriteAsync($"{http.Request.Method} {target}{(user.Length > 0 ? $" {user} {string.Join(',', http.Request.Headers["X-Remote-Group"]!)}" : "")}");
        }
    }
}
