using Naru.Core.Errors;
using Naru.Objects.Json;
using Naru.Objects.Patches;
using Naru.Objects.Values;

namespace Naru.Objects.Tests.Patches;

public sealed class JsonPatchTests
{
    [Theory]
    [InlineData("""{"a":1}""", """[{"op":"add","path":"/b","value":2}]""", """{"a":1,"b":2}""")]
    [InlineData("""{"a":1}""", """[{"op":"add","path":"/a","value":null}]""", """{"a":null}""")]
    [InlineData("""{"a":[1,3]}""", """[{"op":"add","path":"/a/1","value":2},{"op":"add","path":"/a/-","value":4}]""", """{"a":[1,2,3,4]}""")]
    [InlineData("""{"a":[1,2,3]}""", """[{"op":"remove","path":"/a/0"}]""", """{"a":[2,3]}""")]
    [InlineData("""{"a":{"b":1}}""", """[{"op":"replace","path":"/a/b","value":[2]}]""", """{"a":{"b":[2]}}""")]
    [InlineData("""{"a":{"b":1}}""", """[{"op":"move","from":"/a/b","path":"/c"}]""", """{"a":{},"c":1}""")]
    [InlineData("""{"a":{"b":1}}""", """[{"op":"copy","from":"/a","path":"/c"},{"op":"replace","path":"/c/b","value":2}]""", """{"a":{"b":1},"c":{"b":2}}""")]
    [InlineData("""{"a":{"b":1}}""", """[{"op":"test","path":"/a","value":{"b":1.0}}]""", """{"a":{"b":1}}""")]
    [InlineData("""{"a":1}""", """[{"op":"test","path":"/b","value":null}]""", """{"a":1}""")]
    [InlineData("""{"a":1}""", """[{"op":"replace","path":"","value":{"z":0}}]""", """{"z":0}""")]
    [InlineData("""{"a/b":{"c~d":1}}""", """[{"op":"remove","path":"/a~1b/c~0d"}]""", """{"a/b":{}}""")]
    [InlineData("""{"":1}""", """[{"op":"remove","path":"/"}]""", """{}""")]
    public void JsonPatch_Operations_ChangeTheDocument(string target, string patch, string expected)
    {
        var before = JsonText.Parse(target);
        var result = JsonPatch.Apply(before, (ListValue)JsonText.Parse(patch));
        Assert.Equal(expected, JsonText.ToText(result));
        Assert.Equal(target, JsonText.ToText(before));
    }

    [Theory]
    [InlineData("""[{"op":"add","path":"/x/y","value":1}]""", "add operation does not apply: doc is missing path: \"/x/y\": missing value")]
    [InlineData("""[{"op":"remove","path":"/x"}]""", "remove operation does not apply: unable to remove nonexistent key: x: missing value")]
    [InlineData("""[{"op":"replace","path":"/x","value":1}]""", "replace operation does not apply: doc is missing path: \"/x\": missing value")]
    [InlineData("""[{"op":"add","path":"/l/4","value":1}]""", "add operation does not apply: unable to access invalid index: 4 in \"/l/4\": invalid index referenced")]
    [InlineData("""[{"op":"add","path":"/l/01","value":1}]""", "add operation does not apply: \"01\" in \"/l/01\" is no index of a list")]
    [InlineData("""[{"op":"remove","path":"/l/-"}]""", "remove operation does not apply: \"-\" in \"/l/-\" is no index of a list")]
    [InlineData("""[{"op":"test","path":"/a","value":2}]""", "testing value /a failed: test failed")]
    [InlineData("""[{"op":"test","path":"/a","value":"1"}]""", "testing value /a failed: test failed")]
    [InlineData("""[{"op":"move","from":"/m","path":"/m/n"}]""", "move operation does not apply: \"/m\" cannot be moved into itself")]
    [InlineData("""[{"op":"remove","path":""}]""", "remove operation does not apply: the whole document cannot be removed")]
    public void JsonPatch_OperationThatDoesNotFit_IsUnprocessable(string patch, string message)
    {
        var target = JsonText.Parse("""{"a":1,"l":[1,2],"m":{}}""");
        var failure = Assert.Throws<NaruException>(() => JsonPatch.Apply(target, (ListValue)JsonText.Parse(patch)));
        Assert.Equal((ErrorKind.InvalidArgument, message), (failure.Kind, failure.Message));
        Assert.Equal(message, Assert.Single(failure.Details!.Causes).Message);
    }

    [Theory]
    [InlineData("""[1]""", "json patch: operation 0 is not an object")]
    [InlineData("""[{"path":"/a"}]""", "json patch: operation 0: missing \"op\"")]
    [InlineData("""[{"op":"fly","path":"/a"}]""", "json patch: operation 0: unexpected kind: fly")]
    [InlineData("""[{"op":"add","path":"/a"}]""", "json patch: operation 0: missing \"value\"")]
    [InlineData("""[{"op":"copy","path":"/a"}]""", "json patch: operation 0: missing \"from\"")]
    [InlineData("""[{"op":"remove","path":"a"}]""", "json patch: path \"a\" must be empty or start with \"/\"")]
    [InlineData("""[{"op":"remove","path":"/a~2"}]""", "json patch: path \"/a~2\": \"~\" must be followed by 0 or 1")]
    public void JsonPatch_Malformed_IsABadRequest(string patch, string message)
    {
        var failure = Assert.Throws<NaruException>(() => JsonPatch.Apply(new MapValue(), (ListValue)JsonText.Parse(patch)));
        Assert.Equal((ErrorKind.InvalidArgument, message, null), (failure.Kind, failure.Message, failure.Details));
    }

    [Fact]
    public void JsonPatch_TooManyOperations_AreRefused()
    {
        var patch = new ListValue(Enumerable.Repeat<Value>(new MapValue { ["op"] = "test", ["path"] = "", ["value"] = new MapValue() }, JsonPatch.MostOperations + 1));
        Assert.Equal("The allowed maximum operations in a JSON patch is 10000, got 10001", Assert.Throws<NaruException>(() => JsonPatch.Apply(new MapValue(), patch)).Message);
        patch.RemoveAt(0);
        Assert.Empty((MapValue)JsonPatch.Apply(new MapValue(), patch));
    }

    [Fact]
    public void JsonPatch_CopyThatDoublesTheDocument_IsStopped()
    {
        var patch = new ListValue(Enumerable.Range(0, 64).Select(static number => (Value)new MapValue { ["op"] = "copy", ["from"] = "/a", ["path"] = $"/a/{number}" }));
        var target = JsonText.Parse("""{"a":{"x":"0123456789"}}""");
        Assert.Contains("copies more than", Assert.Throws<NaruException>(() => JsonPatch.Apply(target, patch)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void JsonPatch_CopyIntoItsOwnDepth_IsStopped()
    {
        var path = "";
        var patch = new ListValue();
        for (var depth = 0; depth < 2000; depth++)
        {
            patch.Add(new MapValue { ["op"] = "add", ["path"] = path += "/a", ["value"] = new MapValue() });
        }

        Assert.Contains("nested deeper", Assert.Throws<NaruException>(() => JsonPatch.Apply(new MapValue(), patch)).Message, StringComparison.Ordinal);
    }
}
