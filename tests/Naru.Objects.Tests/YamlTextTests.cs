using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Naru.Core.Errors;
using Naru.Objects.Json;
using Naru.Objects.Values;
using Naru.Objects.Yaml;

namespace Naru.Objects.Tests;

public sealed class YamlTextTests
{
    [Theory]
    [InlineData("a: yes", "{\"a\":true}")]
    [InlineData("a: Off\nb: 'off'", "{\"a\":false,\"b\":\"off\"}")]
    [InlineData("a: 010\nb: 0x10\nc: 0b11\nd: 0o17\ne: 1_000\nf: 08", "{\"a\":8,\"b\":16,\"c\":3,\"d\":15,\"e\":1000,\"f\":8}")]
    [InlineData("a: 1.5\nb: 1e3\nc: .5\nd: 1.2.3\ne: 22:22", "{\"a\":1.5,\"b\":1000,\"c\":0.5,\"d\":\"1.2.3\",\"e\":\"22:22\"}")]
    [InlineData("a: ~\nb:\nc: null\nd: ''", "{\"a\":null,\"b\":null,\"c\":null,\"d\":\"\"}")]
    [InlineData("1: a\ntrue: b", "{\"1\":\"a\",\"true\":\"b\"}")]
    [InlineData("a: 2020-01-01", "{\"a\":\"2020-01-01\"}")]
    [InlineData("a: !!str 1\nb: !!binary aGk=", "{\"a\":\"1\",\"b\":\"hi\"}")]
    [InlineData("- a\n- b: [1, {c: d}]", "[\"a\",{\"b\":[1,{\"c\":\"d\"}]}]")]
    [InlineData("a: |\n  x\n  y\n", "{\"a\":\"x\\ny\\n\"}")]
    [InlineData("", "null")]
    [InlineData("---\na: 1\n", "{\"a\":1}")]
    [InlineData("base: &b {x: 1, y: 2}\nuse:\n  <<: *b\n  y: 3", "{\"base\":{\"x\":1,\"y\":2},\"use\":{\"y\":3,\"x\":1}}")]
    public void Parse_Text_MeansWhatKubectlTakesItFor(string yaml, string json) =>
        Assert.Equal(json, JsonText.ToText(Parse(yaml)));

    [Theory]
    [InlineData("a: [", "yaml: line")]
    [InlineData("a: 1\n---\nb: 2", "yaml: expected a single document")]
    [InlineData("a: *x", "yaml: unknown anchor 'x' referenced")]
    [InlineData("a: &x\n  b: *x", "yaml: anchor 'x' value contains itself")]
    [InlineData("? [a]\n: b", "yaml: a map or list cannot be the key")]
    [InlineData("a: .inf", "yaml: .inf has no place in JSON")]
    public void Parse_NoGoodYaml_IsInvalid(string yaml, string start)
    {
        var failure = Assert.Throws<NaruException>(() => Parse(yaml));
        Assert.Equal(ErrorKind.InvalidArgument, failure.Kind);
        Assert.StartsWith(start, failure.Message);
    }

    [Fact]
    public void Parse_DoubledKeys_AreNamedWithTheirLines()
    {
        var doubled = new List<string>();
        YamlText.Parse("a:\n  b: 1\n  b: 2\nc: 1\nc: 2\n"u8, doubled: doubled);
        Assert.Equal(["yaml: unmarshal errors:\n  line 3: key \"b\" already set in map\n  line 5: key \"c\" already set in map"], doubled);
    }

    [Fact]
    public void Parse_BombOfAliases_IsRefusedQuickly()
    {
        var bomb = new StringBuilder("a0: &a0 [lol,lol,lol,lol,lol,lol,lol,lol,lol,lol]\n");
        for (var level = 1; level < 20; level++)
        {
            bomb.Append($"a{level}: &a{level} [{string.Join(',', Enumerable.Repeat($"*a{level - 1}", 10))}]\n");
        }

        Assert.Contains("excessive aliasing", Assert.Throws<NaruException>(() => Parse(bomb.ToString())).Message);
    }

    [Fact]
    public void Parse_DeepNesting_IsRefused()
    {
        Assert.Throws<NaruException>(() => Parse(new string('[', 20_000)));
        Assert.Throws<NaruException>(() => Parse(string.Concat(Enumerable.Repeat("- ", 2000)) + "a"));
    }

    [Fact]
    public void ToText_AnyTree_ReadsBackTheSame() =>
        Prop.ForAll(Trees.Arbitrary, static tree => YamlText.Parse(Encoding.UTF8.GetBytes(YamlText.ToText(tree))).DeepEquals(tree)).QuickCheckThrowOnFailure();

    [Fact]
    public void ToText_Pod_ReadsLikeKubernetesYaml() =>
        Assert.Equal(
            "apiVersion: v1\nmetadata:\n  name: a\nspec:\n  containers:\n  - name: \"1\"\n    args:\n    - -\n    - \"yes\"\n  nodeSelector: {}\n".Replace("- -\n", "- \"-\"\n"),
            YamlText.ToText(JsonText.Parse("{\"apiVersion\":\"v1\",\"metadata\":{\"name\":\"a\"},\"spec\":{\"containers\":[{\"name\":\"1\",\"args\":[\"-\",\"yes\"]}],\"nodeSelector\":{}}}")));

    private static Value Parse(string yaml) => YamlText.Parse(Encoding.UTF8.GetBytes(yaml));
}
