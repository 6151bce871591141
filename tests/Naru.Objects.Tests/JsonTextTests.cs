using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Naru.Core.Errors;
using Naru.Objects.Json;
using Naru.Objects.Values;

namespace Naru.Objects.Tests;

public sealed class JsonTextTests
{
    [Theory]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("-1")]
    [InlineData("9223372036854775807")]
    [InlineData("0.1")]
    [InlineData("1e+21")]
    [InlineData("1e-7")]
    [InlineData("100000000000000000000")]
    [InlineData("{\"a\":[1,true,false,null,\"x\",{\"b\":{}}],\"c\":\"\\\"\\\\\\n\\u0001\"}")]
    [InlineData("\"한국어 🚢\"")]
    public void ParseAndWrite_CanonicalText_IsTheSame(string text) =>
        Assert.Equal(text, JsonText.ToText(JsonText.Parse(text)));

    [Fact]
    public void Parse_DoubledFields_AreNamedWithTheirPaths()
    {
        var doubled = new List<string>();
        var value = JsonText.ParseMap("{\"spec\":{\"replicas\":1,\"list\":[{},{\"a\":1,\"a\":2}],\"replicas\":3},\"x\":1,\"x\":2}"u8, doubled: doubled);
        Assert.Equal(["duplicate field \"spec.list[1].a\"", "duplicate field \"spec.replicas\"", "duplicate field \"x\""], doubled);
        Assert.Equal(3, value.Integer("spec", "replicas"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("{\"a\":}")]
    [InlineData("{} {}")]
    [InlineData("{\"a\":1,}")]
    [InlineData("nul")]
    [InlineData("1e999")]
    [InlineData("\"\\ud800\"")]
    public void Parse_NoJson_IsInvalid(string text)
    {
        var failure = Assert.Throws<NaruException>(() => JsonText.Parse(text));
        Assert.Equal(ErrorKind.InvalidArgument, failure.Kind);
        Assert.StartsWith("json parse error: ", failure.Message);
    }

    [Fact]
    public void Parse_TooDeep_IsInvalid()
    {
        Assert.Throws<NaruException>(() => JsonText.Parse(new string('[', 100_000)));
        Assert.Throws<NaruException>(() => JsonText.Parse(new string('[', 513) + new string(']', 513)));
        Assert.Single(Assert.IsType<ListValue>(JsonText.Parse(new string('[', 512) + new string(']', 512))));
    }

    [Fact]
    public void Parse_BrokenUtf8_IsReplacedAsInGo()
    {
        var value = JsonText.Parse([(byte)'"', 0xff, (byte)'"']);
        Assert.Equal("\uFFFD", Assert.IsType<TextValue>(value).Text);
    }

    [Fact]
    public void Parse_TooLarge_IsInvalid() =>
        Assert.Throws<NaruException>(() => JsonText.Parse("[1,2,3]"u8, new JsonLimits { Size = 4 }));

    [Fact]
    public void Parse_AfterAFailure_StartsClean()
    {
        Assert.Throws<NaruException>(() => JsonText.Parse("{\"a\":1,\"b\":[1,2,{"));
        Assert.Equal("{\"c\":[3]}", JsonText.ToText(JsonText.Parse("{\"c\":[3]}")));
    }

    [Fact]
    public void Write_LongText_IsComplete()
    {
        var text = string.Concat(Enumerable.Repeat("ab🚢\"", 5000));
        Assert.Equal(text, Assert.IsType<TextValue>(JsonText.Parse(JsonText.ToBytes(new TextValue(text)))).Text);
    }

    [Fact]
    public void Map_WithManyFields_FindsAndRemovesThem()
    {
        var map = JsonText.ParseMap(Encoding.UTF8.GetBytes("{" + string.Join(',', Enumerable.Range(0, 1000).Select(static n => $"\"f{n}\":{n}")) + "}"));
        Assert.True(map.Remove("f500"));
        Assert.Null(map["f500"]);
        Assert.Equal(999, map.Integer("f999"));
        Assert.Equal(999, map.Count);
    }

    [Fact]
    public void ParseAndWrite_AnyTree_IsTheSame() =>
        Prop.ForAll(Trees.Arbitrary, static tree => JsonText.Parse(JsonText.ToBytes(tree)).DeepEquals(tree)).QuickCheckThrowOnFailure();
}
