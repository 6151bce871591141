using Naru.Builds.Patterns;
using Naru.Core.Errors;

namespace Naru.Builds.Tests.Patterns;

public sealed class IgnoreListTests
{
    [Theory]
    [InlineData("a", "a", true)]
    [InlineData("a", "a/b/c", true)]
    [InlineData("a", "b/a", false)]
    [InlineData("/a", "a", true)]
    [InlineData("a/", "a/x", true)]
    [InlineData("*.md", "README.md", true)]
    [InlineData("*.md", "docs/README.md", false)]
    [InlineData("**/*.md", "README.md", true)]
    [InlineData("**/*.md", "a/b/c.md", true)]
    [InlineData("**", "any/thing", true)]
    [InlineData("a/**", "a/b", true)]
    [InlineData("a/**", "a", false)]
    [InlineData("a/**/b", "a/b", true)]
    [InlineData("a/**/b", "a/x/y/b", true)]
    [InlineData("a/?", "a/b", true)]
    [InlineData("a/?", "a/bc", false)]
    [InlineData("[a-c]x", "bx", true)]
    [InlineData("[^a-c]x", "bx", false)]
    [InlineData("a*\n!ab", "ab", false)]
    [InlineData("a*\n!ab", "ac", true)]
    [InlineData("a\n!a/b\na/b/c", "a/b/d", false)]
    [InlineData("a\n!a/b\na/b/c", "a/b/c/x", true)]
    [InlineData("# note\n\n  x  ", "x", true)]
    [InlineData("\\#x", "#x", true)]
    [InlineData("./x/../y", "y", true)]
    [InlineData("\\*", "a", false)]
    [InlineData("\\*", "*", true)]
    public void Excludes_Table_IsDockers(string text, string path, bool expected) =>
        Assert.Equal(expected, IgnoreList.Read(text).Excludes(path));

    [Theory]
    [InlineData("!")]
    [InlineData("[a")]
    [InlineData("x\\")]
    public void Read_Malformed_IsRefused(string text) =>
        Assert.Equal(ErrorKind.InvalidArgument, Assert.Throws<NaruException>(() => IgnoreList.Read(text)).Kind);

    [Fact]
    public void Excludes_RandomPatterns_AgreesWithSlowMatcher()
    {
        var random = new Random(7);
        const string letters = "ab/*?";
        for (var i = 0; i < 20_000; i++)
        {
            var pattern = PathText.Clean(Make(random, letters, 6));
            var path = PathText.Below(Make(random, "ab/", 8));
            if (path.Length == 0 || pattern is "." or "/" || pattern.StartsWith("..", StringComparison.Ordinal))
            {
                continue;
            }

            var glob = Glob.TryParse(pattern, deep: true)!;
            Assert.True(glob.Matches(path) == Slow(pattern, path), $"{pattern} against {path}");
        }
    }

    [Fact]
    public void Matches_HostilePattern_TakesBoundedTime()
    {
        var glob = Glob.TryParse(string.Concat(Enumerable.Repeat("*a", 200)) + "b", deep: true)!;
        Assert.False(glob.Matches(new string('a', 2000)));
    }

    private static string Make(Random random, string letters, int length) =>
        string.Concat(Enumerable.Range(0, random.Next(1, length)).Select(_ => letters[random.Next(letters.Length)]));

    /// <summary>The definition itself, by trying everything.</summary>
    private static bool Slow(ReadOnlySpan<char> pattern, ReadOnlySpan<char> path)
    {
        if (pattern.IsEmpty)
        {
            return path.IsEmpty;
        }

        if (pattern.StartsWith("**"))
        {
            var directories = pattern.Length > 2 && pattern[2] == '/';
            var rest = pattern[(directories ? 3 : 2)..];
            for (var i = 0; i <= path.Length; i++)
            {
                if ((!directories || i == 0 || path[i - 1] == '/') && Slow(rest, path[i..]))
                {
                    return true;
                }
            }

            return false;
        }

        if (pattern[0] == '*')
        {
            for (var i = 0; i <= path.Length; i++)
            {
                if (Slow(pattern[1..], path[i..]))
                {
                    return true;
                }

                if (i < path.Length && path[i] == '/')
                {
                    return false;
                }
            }

            return false;
        }

        return !path.IsEmpty && (pattern[0] == path[0] || (pattern[0] == '?' && path[0] != '/')) && Slow(pattern[1..], path[1..]);
    }
}
