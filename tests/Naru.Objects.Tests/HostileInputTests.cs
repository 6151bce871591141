using System.Text;
using Naru.Core.Errors;
using Naru.Objects.Json;
using Naru.Objects.Quantities;
using Naru.Objects.Selectors;
using Naru.Objects.Values;
using Naru.Objects.Yaml;

namespace Naru.Objects.Tests;

public sealed class HostileInputTests
{
    private const int TenMegabytes = 10 * 1024 * 1024;

    [Fact]
    public void Json_OfTenMegabytes_IsReadAndWrittenWhole()
    {
        var item = "{\"a\":[1,2.5,\"x\"],\"b\":null},";
        var text = Encoding.UTF8.GetBytes($"[{string.Concat(Enumerable.Repeat(item, TenMegabytes / item.Length)).TrimEnd(',')}]");
        var list = Assert.IsType<ListValue>(JsonText.Parse(text));
        Assert.Equal(TenMegabytes / item.Length, list.Count);
        Assert.True(text.AsSpan().SequenceEqual(JsonText.ToBytes(list)));
    }

    [Fact]
    public void Json_FieldsDoubledWithoutEnd_AreNamedAHundredTimes()
    {
        var doubled = new List<string>();
        var deep = string.Concat(Enumerable.Repeat("{\"deep\":", 500));
        JsonText.Parse(Encoding.UTF8.GetBytes(deep + "{" + string.Join(',', Enumerable.Repeat("\"a\":1", 200_000)) + "}" + new string('}', 500)), doubled: doubled);
        Assert.Equal(100, doubled.Count);
    }

    [Fact]
    public void Yaml_KeysDoubledWithoutEnd_AreNamedAHundredTimes()
    {
        var doubled = new List<string>();
        var value = YamlText.Parse(Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("a: 1\n", 5000)) + "a: 2\n"), doubled: doubled);
        Assert.Equal(101, Assert.Single(doubled).Split('\n').Length);
        Assert.Equal(2, Assert.IsType<MapValue>(value).Integer("a"));
    }

    [Theory]
    [InlineData("{")]
    [InlineData("[{a: ")]
    [InlineData("? ")]
    [InlineData("- - ")]
    public void Yaml_NestedWithoutEnd_IsRefused(string piece) =>
        Assert.Equal(ErrorKind.InvalidArgument, Assert.Throws<NaruException>(() => YamlText.Parse(Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat(piece, 5000))))).Kind);

    [Fact]
    public void Json_CutAnywhere_IsRefused()
    {
        var whole = "{\"metadata\":{\"name\":\"\\u00e9\",\"n\":-1.5e3},\"list\":[true,null]}"u8.ToArray();
        for (var length = 0; length < whole.Length; length++)
        {
            var cut = whole.AsMemory(0, length);
            Assert.Equal(ErrorKind.InvalidArgument, Assert.Throws<NaruException>(() => JsonText.Parse(cut.Span)).Kind);
        }
    }

    [Fact]
    public void Texts_OfAMillionLetters_AreRefused()
    {
        var text = new string('1', 1_000_000);
        Assert.False(Quantity.TryParse(text, out _));
        Assert.Throws<NaruException>(() => LabelSelector.Parse($"a={text}"));
        Assert.Throws<NaruException>(() => LabelSelector.Parse(new string('(', 1_000_000)));
        Assert.Throws<NaruException>(() => FieldSelector.Parse(text));
    }
}
