using System.Net;
using Naru.Ingress.Gateways;
using Naru.Ingress.Tests.Serving;
using Naru.Objects.Values;
using Naru.Testing.Running;

namespace Naru.Ingress.Tests.Gateways;

public sealed class GatewayTests
{
    private const string AnyListener = """{"name":"http","port":80,"protocol":"HTTP","allowedRoutes":{"namespaces":{"from":"All"}}}""";

    [Fact]
    public async Task Start_BringsDefinitionsAndAClass()
    {
        await using var bench = await IngressBench.StartAsync();

        await Eventually.BecomesAsync(() => bench.Objects.Get(GatewayResources.Classes, "", "naru")?.Tree.Maps("status", "conditions").Any(static one => one.Text("type") == "Accepted" && one.Text("status") == "True") == true, "the class is accepted");
        Assert.Equal(5, bench.Objects.List(GatewayResources.Definitions).Count);
    }

    [Fact]
    public async Task Matches_AreTakenInTheOrderOfTheSpecification()
    {
        await using var world = await World.StartAsync(AnyListener, "a", "b", "c", "d", "e", "f");
        await world.RouteAsync("one", """
            "hostnames":["shop.test"],"rules":[
              {"matches":[{"path":{"type":"PathPrefix","value":"/"}}],"backendRefs":[{"name":"a","port":80}]},
              {"matches":[{"path":{"type":"PathPrefix","value":"/v2"}}],"backendRefs":[{"name":"b","port":80}]},
              {"matches":[{"path":{"type":"Exact","value":"/v2"}}],"backendRefs":[{"name":"c","port":80}]},
              {"matches":[{"path":{"type":"PathPrefix","value":"/v2"},"headers":[{"name":"X-Kind","value":"new"}]}],"backendRefs":[{"name":"d","port":80}]},
              {"matches":[{"path":{"type":"PathPrefix","value":"/v2"},"queryParams":[{"type":"RegularExpression","name":"q","value":"[0-9]+"}]}],"backendRefs":[{"name":"e","port":80}]},
              {"matches":[{"path":{"type":"PathPrefix","value":"/v2"},"method":"DELETE"}],"backendRefs":[{"name":"f","port":80}]}]
            """);
        await world.Bench.AnswersAsync("shop.test", "/", HttpStatusCode.OK);

        Assert.Equal("a", await world.Bench.TextAsync("shop.test", "/v22"));
        Assert.Equal("b", await world.Bench.TextAsync("shop.test", "/v2/x"));
        Assert.Equal("c", await world.Bench.TextAsync("shop.test", "/v2"));
        Assert.Equal("d", await world.Bench.TextAsync("shop.test", "/v2/x?q=5", ("X-Kind", "new")));
        Assert.Equal("e", await world.Bench.TextAsync("shop.test", "/v2/x?q=55"));
        Assert.Equal("b", await world.Bench.TextAsync("shop.test", "/v2/x?q=no"));
        using var request = world.Bench.Request(HttpMethod.Delete, "shop.test", "/v2/x");
        request.Headers.Add("X-Kind", "new");
        using var answer = await world.Bench.Client().SendAsync(request, TestContext.Current.CancellationToken);
        Assert.Equal("f", await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Filters_ChangeRequestsAndAnswers()
    {
        await using var world = await World.StartAsync(AnyListener, "echo");
        await world.RouteAsync("one", """
            "rules":[
              {"matches":[{"path":{"type":"PathPrefix","value":"/old"}}],"filters":[
                {"type":"URLRewrite","urlRewrite":{"hostname":"inner.test","path":{"type":"ReplacePrefixMatch","replacePrefixMatch":"/new"}}},
                {"type":"RequestHeaderModifier","requestHeaderModifier":{"set":[{"name":"X-Set","value":"s"}],"add":[{"name":"X-Add","value":"2"}],"remove":["X-Gone"]}},
                {"type":"ResponseHeaderModifier","responseHeaderModifier":{"set":[{"name":"X-Answer","value":"yes"}]}}],
               "backendRefs":[{"name":"echo","port":80}]},
              {"matches":[{"path":{"type":"PathPrefix","value":"/go"}}],"filters":[{"type":"RequestRedirect","requestRedirect":{"scheme":"https","hostname":"else.test","path":{"type":"ReplacePrefixMatch","replacePrefixMatch":"/gone"},"statusCode":301}}]}]
            """);
        await world.Bench.AnswersAsync("any.test", "/old", HttpStatusCode.OK);

        using var answer = await world.Bench.SendAsync("any.test", "/old/x?y=1", ("X-Add", "1"), ("X-Gone", "1"), ("X-Set", "other"));
        var told = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.StartsWith("GET /new/x?y=1\n", told);
        Assert.Contains("Host: inner.test\n", told);
        Assert.Contains("X-Set: s\n", told);
        Assert.Contains("X-Add: 1", told);
        Assert.DoesNotContain("X-Gone", told);
        Assert.Equal("yes", answer.Headers.GetValues("X-Answer").Single());

        using var redirect = await world.Bench.SendAsync("any.test", "/go/there");
        Assert.Equal(HttpStatusCode.MovedPermanently, redirect.StatusCode);
        Assert.Equal("https://else.test/gone/there", redirect.Headers.Location!.OriginalString);
    }

    [Fact]
    public async Task Weights_AndBackendsThatAreMissing_ShareTheRequests()
    {
        await using var world = await World.StartAsync(AnyListener, "a", "b");
        await world.RouteAsync("one", """ "rules":[{"backendRefs":[{"name":"a","port":80,"weight":3},{"name":"b","port":80,"weight":1},{"name":"none","port":80,"weight":1},{"name":"a","port":80,"weight":0}]}] """);
        await world.StatusAsync("one", "ResolvedRefs", "BackendNotFound");
        await world.Bench.AnswersAsync("x.test", "/", HttpStatusCode.OK);

        var seen = new Dictionary<string, int>();
        for (var count = 0; count < 400; count++)
        {
            using var answer = await world.Bench.SendAsync("x.test", "/");
            var name = answer.StatusCode == HttpStatusCode.OK ? await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken) : $"{answer.StatusCode}";
            seen[name] = seen.GetValueOrDefault(name) + 1;
        }

        Assert.InRange(seen["a"], 180, 300);
        Assert.InRange(seen["b"], 40, 130);
        Assert.InRange(seen["InternalServerError"], 40, 130);
    }

    [Fact]
    public async Task References_IntoOtherNamespaces_NeedAGrant()
    {
        await using var world = await World.StartAsync(AnyListener, "a");
        await world.RouteAsync("far", """ "rules":[{"backendRefs":[{"name":"a","namespace":"default","port":80}]}] """, "other");
        await world.StatusAsync("far", "ResolvedRefs", "RefNotPermitted", "other");
        await world.Bench.AnswersAsync("x.test", "/", HttpStatusCode.InternalServerError);

        await world.Bench.PutAsync(GatewayResources.Grants, """{"metadata":{"namespace":"default","name":"g"},"spec":{"from":[{"group":"gateway.networking.k8s.io","kind":"HTTPRoute","namespace":"other"}],"to":[{"group":"","kind":"Service","name":"a"}]}}""");
        await world.Bench.AnswersAsync("x.test", "/", HttpStatusCode.OK);
        await world.StatusAsync("far", "ResolvedRefs", "ResolvedRefs", "other");

        await world.Bench.Objects.DeleteAsync(GatewayResources.Grants, "default", "g", new Naru.Objects.Api.DeleteOptions(), TestContext.Current.CancellationToken);
        await world.Bench.AnswersAsync("x.test", "/", HttpStatusCode.InternalServerError);
    }

    [Fact]
    public async Task Listeners_AreApart_AndTellWhatIsAttached()
    {
        await using var world = await World.StartAsync(
            """
            {"name":"wild","port":80,"protocol":"HTTP","hostname":"*.shop.test"},
            {"name":"exact","port":80,"protocol":"HTTP","hostname":"www.shop.test"},
            {"name":"twice","port":80,"protocol":"HTTP","hostname":"www.shop.test"},
            {"name":"tcp","port":9,"protocol":"TCP"},
            {"name":"bare","port":443,"protocol":"HTTPS","hostname":"bare.test","tls":{"certificateRefs":[{"name":"none"}]}}
            """,
            "a",
            "b");
        await world.RouteAsync("wild", """ "rules":[{"backendRefs":[{"name":"a","port":80}]}] """, section: "wild");
        await world.RouteAsync("exact", """ "rules":[{"matches":[{"path":{"value":"/x"}}],"backendRefs":[{"name":"b","port":80}]}] """, section: "exact");
        await world.RouteAsync("strange", """ "hostnames":["else.test"],"rules":[{"backendRefs":[{"name":"b","port":80}]}] """);
        await world.RouteAsync("far", """ "rules":[{"backendRefs":[{"name":"b","port":80}]}] """, "other");
        await world.RouteAsync("lost", """ "rules":[{"backendRefs":[{"name":"b","port":80}]}] """, section: "nowhere");
        await world.Bench.AnswersAsync("www.shop.test", "/x", HttpStatusCode.OK);

        Assert.Equal("b", await world.Bench.TextAsync("www.shop.test", "/x"));
        Assert.Equal("a", await world.Bench.TextAsync("a.b.shop.test", "/x"));
        using var apart = await world.Bench.SendAsync("www.shop.test", "/y");
        Assert.Equal(HttpStatusCode.NotFound, apart.StatusCode);
        await world.StatusAsync("wild", "Accepted", "Accepted");
        await world.StatusAsync("strange", "Accepted", "NoMatchingListenerHostname");
        await world.StatusAsync("far", "Accepted", "NotAllowedByListeners", "other");
        await world.StatusAsync("lost", "Accepted", "NoMatchingParent");

        var gateway = world.Bench.Objects.Get(GatewayResources.Gateways, "default", "gw")!.Tree;
        Assert.Equal("127.0.0.1", gateway.Maps("status", "addresses").Single().Text("value"));
        Assert.Equal("True", ReasonOf(gateway, "wild", "Programmed").Status);
        Assert.Equal(1, gateway.Maps("status", "listeners").First(static one => one.Text("name") == "wild").Integer("attachedRoutes"));
        Assert.Equal(("True", "HostnameConflict"), ReasonOf(gateway, "twice", "Conflicted"));
        Assert.Equal(("False", "UnsupportedProtocol"), ReasonOf(gateway, "tcp", "Accepted"));
        Assert.Equal(("False", "InvalidCertificateRef"), ReasonOf(gateway, "bare", "ResolvedRefs"));
    }

    [Fact]
    public async Task Mirror_GetsCopies_AndTheOriginalItsWholeBody()
    {
        await using var world = await World.StartAsync(AnyListener, "echo");
        var copies = new System.Collections.Concurrent.ConcurrentBag<string>();
        await using var mirror = await BackendServer.StartAsync(async context =>
        {
            using var reader = new StreamReader(context.Request.Body);
            copies.Add($"{context.Request.Path} {await reader.ReadToEndAsync()}");
        });
        await using var main = await BackendServer.StartAsync(static context => context.Request.Body.CopyToAsync(context.Response.Body));
        await world.Bench.ServiceAsync("mirror", mirror);
        await world.Bench.ServiceAsync("main", main);
        await world.RouteAsync("one", """ "rules":[{"filters":[{"type":"RequestMirror","requestMirror":{"backendRef":{"name":"mirror","port":80}}}],"backendRefs":[{"name":"main","port":80}]}] """);
        await world.Bench.AnswersAsync("x.test", "/", HttpStatusCode.OK);

        using var request = world.Bench.Request(HttpMethod.Post, "x.test", "/post");
        request.Content = new StringContent("whole");
        using var answer = await world.Bench.Client().SendAsync(request, TestContext.Current.CancellationToken);

        Assert.Equal("whole", await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        await Eventually.BecomesAsync(() => copies.Contains("/post whole"), "the copy arrives");
    }

    private static (string? Status, string? Reason) ReasonOf(MapValue gateway, string listener, string type)
    {
        var condition = gateway.Maps("status", "listeners").First(one => one.Text("name") == listener).Maps("conditions").First(one => one.Text("type") == type);
        return (condition.Text("status"), condition.Text("reason"));
    }

    /// <summary>A Gateway of the class naru and some services that answer with their names; <c>echo</c> tells the request.</summary>
    private sealed class World(IngressBench bench, List<BackendServer> servers) : IAsyncDisposable
    {
        public IngressBench Bench => bench;

        public static async Task<World> StartAsync(string listeners, params string[] services)
        {
            var bench = await IngressBench.StartAsync();
            var servers = new List<BackendServer>();
            foreach (var name in services)
            {
                servers.Add(name == "echo" ? await BackendServer.EchoAsync() : await BackendServer.NamedAsync(name));
                await bench.ServiceAsync(name, servers[^1]);
            }

            await bench.PutAsync(GatewayResources.Gateways, $$$"""{"metadata":{"namespace":"default","name":"gw"},"spec":{"gatewayClassName":"naru","listeners":[{{{listeners}}}]}}""");
            return new World(bench, servers);
        }

        public Task RouteAsync(string name, string spec, string @namespace = "default", string section = "")
        {
            var parent = section.Length > 0 ? $",\"sectionName\":\"{section}\"" : "";
            return bench.PutAsync(GatewayResources.HttpRoutes, $$$"""{"metadata":{"namespace":"{{{@namespace}}}","name":"{{{name}}}"},"spec":{"parentRefs":[{"name":"gw","namespace":"default"{{{parent}}}}],{{{spec}}} } }""");
        }

        public Task StatusAsync(string name, string type, string reason, string @namespace = "default") => Eventually.BecomesAsync(
            () =>
            {
                var condition = bench.Objects.Get(GatewayResources.HttpRoutes, @namespace, name)!.Tree.Maps("status", "parents").FirstOrDefault()?.Maps("conditions").FirstOrDefault(one => one.Text("type") == type);
                return condition is not null && condition.Text("reason") == reason;
            },
            $"{type} of {name} is {reason}");

        public async ValueTask DisposeAsync()
        {
            await bench.DisposeAsync();
            foreach (var server in servers)
            {
                await server.DisposeAsync();
            }
        }
    }

}
