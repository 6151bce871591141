using FsCheck;
using FsCheck.Fluent;
using Naru.Core.Errors;
using Naru.Objects.Json;
using Naru.Objects.Patches;
using Naru.Objects.Values;

namespace Naru.Objects.Tests.Patches;

public sealed class StrategicMergePatchTests
{
    private static readonly FakeSchema Workload = FakeSchema.Workload();

    [Theory]
    [InlineData("""{"replicas":1}""", """{"replicas":2}""", """{"replicas":2}""")]
    [InlineData("""{"replicas":1,"paused":true}""", """{"replicas":null,"other":null}""", """{"paused":true}""")]
    [InlineData("""{"containers":[{"name":"a","image":"x"},{"name":"b"}]}""", """{"containers":[{"name":"c"},{"name":"a","image":"y"}]}""", """{"containers":[{"name":"a","image":"y"},{"name":"b"},{"name":"c"}]}""")]
    [InlineData("""{"containers":[{"name":"a"},{"name":"b"}]}""", """{"containers":[{"$patch":"delete","name":"a"}]}""", """{"containers":[{"name":"b"}]}""")]
    [InlineData("""{"containers":[{"name":"a"},{"name":"b"}]}""", """{"containers":[{"name":"c"},{"$patch":"replace"}]}""", """{"containers":[{"name":"c"}]}""")]
    [InlineData("""{"containers":[{"name":"a","image":"x","args":["1"]}]}""", """{"containers":[{"name":"a","args":["2"]}]}""", """{"containers":[{"name":"a","image":"x","args":["2"]}]}""")]
    [InlineData("""{"selector":{"matchLabels":{"a":"1"}}}""", """{"selector":{"$patch":"replace","matchLabels":{"b":"2"}}}""", """{"selector":{"matchLabels":{"b":"2"}}}""")]
    [InlineData("""{"selector":{"matchLabels":{"a":"1"}}}""", """{"selector":{"matchLabels":{"b":"2"}}}""", """{"selector":{"matchLabels":{"a":"1","b":"2"}}}""")]
    [InlineData("""{"selector":{"matchLabels":{"a":"1"}}}""", """{"selector":{"$patch":"delete"}}""", """{"selector":{}}""")]
    [InlineData("""{"strategy":{"type":"RollingUpdate","rollingUpdate":{"maxSurge":1}}}""", """{"strategy":{"$retainKeys":["type"],"type":"Recreate"}}""", """{"strategy":{"type":"Recreate"}}""")]
    [InlineData("""{"containers":[{"name":"a"},{"name":"b"},{"name":"c"}]}""", """{"$setElementOrder/containers":[{"name":"c"},{"name":"a"}]}""", """{"containers":[{"name":"b"},{"name":"c"},{"name":"a"}]}""")]
    [InlineData("""{"containers":[{"name":"a"}]}""", """{"$setElementOrder/containers":[{"name":"b"},{"name":"a"}],"containers":[{"name":"b"}]}""", """{"containers":[{"name":"b"},{"name":"a"}]}""")]
    [InlineData("{}", """{"containers":[{"name":"a","env":[{"name":"X","value":null},{"$patch":"delete","name":"Y"}]}],"selector":{"$retainKeys":["a"]}}""", """{"containers":[{"name":"a","env":[{"name":"X"}]}],"selector":{}}""")]
    [InlineData("""{"unknown":{"a":1}}""", """{"unknown":{"b":2},"more":[1]}""", """{"unknown":{"a":1,"b":2},"more":[1]}""")]
    [InlineData("""{"replicas":1}""", """{"$patch":"replace","paused":true}""", """{"paused":true}""")]
    [InlineData("""{"containers":[{"name":"a"}]}""", """{"containers":[]}""", """{"containers":[{"name":"a"}]}""")]
    public void StrategicMergePatch_OfSpec_Merges(string target, string patch, string expected)
    {
        var (before, change) = (JsonText.Parse($$"""{"spec":{{target}}}"""), JsonText.Parse($$"""{"spec":{{patch}}}"""));
        var result = StrategicMergePatch.Apply((MapValue)before, (MapValue)change, Workload);
        Assert.Equal(expected, JsonText.ToText(result["spec"]!));
        Assert.Equal(($$"""{"spec":{{target}}}""", $$"""{"spec":{{patch}}}"""), (JsonText.ToText(before), JsonText.ToText(change)));
    }

    [Theory]
    [InlineData("""["a","b"]""", """{"finalizers":["c","a"]}""", """["a","b","c"]""")]
    [InlineData("""["a","b"]""", """{"$deleteFromPrimitiveList/finalizers":["a"]}""", """["b"]""")]
    [InlineData("""["a","b"]""", """{"$deleteFromPrimitiveList/finalizers":["a"],"$setElementOrder/finalizers":["c","b"],"finalizers":["c"]}""", """["c","b"]""")]
    public void StrategicMergePatch_ListsOfText_AreSets(string target, string patch, string expected)
    {
        var before = new MapValue { ["metadata"] = new MapValue { ["finalizers"] = JsonText.Parse(target) } };
        var result = StrategicMergePatch.Apply(before, new MapValue { ["metadata"] = JsonText.Parse(patch) }, Workload);
        Assert.Equal(expected, JsonText.ToText(result.At("metadata", "finalizers")!));
    }

    [Theory]
    [InlineData("""{"$patch":"fly"}""", "unknown patch type found: fly")]
    [InlineData("""{"containers":[{"image":"x"}]}""", "map: {\"image\":\"x\"} does not contain declared merge key: name")]
    [InlineData("""{"containers":["x"]}""", "invalid patch: an entry of a list that is merged by \"name\" must be an object, not \"x\"")]
    [InlineData("""{"containers":[{"$patch":"delete"}]}""", "map: {\"$patch\":\"delete\"} does not contain declared merge key: name")]
    [InlineData("""{"strategy":{"$retainKeys":[1]}}""", "invalid patch format of retainKeys: must be a list of field names")]
    [InlineData("""{"strategy":{"$retainKeys":["a"],"type":"b"}}""", "invalid patch format of retainKeys: \"type\" is set but not retained")]
    [InlineData("""{"$setElementOrder/containers":[{"name":"a"}],"containers":[{"name":"b"}]}""", "The order in patch list:\nan entry is not in the $setElementOrder list")]
    [InlineData("""{"$setElementOrder/containers":[{"name":"b"},{"name":"a"}],"containers":[{"name":"a"},{"name":"b"}]}""", "The order in patch list doesn't match $setElementOrder list")]
    [InlineData("""{"$setElementOrder/containers":1}""", "invalid patch format of setElementOrder list: $setElementOrder/containers must be a list")]
    [InlineData("""{"$deleteFromPrimitiveList/containers":1}""", "invalid patch format of primitive list: $deleteFromPrimitiveList/containers must be a list")]
    public void StrategicMergePatch_WrongDirective_IsRefused(string patch, string message)
    {
        var target = JsonText.ParseMap("""{"spec":{"containers":[{"name":"a"}],"strategy":{}}}"""u8);
        var failure = Assert.Throws<NaruException>(() => StrategicMergePatch.Apply(target, new MapValue { ["spec"] = JsonText.Parse(patch) }, Workload));
        Assert.Equal((ErrorKind.InvalidArgument, message), (failure.Kind, failure.Message));
    }

    [Fact]
    public void StrategicMergePatch_WithoutListsToMerge_IsAMergePatch() => Prop.ForAll(
        Trees.Maps.ToArbitrary(),
        Trees.MapsWithNull.ToArbitrary(),
        static (target, patch) =>
        {
            var (strategic, merge) = (StrategicMergePatch.Apply(target, patch, Workload), MergePatch.Apply(target, patch));
            return strategic.DeepEquals(merge) || JsonText.ToText(patch).Contains("null", StringComparison.Ordinal);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void StrategicMergePatch_AppliedTwice_ChangesNothingMore() => Prop.ForAll(
        Containers().ToArbitrary(),
        Containers().ToArbitrary(),
        static (target, patch) =>
        {
            var once = StrategicMergePatch.Apply(target, patch, Workload);
            return StrategicMergePatch.Apply(once, patch, Workload).DeepEquals(once);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void StrategicMergePatch_HugeLists_MergeQuickly()
    {
        var target = Many(0, 60_000);
        var result = StrategicMergePatch.Apply(target, Many(30_000, 60_000), Workload);
        Assert.Equal(90_000, result.List("spec", "containers")!.Count);
    }

    private static MapValue Many(int first, int count) => new()
    {
        ["spec"] = new MapValue { ["containers"] = new ListValue(Enumerable.Range(first, count).Select(static number => (Value)new MapValue { ["name"] = $"c{number}" })) },
    };

    private static Gen<MapValue> Containers() =>
        from names in Gen.Elements("a", "b", "c", "d").ListOf()
        from images in Gen.Elements("x", "y", "z").ListOf(4)
        select new MapValue
        {
            ["spec"] = new MapValue
            {
                ["containers"] = new ListValue(names.Distinct().Zip(images).Select(static pair => (Value)new MapValue { ["name"] = pair.First, ["image"] = pair.Second })),
            },
        };
}
