using Naru.Builds.Dockerfiles;
using Naru.Core.Errors;

namespace Naru.Builds.Tests.Dockerfiles;

public sealed class ExpansionTests
{
    private static readonly Dictionary<string, string> Variables = new()
    {
        ["x"] = "value",
        ["empty"] = "",
        ["path"] = "/usr/local/bin/foo.tar.gz",
        ["two"] = "a b",
    };

    [Theory]
    [InlineData("plain", "plain")]
    [InlineData("$x", "value")]
    [InlineData("${x}y", "valuey")]
    [InlineData("$xy", "")]
    [InlineData("\\$x", "$x")]
    [InlineData("'$x'", "$x")]
    [InlineData("\"$x\"", "value")]
    [InlineData("\"\\$x \\\" \\a\"", "$x \" \\a")]
    [InlineData("a\\ b", "a b")]
    [InlineData("$", "$")]
    [InlineData("${none:-d}", "d")]
    [InlineData("${none-d}", "d")]
    [InlineData("${empty-d}", "")]
    [InlineData("${empty:-d}", "d")]
    [InlineData("${x:-d}", "value")]
    [InlineData("${x:+w}", "w")]
    [InlineData("${empty:+w}", "")]
    [InlineData("${empty+w}", "w")]
    [InlineData("${none:-${x}}", "value")]
    [InlineData("${none:-\"a b\"}", "a b")]
    [InlineData("${path#*/}", "usr/local/bin/foo.tar.gz")]
    [InlineData("${path##*/}", "foo.tar.gz")]
    [InlineData("${path%.*}", "/usr/local/bin/foo.tar")]
    [InlineData("${path%%.*}", "/usr/local/bin/foo")]
    [InlineData("${path/local/share}", "/usr/share/bin/foo.tar.gz")]
    [InlineData("${path//o/0}", "/usr/l0cal/bin/f00.tar.gz")]
    [InlineData("${path/l*n/x}", "/usr/x/foo.tar.gz")]
    [InlineData("${x#nope}", "value")]
    public void Word_Table_IsDockers(string text, string expected) =>
        Assert.Equal(expected, Expansion.Word(text, '\\', n => Variables.GetValueOrDefault(n)));

    [Theory]
    [InlineData("${x", "failed to process \"${x\": syntax error: missing '}'")]
    [InlineData("${none:?must be set}", "failed to process \"${none:?must be set}\": none: must be set")]
    [InlineData("${x!y}", "failed to process \"${x!y}\": unsupported modifier (!) in substitution")]
    [InlineData("'x", "failed to process \"'x\": unexpected end of statement while looking for matching single-quote")]
    [InlineData("\"x", "failed to process \"\"x\": unexpected end of statement while looking for matching double-quote")]
    public void Word_Malformed_IsRefused(string text, string message) =>
        Assert.Equal(message, Assert.Throws<NaruException>(() => Expansion.Word(text, '\\', n => Variables.GetValueOrDefault(n))).Message);

    [Fact]
    public void Split_VariableWithSpaces_MakesWordsOutsideQuotesOnly() =>
        Assert.Equal(["a", "b", "a b", "cvalue"], Expansion.Split("$two \"$two\" c$x", '\\', n => Variables.GetValueOrDefault(n)));

    [Fact]
    public void Text_KeepsQuotes() =>
        Assert.Equal("say \"value\" 'value' $x \\n", Expansion.Text("say \"$x\" '$x' \\$x \\n", '\\', n => Variables.GetValueOrDefault(n)));
}
