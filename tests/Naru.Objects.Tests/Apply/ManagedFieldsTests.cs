using System.Globalization;
using Naru.Objects.Apply;
using Naru.Objects.Json;
using Naru.Objects.Values;

namespace Naru.Objects.Tests.Apply;

public sealed class ManagedFieldsTests
{
    private static readonly FakeSchema Workload = FakeSchema.Workload();

    internal static MapValue Tree(string text) => (MapValue)JsonText.Parse(text);

    internal static string FieldsOf(MapValue body, string manager, string operation = "Update") =>
        JsonText.ToText(body.Maps("metadata", "managedFields").Single(entry => entry.Text("manager") == manager && entry.Text("operation") == operation)["fieldsV1"]!);

    internal static string[] Managers(MapValue body) => [.. body.Maps("metadata", "managedFields").Select(static entry => entry.Text("manager")!)];

    private static MapValue Track(MapValue? old, string body, string manager, int minute = 0, string subresource = "", params string[] reset)
    {
        var tree = Tree(body);
        if (old?.List("metadata", "managedFields") is { } fields && tree.At("metadata", "managedFields") is null)
        {
            tree.MakeMap("metadata")["managedFields"] = fields.Clone();
        }

        ManagedFields.Track(old, tree, new ManagerRequest
        {
            Schema = Workload, Manager = manager, ApiVersion = "apps/v1", Time = At(minute), Subresource = subresource, ResetFields = reset,
        });
        return tree;
    }

    internal static DateTimeOffset At(int minute) => new(2026, 11, 26, 1, minute, 0, TimeSpan.Zero);

    [Fact]
    public void Track_Create_OwnsWhatItBrings()
    {
        var body = Track(null, """{"apiVersion":"apps/v1","kind":"W","metadata":{"name":"w","uid":"u","labels":{"a":"b"},"finalizers":["x"]},"spec":{"replicas":1,"selector":{"matchLabels":{"a":"b"}},"containers":[{"name":"c","image":"i","ports":[{"containerPort":80}]}]}}""", "kubectl-create");
        Assert.Equal("""{"f:metadata":{"f:labels":{".":{},"f:a":{}},"f:finalizers":{".":{},"v:\"x\"":{}}},"f:spec":{"f:replicas":{},"f:selector":{},"f:containers":{".":{},"k:{\"name\":\"c\"}":{".":{},"f:name":{},"f:image":{},"f:ports":{".":{},"k:{\"containerPort\":80,\"protocol\":\"TCP\"}":{".":{},"f:containerPort":{}}}}}}}""", FieldsOf(body, "kubectl-create"));
        var entry = body.Maps("metadata", "managedFields").Single();
        Assert.Equal(("apps/v1", "FieldsV1", "Update", "2026-11-26T01:00:00Z"), (entry.Text("apiVersion"), entry.Text("fieldsType"), entry.Text("operation"), entry.Text("time")));
    }

    [Fact]
    public void Track_OnlyIdentity_OwnsNothing() =>
        Assert.False(Track(null, """{"apiVersion":"v1","kind":"W","metadata":{"name":"w","creationTimestamp":"t"}}""", "m").Map("metadata")!.Has("managedFields"));

    [Fact]
    public void Track_Update_MovesWhatChanged()
    {
        var old = Track(null, """{"metadata":{"name":"w"},"spec":{"replicas":1,"paused":true}}""", "a");
        var body = Track(old, """{"metadata":{"name":"w"},"spec":{"replicas":2}}""", "b", minute: 1);
        Assert.Equal(["b"], Managers(body));
        Assert.Equal("""{"f:spec":{"f:replicas":{}}}""", FieldsOf(body, "b"));
    }

    [Fact]
    public void Track_UpdateByTheSame_JoinsAndKeepsTime()
    {
        var old = Track(null, """{"spec":{"replicas":1}}""", "a");
        var same = Track(old, """{"spec":{"replicas":1}}""", "a", minute: 5);
        Assert.True(same.At("metadata", "managedFields")!.DeepEquals(old.At("metadata", "managedFields")));
        var more = Track(old, """{"spec":{"replicas":1,"paused":true}}""", "a", minute: 5);
        Assert.Equal("""{"f:spec":{"f:replicas":{},"f:paused":{}}}""", FieldsOf(more, "a"));
        Assert.Equal("2026-11-26T01:05:00Z", more.Maps("metadata", "managedFields").Single().Text("time"));
        var fewer = Track(more, """{"spec":{"replicas":1}}""", "a", minute: 9);
        Assert.Equal("""{"f:spec":{"f:replicas":{}}}""", FieldsOf(fewer, "a"));
        Assert.Equal("2026-11-26T01:05:00Z", fewer.Maps("metadata", "managedFields").Single().Text("time"));
    }

    [Fact]
    public void Track_Status_IsAManagerOfItsOwn()
    {
        var old = Track(null, """{"spec":{"replicas":1},"status":{"phase":"x"}}""", "a", reset: "status");
        Assert.Equal("""{"f:spec":{"f:replicas":{}}}""", FieldsOf(old, "a"));
        var body = Track(old, """{"spec":{"replicas":1},"status":{"phase":"y"}}""", "a", 1, "status", "spec");
        Assert.Equal(["a", "a"], Managers(body));
        Assert.Equal("status", body.Maps("metadata", "managedFields").Last().Text("subresource"));
    }

    [Fact]
    public void Track_EmptyEntry_ForgetsAll()
    {
        var old = Track(null, """{"spec":{"replicas":1}}""", "a");
        var reset = Track(old, """{"metadata":{"managedFields":[{}]},"spec":{"replicas":1}}""", "b");
        Assert.False(reset.Map("metadata")!.Has("managedFields"));
        Assert.Equal(["a"], Managers(Track(old, """{"metadata":{"managedFields":[]},"spec":{"replicas":1}}""", "b")));
    }

    [Theory]
    [InlineData("""[{"manager":"x"}]""")]
    [InlineData("""[1]""")]
    [InlineData("""[{"manager":"x","operation":"Update","apiVersion":"v1","fieldsType":"FieldsV1","fieldsV1":{"q":{}}}]""")]
    [InlineData("""[{"manager":"x","operation":"Update","apiVersion":"v1","fieldsType":"FieldsV1","fieldsV1":{"f:a":1}}]""")]
    public void Track_BrokenManagersFromAClient_FallBackToThoseThatStand(string managers)
    {
        var old = Track(null, """{"spec":{"replicas":1}}""", "a");
        Assert.Equal(["a"], Managers(Track(old, $$$"""{"metadata":{"managedFields":{{{managers}}}},"spec":{"replicas":1}}""", "b")));
    }

    [Fact]
    public void Track_ManyUpdaters_JoinsTheEldest()
    {
        var body = Track(null, """{"metadata":{"labels":{"l0":"x"}}}""", "m0");
        var labels = "\"l0\":\"x\"";
        for (var number = 1; number <= 14; number++)
        {
            labels += string.Create(CultureInfo.InvariantCulture, $",\"l{number}\":\"x\"");
            body = Track(body, """{"metadata":{"labels":{""" + labels + "}}}", $"m{number}", number);
        }

        Assert.Equal(10, Managers(body).Length);
        Assert.Equal("ancient-changes", Managers(body)[0]);
        Assert.Equal("""{"f:metadata":{"f:labels":{".":{},"f:l0":{},"f:l1":{},"f:l2":{},"f:l3":{},"f:l4":{},"f:l5":{}}}}""", FieldsOf(body, "ancient-changes"));
    }
}
