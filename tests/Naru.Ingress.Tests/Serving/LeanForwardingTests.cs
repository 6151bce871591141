using System.Net;

namespace Naru.Ingress.Tests.Serving;

/// <summary>Answers of every shape, on the short way: to clients that are served directly, and to those of the web server, which what is encoded in the path makes of them.</summary>
public sealed class LeanForwardingTests
{
    private const string Direct = "/";
    private const string ByTheWebServer = "/%61";

    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", "hello")]
    [InlineData("HTTP/1.1 200 OK\r\ncontent-length:5\r\nConnection: close\r\n\r\nhello", "hello")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhe\r\n3;ext=1\r\nllo\r\n0\r\nX-Trailer: 1\r\n\r\n", "hello")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 99\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n", "hello")]
    [InlineData("HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", "hello")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", "")]
    public async Task Answer_OfEveryFraming_PassesWhole_AndTheConnectionIsUsedAgain(string answer, string body)
    {
        await using var world = await RawWorld.StartAsync(_ => answer);
        foreach (var path in (string[])[Direct, Direct, ByTheWebServer, ByTheWebServer])
        {
            Assert.Equal(body, await world.Bench.TextAsync("a.test", path));
        }

        Assert.Equal(answer.Contains("close", StringComparison.Ordinal) ? world.Backend.Heads.Count : 1, world.Backend.Connections);
    }

    [Theory]
    [InlineData(Direct)]
    [InlineData(ByTheWebServer)]
    public async Task Answer_UntilTheEndOfTheConnection_PassesWhole(string path)
    {
        await using var world = await RawWorld.StartAsync(static _ => "HTTP/1.0 200 OK\r\nX-A: 1\r\n\r\n" + new string('x', 300_000), closes: true);

        Assert.Equal(300_000, (await world.Bench.TextAsync("a.test", path)).Length);
    }

    [Theory]
    [InlineData(Direct)]
    [InlineData(ByTheWebServer)]
    public async Task Answer_LongerThanTheBuffer_PassesWhole(string path)
    {
        await using var world = await RawWorld.StartAsync(static _ => $"HTTP/1.1 200 OK\r\nContent-Length: 2000000\r\nX-Long: {new string('h', 30_000)}\r\n\r\n" + new string('x', 2_000_000));

        using var answer = await world.Bench.SendAsync("a.test", path);
        Assert.Equal(2_000_000, (await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).Length);
        Assert.Equal(30_000, answer.Headers.GetValues("X-Long").Single().Length);
    }

    [Theory]
    [InlineData("nonsense\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\nhello")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello!")]
    [InlineData("HTTP/1.1 200 OK\r\nNo field\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n")]
    [InlineData("HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n")]
    public async Task Answer_ThatIsNone_IsABadGateway(string answer)
    {
        await using var world = await RawWorld.StartAsync(_ => answer, HttpStatusCode.BadGateway);

        foreach (var path in (string[])[Direct, ByTheWebServer])
        {
            using var told = await world.Bench.SendAsync("a.test", path);
            Assert.Equal(HttpStatusCode.BadGateway, told.StatusCode);
        }
    }

    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nhello")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n32\r\nhello")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\nnonsense\r\n")]
    public async Task Answer_ThatBreaksOff_DoesNotLookWhole(string answer)
    {
        await using var backend = new RawBackend(_ => answer, closes: true);
        await using var bench = await RawWorld.BenchAsync(backend);
        await bench.AnswersAsync("x.test", "/", HttpStatusCode.NotFound);
        await bench.KnowsAsync("raw");

        await Assert.ThrowsAnyAsync<HttpRequestException>(() => bench.TextAsync("a.test", Direct));
        await Assert.ThrowsAnyAsync<HttpRequestException>(() => bench.TextAsync("a.test", ByTheWebServer));
    }

    [Fact]
    public async Task Connection_ThatEndsBetweenRequests_IsReplacedUnseen()
    {
        await using var world = await RawWorld.StartAsync(static _ => "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", closes: true);
        for (var round = 0; round < 50; round++)
        {
            Assert.Equal("ok", await world.Bench.TextAsync("a.test", round % 2 == 0 ? Direct : ByTheWebServer));
        }
    }

    [Fact]
    public void Head_FieldsThatConnectionNames_StayBehind()
    {
        var headers = new Microsoft.AspNetCore.Http.HeaderDictionary { ["Connection"] = "close, X-Hop", ["X-Hop"] = "1", ["X-Own"] = "2" };

        using var head = new Lean.HeadBytes();
        Lean.RequestHeadWriter.Write(head, "GET", "/", "a.test", headers);

        Assert.Equal("GET / HTTP/1.1\r\nHost: a.test\r\nX-Own: 2\r\n\r\n", System.Text.Encoding.ASCII.GetString(head.Written.Span));
    }

    [Theory]
    [InlineData("GET", "X-Hop: 1\r\nConnection: keep-alive, x-hop\r\n")]
    [InlineData("GET", "Connection: X-Hop\r\nX-Hop: 1\r\nX-Hop: 2\r\n")]
    [InlineData("PUT", "X-Hop: 1\r\nConnection: keep-alive, x-hop\r\n")]
    [InlineData("PUT", "Connection: X-Hop, content-length\r\nX-Hop: 1\r\nX-Hop: 2\r\n")]
    public async Task Answer_FieldsThatConnectionNames_StayBehind(string method, string fields)
    {
        await using var world = await RawWorld.StartAsync(_ => $"HTTP/1.1 200 OK\r\n{fields}X-Own: 2\r\nContent-Length: 2\r\n\r\nok");

        // What writes goes the long way.
        var body = method == "PUT" ? "Content-Length: 0\r\n\r\n" : "\r\n";
        foreach (var own in (string[])["Connection: close\r\n", "Connection: keep-alive\r\n"])
        {
            var answer = await world.Bench.HeadAsync($"{method} / HTTP/1.1\r\nHost: a.test\r\n{own}{body}");

            Assert.StartsWith("HTTP/1.1 200 OK", answer);
            Assert.Contains("X-Own: 2", answer);
            Assert.Contains("Content-Length: 2", answer);
            Assert.DoesNotContain("X-Hop", answer, StringComparison.OrdinalIgnoreCase);
        }
    }

    [Fact]
    public async Task Head_OfARequest_HasNothingOfTheHop()
    {
        await using var world = await RawWorld.StartAsync(static _ => "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
        await world.Bench.RawAsync("GET /x HTTP/1.1\r\nHost: a.test\r\nConnection: close\r\nTE: trailers\r\nKeep-Alive: 5\r\nX-Twice: 1\r\nX-Twice: 2\r\n\r\n");

        var head = world.Backend.Heads.Last();
        Assert.StartsWith("GET /x HTTP/1.1\r\nHost: a.test\r\n", head);
        Assert.Contains("X-Twice: 1\r\nX-Twice: 2\r\n", head);
        Assert.DoesNotContain("TE:", head);
        Assert.DoesNotContain("Keep-Alive", head);
        Assert.DoesNotContain("Connection", head);
    }
}
