using Naru.Configuration;

namespace Naru.Tests.Configuration;

public sealed class ConfigurationFileTests
{
    [Fact]
    public void Parse_ValuesAndLists_KeepsOrderAndLines()
    {
        var entries = Parse("# comment\ndata-dir: /a\ndns:\n  - 1.1.1.1\n  - 8.8.8.8\n");

        Assert.Equal(["data-dir", "dns"], entries.Select(entry => entry.Name));
        Assert.Equal(["1.1.1.1", "8.8.8.8"], entries[1].Values);
        Assert.Equal("f.yaml:3", entries[1].Origin);
    }

    [Theory]
    [InlineData("")]
    [InlineData("# nothing but a comment\n")]
    [InlineData("---\n")]
    public void Parse_NothingInIt_IsEmpty(string text) => Assert.Empty(Parse(text));

    [Theory]
    [InlineData("- a\n- b\n", "f.yaml:1")]
    [InlineData("just text\n", "f.yaml:1")]
    [InlineData("a: 1\nb:\n  c: 2\n", "f.yaml:3")]
    [InlineData("a: 1\n? [x]\n: 2\n", "f.yaml:2")]
    [InlineData("a: [1\n", "f.yaml:")]
    [InlineData("a: 1\n---\nb: 2\n", "f.yaml:")]
    [InlineData("a: *nowhere\n", "f.yaml:1")]
    public void Parse_AnythingElse_IsRefusedWithItsLine(string text, string origin)
    {
        var exception = Assert.Throws<ConfigurationException>(() => Parse(text));

        Assert.StartsWith(origin, exception.Message, StringComparison.Ordinal);
    }

    private static IReadOnlyList<ConfigurationEntry> Parse(string text) => ConfigurationFile.Parse(new StringReader(text), "f.yaml");
}
