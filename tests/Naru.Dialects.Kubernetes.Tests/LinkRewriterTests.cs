using System.Buffers;
using System.Text;
using Naru.Dialects.Kubernetes.Forwarding;

namespace Naru.Dialects.Kubernetes.Tests;

public sealed class LinkRewriterTests
{
    [Theory]
    [InlineData("<a href=\"/x\">t</a>", "<a href=\"/P/x\">t</a>")]
    [InlineData("<A HREF='/x'>", "<A HREF='/P/x'>")]
    [InlineData("<a class=c href=/x>", "<a class=c href=/P/x>")]
    [InlineData("<a href = \"/x\" title=\"/y > /z\"/>", "<a href = \"/P/x\" title=\"/y > /z\"/>")]
    [InlineData("<input disabled src=\"/x\" formaction=\"/y\">", "<input disabled src=\"/P/x\" formaction=\"/P/y\">")]
    [InlineData("<a href=\"\"><a href><a>", "<a href=\"\"><a href><a>")]
    [InlineData("<p href=\"/x\">1 < 2</p>", "<p href=\"/x\">1 < 2</p>")]
    [InlineData("<!-- <a href=\"/x\"> --><a href=\"/x\">", "<!-- <a href=\"/x\"> --><a href=\"/P/x\">")]
    [InlineData("<script src=\"/s\">'<a href=\"/x\">'</script><a href=\"/x\">", "<script src=\"/P/s\">'<a href=\"/x\">'</script><a href=\"/P/x\">")]
    [InlineData("<style>a<b</style><a href=\"/\u00fc\">\u00fc", "<style>a<b</style><a href=\"/P/\u00fc\">\u00fc")]
    [InlineData("<a href=\"/x", "<a href=\"/x")]
    [InlineData("a<", "a<")]
    public void Page_InPiecesOfAnySize_HasItsLinksRewritten(string page, string expected)
    {
        var bytes = Encoding.UTF8.GetBytes(page);
        foreach (var size in Enumerable.Range(1, bytes.Length))
        {
            var (rewriter, output) = (new LinkRewriter(static link => link.StartsWith('/') ? "/P" + link : link), new ArrayBufferWriter<byte>());
            foreach (var piece in bytes.Chunk(size))
            {
                rewriter.Feed(piece, output, isLast: false);
            }

            rewriter.Feed([], output, isLast: true);
            Assert.Equal(expected, Encoding.UTF8.GetString(output.WrittenSpan));
        }
    }
}
