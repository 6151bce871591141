using Naru.Ingress.Routing;

namespace Naru.Ingress.Tests.Routing;

public sealed class PathMatchTests
{
    /// <summary>The table of examples in Kubernetes' documentation of Ingress.</summary>
    [Theory]
    [InlineData("Prefix", "/", "/any", true)]
    [InlineData("Exact", "/foo", "/foo", true)]
    [InlineData("Exact", "/foo", "/bar", false)]
    [InlineData("Exact", "/foo", "/foo/", false)]
    [InlineData("Exact", "/foo/", "/foo", false)]
    [InlineData("Prefix", "/foo", "/foo", true)]
    [InlineData("Prefix", "/foo", "/foo/", true)]
    [InlineData("Prefix", "/foo/", "/foo", true)]
    [InlineData("Prefix", "/foo/", "/foo/", true)]
    [InlineData("Prefix", "/aaa/bb", "/aaa/bbb", false)]
    [InlineData("Prefix", "/aaa/bbb", "/aaa/bbb", true)]
    [InlineData("Prefix", "/aaa/bbb/", "/aaa/bbb", true)]
    [InlineData("Prefix", "/aaa/bbb", "/aaa/bbb/", true)]
    [InlineData("Prefix", "/aaa/bbb", "/aaa/bbb/ccc", true)]
    [InlineData("Prefix", "/aaa/bbb", "/aaa/bbbxyz", false)]
    public void Takes_KubernetesExamples_AsDocumented(string kind, string text, string path, bool takes)
    {
        var match = kind == "Exact" ? PathMatch.Exact(text) : PathMatch.Prefix(text);

        Assert.Equal(takes, match.Takes(path));
    }

    [Theory]
    [InlineData("/something(/|$)(.*)", "/$2", "/something", "/")]
    [InlineData("/something(/|$)(.*)", "/$2", "/something/", "/")]
    [InlineData("/something(/|$)(.*)", "/$2", "/something/new", "/new")]
    [InlineData("/(v[0-9]+)/(.*)", "/$2/$1", "/v2/a/b", "/a/b/v2")]
    public void Replace_CaptureGroups_AsIngressNginxDocuments(string pattern, string target, string path, string expected)
    {
        var match = PathMatch.LooseRegex(pattern);

        Assert.True(match.Takes(path));
        Assert.Equal(expected, match.Replace(path, target));
    }

    [Fact]
    public void LooseRegex_OfAPatternThatCouldRunAway_IsRefused() => Assert.Throws<ArgumentException>(() => PathMatch.LooseRegex("(?=a)b"));
}
