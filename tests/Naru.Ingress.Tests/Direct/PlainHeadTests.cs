using System.Text;
using Naru.Ingress.Direct;
using Naru.Ingress.Lean;

namespace Naru.Ingress.Tests.Direct;

/// <summary>What is served without the web server, and what is left to it.</summary>
public sealed class PlainHeadTests
{
    [Theory]
    [InlineData("GET / HTTP/1.1\r\nHost: a.test\r\n\r\n", "/", "a.test", "")]
    [InlineData("HEAD /a/b_c-d.e~f!$&'()*+,;=:@?q=%20/?x HTTP/1.1\r\nhost:a.test:8080\r\n\r\n", "/a/b_c-d.e~f!$&'()*+,;=:@", "a.test:8080", "")]
    [InlineData("GET /a HTTP/1.1\r\nA: 1\r\nHost: a\r\nB:  2 \r\nConnection: Keep-Alive\r\nC: 3\r\n\r\nGET", "/a", "a", "A: 1\r\nB:  2 \r\nC: 3\r\n")]
    [InlineData("GET /a HTTP/1.1\r\nHost: a\r\nx-forwarded-for: 6.6.6.6\r\nFORWARDED: for=6.6.6.6\r\nX-Real-IP: 6.6.6.6\r\nX-Forwarded-Proto: https\r\nKeep-Alive: 5\r\nAccept: */*\r\n\r\n", "/a", "a", "Accept: */*\r\n")]
    [InlineData("GET /a HTTP/1.1\r\nCookie: a=1\r\nCookie: b=2\r\nHost: a\r\nRange: bytes=0-1\r\nX-Empty:\r\n\r\n", "/a", "a", "Cookie: a=1\r\nCookie: b=2\r\nRange: bytes=0-1\r\nX-Empty:\r\n")]
    public void Plain_IsRead(string text, string path, string host, string fields)
    {
        Assert.True(PlainHead.TryRead(Encoding.Latin1.GetBytes(text), out var head));
        Assert.Equal((path, host), (Encoding.ASCII.GetString(head.Path), Encoding.ASCII.GetString(head.Host)));
        Assert.Equal(text.StartsWith("HEAD", StringComparison.Ordinal), head.IsHead);
        Assert.Equal(text.IndexOf("\r\n\r\n", StringComparison.Ordinal) + 4, head.Length);
        using var bytes = new HeadBytes();
        head.WriteFields(bytes);
        Assert.Equal(fields, Encoding.ASCII.GetString(bytes.Written.Span));
    }

    [Theory]
    [InlineData("")]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\n")]
    [InlineData("\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n")]
    [InlineData("GET / HTTP/1.0\r\nHost: a\r\n\r\n")]
    [InlineData("GET / HTTP/1.1 \r\nHost: a\r\n\r\n")]
    [InlineData("GET HTTP/1.1\r\nHost: a\r\n\r\n")]
    [InlineData("GET  HTTP/1.1\r\nHost: a\r\n\r\n")]
    [InlineData("GET  / HTTP/1.1\r\nHost: a\r\n\r\n")]
    [InlineData("GET / / HTTP/1.1\r\nHost: a\r\n\r\n")]
    [InlineData("get / HTTP/1.1\r\nHost: a\r\n\r\n")]
    [InlineData("POST / HTTP/1.1\r\nHost: a\r\n\r\n")]
    [InlineData("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")]
    [InlineData("GET http://a/ HTTP/1.1\r\nHost: a\r\n\r\n")]
    [InlineData("GET * HTTP/1.1\r\nHost: a\r\n\r\n")]
    [InlineData("GET /%61 HTTP/1.1\r\nHost: a\r\n\r\n")]
    [InlineData("GET /a/../b HTTP/1.1\r\nHost: a\r\n\r\n")]
    [InlineData("GET /./b HTTP/1.1\r\nHost: a\r\n\r\n")]
    [InlineData("GET //b HTTP/1.1\r\nHost: a\r\n\r\n")]
    [InlineData("GET /a\\b HTTP/1.1\r\nHost: a\r\n\r\n")]
    [InlineData("GET /a#b HTTP/1.1\r\nHost: a\r\n\r\n")]
    [InlineData("GET /?a|b HTTP/1.1\r\nHost: a\r\n\r\n")]
    [InlineData("GET /\u00e9 HTTP/1.1\r\nHost: a\r\n\r\n")]
    [InlineData("GET / HTTP/1.1\r\n\r\n")]
    [InlineData("GET / HTTP/1.1\r\nHost:\r\n\r\n")]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n")]
    [InlineData("GET / HTTP/1.1\r\nHost: a b\r\n\r\n")]
    [InlineData("GET / HTTP/1.1\r\nHost: a:x\r\n\r\n")]
    [InlineData("GET / HTTP/1.1\r\nHost: a:\r\n\r\n")]
    [InlineData("GET / HTTP/1.1\r\nHost: [::1]\r\n\r\n")]
    [InlineData("GET / HTTP/1.1\r\nHost : a\r\n\r\n")]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\n folded\r\n\r\n")]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\nX: 1\n\r\n\r\n")]
    [InlineData("GET / HTTP/1.1\nHost: a\r\n\r\n")]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\nX: 1\rY: 2\r\n\r\n")]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\nX: \0\r\n\r\n")]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\nX: \u00e9\r\n\r\n")]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\nX\r\n\r\n")]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\n: 1\r\n\r\n")]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\nX(: 1\r\n\r\n")]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\nConnection: keep-alive, X\r\nX: 1\r\n\r\n")]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n")]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\ncontent-length: 5\r\n\r\nhello")]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n")]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding : chunked\r\n\r\n0\r\n\r\n")]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n")]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\nUpgrade: h2c\r\n\r\n")]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\n\r\n")]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\nTE: trailers\r\n\r\n")]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\nTrailer: x\r\n\r\n")]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\nProxy-Connection: close\r\n\r\n")]
    public void Unusual_IsLeftToTheWebServer(string text) => Assert.False(PlainHead.TryRead(Encoding.Latin1.GetBytes(text), out _));

    [Fact]
    public void Fields_ThatAreLeftOut_AreBounded()
    {
        var claims = string.Concat(Enumerable.Repeat("Forwarded: for=6.6.6.6\r\n", 15));

        Assert.True(PlainHead.TryRead(Encoding.ASCII.GetBytes($"GET / HTTP/1.1\r\nHost: a\r\n{claims}\r\n"), out _));
        Assert.False(PlainHead.TryRead(Encoding.ASCII.GetBytes($"GET / HTTP/1.1\r\nHost: a\r\n{claims}Forwarded: for=6.6.6.6\r\n\r\n"), out _));
    }
}
