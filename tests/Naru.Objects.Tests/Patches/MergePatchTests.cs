using FsCheck;
using FsCheck.Fluent;
using Naru.Objects.Json;
using Naru.Objects.Patches;
using Naru.Objects.Values;

namespace Naru.Objects.Tests.Patches;

public sealed class MergePatchTests
{
    [Theory]
    [InlineData("""{"a":"b"}""", """{"a":"c"}""", """{"a":"c"}""")]
    [InlineData("""{"a":"b"}""", """{"b":"c"}""", """{"a":"b","b":"c"}""")]
    [InlineData("""{"a":"b","b":"c"}""", """{"a":null}""", """{"b":"c"}""")]
    [InlineData("""{"a":["b"]}""", """{"a":"c"}""", """{"a":"c"}""")]
    [InlineData("""{"a":{"b":"c"}}""", """{"a":{"b":"d","c":null}}""", """{"a":{"b":"d"}}""")]
    [InlineData("""{"a":[{"b":"c"}]}""", """{"a":[1,null]}""", """{"a":[1,null]}""")]
    [InlineData("""["a"]""", """["c"]""", """["c"]""")]
    [InlineData("""{"a":"b"}""", "null", "null")]
    [InlineData("""{"e":null}""", """{"a":1}""", """{"e":null,"a":1}""")]
    [InlineData("[1,2]", """{"a":"b","c":null}""", """{"a":"b"}""")]
    [InlineData("{}", """{"a":{"bb":{"ccc":null}}}""", """{"a":{"bb":{}}}""")]
    public void MergePatch_ExamplesOfTheStandard_Hold(string target, string patch, string expected)
    {
        var (before, change) = (JsonText.Parse(target), JsonText.Parse(patch));
        Assert.Equal(expected, JsonText.ToText(MergePatch.Apply(before, change)));
        Assert.Equal((target, patch), (JsonText.ToText(before), JsonText.ToText(change)));
    }

    [Fact]
    public void MergePatch_AppliedTwice_ChangesNothingMore() => Prop.ForAll(
        Trees.AnyWithNull.ToArbitrary(),
        Trees.AnyWithNull.ToArbitrary(),
        static (target, patch) =>
        {
            var once = MergePatch.Apply(target, patch);
            return MergePatch.Apply(once, patch).DeepEquals(once);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void MergePatch_Empty_ChangesNoMap() => Prop.ForAll(
        Trees.MapsWithNull.ToArbitrary(),
        static target => MergePatch.Apply(target, new MapValue()).DeepEquals(target)).QuickCheckThrowOnFailure();

    [Fact]
    public void MergePatch_WithoutNull_OfNothingIsThePatch() => Prop.ForAll(
        Trees.Maps.ToArbitrary(),
        static patch => MergePatch.Apply(new MapValue(), patch).DeepEquals(patch)).QuickCheckThrowOnFailure();

    [Fact]
    public void MergePatch_Result_SharesNothingThatCanChange() => Prop.ForAll(
        Trees.MapsWithNull.ToArbitrary(),
        Trees.MapsWithNull.ToArbitrary(),
        static (target, patch) =>
        {
            var (before, change) = (target.CloneMap(), patch.CloneMap());
            Wreck(MergePatch.Apply(target, patch));
            return target.DeepEquals(before) && patch.DeepEquals(change);
        }).QuickCheckThrowOnFailure();

    private static void Wreck(Value value)
    {
        switch (value)
        {
            case MapValue map:
                map.ToList().ForEach(static field => Wreck(field.Value));
                map.Clear();
                map["wrecked"] = true;
                break;
            case ListValue list:
                list.ToList().ForEach(Wreck);
                list.Clear();
                break;
        }
    }
}
