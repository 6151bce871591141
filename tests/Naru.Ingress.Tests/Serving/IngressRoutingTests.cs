using System.Net;
using Naru.Objects.Api;
using Naru.Objects.Values;
using Naru.Testing.Running;

namespace Naru.Ingress.Tests.Serving;

public sealed class IngressRoutingTests
{
    [Fact]
    public async Task Request_ForAHostAndAPath_ReachesItsService()
    {
        await using var one = await BackendServer.NamedAsync("one");
        await using var two = await BackendServer.NamedAsync("two");
        await using var bench = await IngressBench.StartAsync();
        await bench.ServiceAsync("one", one);
        await bench.ServiceAsync("two", two);
        await bench.IngressAsync("web", "shop.test", "", "Prefix / one", "Prefix /two two", "Exact /exact two");
        await bench.AnswersAsync("shop.test", "/", HttpStatusCode.OK);

        Assert.Equal("one", await bench.TextAsync("shop.test", "/"));
        Assert.Equal("one", await bench.TextAsync("shop.test", "/twofold"));
        Assert.Equal("two", await bench.TextAsync("shop.test", "/two/fold?x=1"));
        Assert.Equal("two", await bench.TextAsync("SHOP.test:8080", "/exact"));
        Assert.Equal("one", await bench.TextAsync("shop.test", "/exact/not"));
        using var stranger = await bench.SendAsync("other.test", "/");
        Assert.Equal(HttpStatusCode.NotFound, stranger.StatusCode);
    }

    [Fact]
    public async Task Request_ForAWildcard_MatchesOneLabelAndYieldsToTheExactName()
    {
        await using var wild = await BackendServer.NamedAsync("wild");
        await using var exact = await BackendServer.NamedAsync("exact");
        await using var bench = await IngressBench.StartAsync();
        await bench.ServiceAsync("wild", wild);
        await bench.ServiceAsync("exact", exact);
        await bench.IngressAsync("a", "*.shop.test", "", "Prefix / wild");
        await bench.IngressAsync("b", "www.shop.test", "", "Prefix /x exact");
        await bench.AnswersAsync("www.shop.test", "/x", HttpStatusCode.OK);

        Assert.Equal("wild", await bench.TextAsync("api.shop.test", "/x"));
        Assert.Equal("exact", await bench.TextAsync("www.shop.test", "/x"));
        foreach (var (host, path) in new[] { ("www.shop.test", "/y"), ("a.b.shop.test", "/"), ("shop.test", "/") })
        {
            using var answer = await bench.SendAsync(host, path);
            Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        }
    }

    [Fact]
    public async Task DefaultBackend_TakesWhatNothingElseTakes()
    {
        await using var main = await BackendServer.NamedAsync("main");
        await using var rest = await BackendServer.NamedAsync("rest");
        await using var bench = await IngressBench.StartAsync();
        await bench.ServiceAsync("main", main);
        await bench.ServiceAsync("rest", rest);
        await bench.PutAsync(IngressResources.Ingresses, IngressBench.Ingress("web", "shop.test", "", """ "defaultBackend":{"service":{"name":"rest","port":{"name":"web"}}}, """, "Prefix /main main"));
        await bench.AnswersAsync("shop.test", "/main", HttpStatusCode.OK);

        Assert.Equal("main", await bench.TextAsync("shop.test", "/main"));
        Assert.Equal("rest", await bench.TextAsync("shop.test", "/"));
        Assert.Equal("rest", await bench.TextAsync("other.test", "/main"));
    }

    [Fact]
    public async Task Class_OfAnotherController_IsNotServed()
    {
        await using var one = await BackendServer.NamedAsync("one");
        await using var bench = await IngressBench.StartAsync();
        await bench.ServiceAsync("one", one);
        await bench.PutAsync(IngressResources.Classes, """{"metadata":{"name":"other"},"spec":{"controller":"example.com/other"}}""");
        await bench.PutAsync(IngressResources.Classes, """{"metadata":{"name":"nginx"},"spec":{"controller":"naru.dev/ingress"}}""");
        await bench.PutAsync(IngressResources.Ingresses, IngressBench.Ingress("a", "a.test", "", """ "ingressClassName":"other", """, "Prefix / one"));
        await bench.PutAsync(IngressResources.Ingresses, IngressBench.Ingress("b", "b.test", "", """ "ingressClassName":"nginx", """, "Prefix / one"));
        await bench.AnswersAsync("b.test", "/", HttpStatusCode.OK);
        await bench.AnswersAsync("a.test", "/", HttpStatusCode.NotFound);

        // The class changes hands: its objects follow.
        await bench.PutAsync(IngressResources.Classes, """{"metadata":{"name":"other"},"spec":{"controller":"naru.dev/ingress"}}""");
        await bench.AnswersAsync("a.test", "/", HttpStatusCode.OK);
        var made = bench.Objects.Get(IngressResources.Classes, "", "naru")!;
        Assert.Equal("true", made.Tree.Text("metadata", "annotations", "ingressclass.kubernetes.io/is-default-class"));
    }

    [Fact]
    public async Task Status_TellsTheAddress_AndTheSocketClosesWithTheLastObject()
    {
        await using var bench = await IngressBench.StartAsync();
        Assert.Equal(0, bench.HttpPort);
        await bench.IngressAsync("web", "shop.test", "", "Prefix / gone");
        await bench.AnswersAsync("shop.test", "/", HttpStatusCode.ServiceUnavailable);
        await Eventually.BecomesAsync(() => bench.Objects.Get(IngressResources.Ingresses, "default", "web")!.Tree.Maps("status", "loadBalancer", "ingress").Any(static one => one.Text("ip") == "127.0.0.1"), "it is so");

        await bench.Objects.DeleteAsync(IngressResources.Ingresses, "default", "web", new DeleteOptions(), TestContext.Current.CancellationToken);
        await Eventually.BecomesAsync(() => bench.HttpPort == 0, "it is so");
    }

    [Fact]
    public async Task Port_ThatIsTaken_IsTriedAgain()
    {
        await using var holder = await BackendServer.NamedAsync("holder");
        var port = holder.Port;
        await using var bench = await IngressBench.StartAsync(new IngressOptions { HttpAddress = $"127.0.0.1:{port}", HttpsAddress = null, ListenRetry = TimeSpan.FromMilliseconds(20) });
        await bench.IngressAsync("web", "shop.test", "", "Prefix / gone");
        await Eventually.BecomesAsync(() => bench.Listeners.ProblemOf(bench.Listeners.Http!.Value).Length > 0, "it is so");

        await holder.DisposeAsync();

        await bench.AnswersAsync("shop.test", "/", HttpStatusCode.ServiceUnavailable);
    }
}
