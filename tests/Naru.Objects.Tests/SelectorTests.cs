using Naru.Core.Errors;
using Naru.Objects.Json;
using Naru.Objects.Selectors;

namespace Naru.Objects.Tests;

public sealed class SelectorTests
{
    [Theory]
    [InlineData("a=b", "a=b", true)]
    [InlineData("a==b", "a=b", true)]
    [InlineData("a!=b", "a!=b", false)]
    [InlineData("x!=b", "x!=b", true)]
    [InlineData("a in (b,c)", "a in (b,c)", true)]
    [InlineData("a notin (c, b)", "a notin (b,c)", false)]
    [InlineData("x notin (c)", "x!=c", true)]
    [InlineData("a", "a", true)]
    [InlineData("!a", "!a", false)]
    [InlineData("! x", "!x", true)]
    [InlineData("n>4,n<6", "n>4,n<6", true)]
    [InlineData("n>5", "n>5", false)]
    [InlineData("a>1", "a>1", false)]
    [InlineData("a=", "a=", false)]
    [InlineData("e=", "e=", true)]
    [InlineData("e in (,x)", "e in (,x)", true)]
    [InlineData("example.com/k8s=1, a=b", "example.com/k8s=1,a=b", true)]
    [InlineData("a in (in,notin,b)", "a in (b,in,notin)", true)]
    [InlineData("", "", true)]
    public void LabelSelector_Text_IsUnderstood(string text, string canonical, bool matches)
    {
        var selector = LabelSelector.Parse(text);
        Assert.Equal(canonical, selector.ToString());
        var labels = JsonText.ParseMap("{\"a\":\"b\",\"n\":\"5\",\"e\":\"\",\"example.com/k8s\":\"1\"}"u8);
        Assert.Equal(matches, selector.Matches(labels));
        Assert.Equal(matches, selector.Matches(labels.ToDictionary(static one => one.Key, static one => one.Value.ToString()!)));
    }

    [Theory]
    [InlineData(",a", "found ',', expected: !, identifier, or 'end of string'")]
    [InlineData("a,", "found '', expected: identifier after ','")]
    [InlineData("a=b c", "found 'c', expected: ',' or 'end of string'")]
    [InlineData("a in b", "unable to parse requirement: found 'b' expected: '('")]
    [InlineData("a in (b", "unable to parse requirement: found '', expected: ',' or ')'")]
    [InlineData("a b", "unable to parse requirement: found 'b', expected: in, notin, =, ==, !=, gt, lt")]
    [InlineData("a>x", "unable to parse requirement: values[0]: Invalid value: \"x\": for 'Gt', 'Lt' operators, the value must be an integer")]
    [InlineData("-a=b", "unable to parse requirement: key: Invalid value: \"-a\": name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')")]
    public void LabelSelector_BadText_IsRefusedInKubernetesWords(string text, string message)
    {
        var failure = Assert.Throws<NaruException>(() => LabelSelector.Parse(text));
        Assert.Equal(ErrorKind.InvalidArgument, failure.Kind);
        Assert.Equal(message, failure.Message);
    }

    [Fact]
    public void LabelSelector_FromBody_MatchesAllTerms()
    {
        var selector = LabelSelector.FromBody(JsonText.ParseMap("{\"matchLabels\":{\"a\":\"b\"},\"matchExpressions\":[{\"key\":\"c\",\"operator\":\"NotIn\",\"values\":[\"d\"]},{\"key\":\"e\",\"operator\":\"Exists\"}]}"u8));
        Assert.Equal("a=b,c!=d,e", selector.ToString());
        Assert.True(selector.Matches(JsonText.ParseMap("{\"a\":\"b\",\"e\":\"\"}"u8)));
        Assert.False(selector.Matches(JsonText.ParseMap("{\"a\":\"b\",\"c\":\"d\",\"e\":\"\"}"u8)));
        Assert.False(LabelSelector.FromBody(null).Matches(JsonText.ParseMap("{}"u8)));
        Assert.True(LabelSelector.FromBody(JsonText.ParseMap("{}"u8)).IsEverything);
        Assert.Throws<NaruException>(() => LabelSelector.FromBody(JsonText.ParseMap("{\"matchExpressions\":[{\"key\":\"c\",\"operator\":\"Like\"}]}"u8)));
        Assert.Throws<NaruException>(() => LabelSelector.FromBody(JsonText.ParseMap("{\"matchExpressions\":[{\"key\":\"c\",\"operator\":\"In\"}]}"u8)));
    }

    [Theory]
    [InlineData("metadata.name=a", "metadata.name=a")]
    [InlineData("metadata.name==a,spec.nodeName!=", "metadata.name=a,spec.nodeName!=")]
    [InlineData("a=x\\,y\\=z\\\\", "a=x\\,y\\=z\\\\")]
    [InlineData("", "")]
    [InlineData("a=b,", "a=b")]
    public void FieldSelector_Text_IsUnderstood(string text, string canonical) =>
        Assert.Equal(canonical, FieldSelector.Parse(text).ToString());

    [Theory]
    [InlineData("a", "invalid selector: 'a'; can't understand 'a'")]
    [InlineData("a=b\\c", "invalid field selector: invalid escape sequence: \\c")]
    [InlineData("a=b=c", "invalid field selector: unescaped character in value: =")]
    public void FieldSelector_BadText_IsRefused(string text, string message) =>
        Assert.Equal(message, Assert.Throws<NaruException>(() => FieldSelector.Parse(text)).Message);

    [Fact]
    public void FieldSelector_Escapes_GiveTheValue() => Assert.Equal("x,y=z\\", FieldSelector.Parse("a=x\\,y\\=z\\\\").Exact("a"));
}
