using System.Text;
using Naru.Cluster.Subresources;
using Naru.Cluster.Tests.Support;
using Naru.Core.Errors;
using Naru.Core.Units;
using Naru.Objects.Api;
using Naru.Objects.Json;
using Naru.Objects.Resources;
using Naru.Objects.Values;

namespace Naru.Cluster.Tests;

public sealed class BindingTests
{
    private const string Moment = "2026-01-02T03:04:05Z";
    private const string Scheduled = """{"type":"PodScheduled","status":"True","lastProbeTime":null,"lastTransitionTime":"2026-01-02T03:04:05Z","observedGeneration":1}""";
    private static readonly GroupResource Pods = new("", "pods");

    [Theory]
    [InlineData("""{"phase":"Pending"}""", """{"phase":"Pending","conditions":[NEW]}""")]
    [InlineData("""{"phase":"Pending","conditions":[]}""", """{"phase":"Pending","conditions":[NEW]}""")]
    [InlineData("""{"conditions":[{"type":"PodScheduled","status":"False"}],"phase":"Pending"}""", """{"conditions":[NEW],"phase":"Pending"}""")]
    [InlineData("""{"conditions":[{"type":"A"},{"type":"PodScheduled","status":"False"}]}""", """{"conditions":[{"type":"A"},NEW]}""")]
    [InlineData("""{"conditions":[{"type":"PodScheduled","message":"a \"}],\" b"},{"type":"B"}]}""", """{"conditions":[{"type":"B"},NEW]}""")]
    [InlineData("""{"conditions":[{"type":"A"},{"type":"PodScheduled","x":[{"type":"A"}]},{"type":"B"}]}""", """{"conditions":[{"type":"A"},{"type":"B"},NEW]}""")]
    public void AWaitingPod_IsBoundInItsText(string status, string becomes)
    {
        var metadata = """{"resourceVersion":"7","name":"p","generation":1,"labels":{"a":"\"spec\":{"}}""";
        var bound = BoundText.Write(Encoding.UTF8.GetBytes($$$"""{"apiVersion":"v1","kind":"Pod","metadata":{{{metadata}}},"spec":{"containers":[{"name":"c"}]},"status":{{{status}}}}"""), "n1", Moment);
        var expected = $$$"""{"apiVersion":"v1","kind":"Pod","metadata":{{{metadata.Replace("\"resourceVersion\":\"7\",", "", StringComparison.Ordinal)}}},"spec":{"containers":[{"name":"c"}],"nodeName":"n1"},"status":{{{becomes.Replace("NEW", Scheduled, StringComparison.Ordinal)}}}}""";
        Assert.Equal(expected, Encoding.UTF8.GetString(bound!));
    }

    [Theory]
    [InlineData("""{"metadata":{"deletionTimestamp":"x"},"spec":{"a":1},"status":{"b":1}}""")]
    [InlineData("""{"metadata":{},"spec":{"a":1,"nodeName":"other"},"status":{"b":1}}""")]
    [InlineData("""{"metadata":{},"spec":{"schedulingGates":[{"name":"g"}]},"status":{"b":1}}""")]
    [InlineData("""{"metadata":{},"spec":{"a":1}}""")]
    [InlineData("""{"metadata":{},"spec":null,"status":{"b":1}}""")]
    [InlineData("""{"metadata":{},"spec":{"a":1},"status":{"conditions":null}}""")]
    [InlineData("""{"metadata":{},"status":{"b":1},"spec":{"a":1}}""")]
    [InlineData("""{"metadata":{},"spec":{"a":1},"status":{"conditions":[{"type":"PodScheduled"},{"type":"PodScheduled"}]}}""")]
    public void WhatIsNotPlain_IsLeftToTheTree(string pod) => Assert.Null(BoundText.Write(Encoding.UTF8.GetBytes(pod), "n1", Moment));

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task APodThatIsBound_ReadsTheSameByTextAndByTree(bool hasTree)
    {
        // Without room for trees the cache forgets each at once: the binding is made of text then.
        await using var cluster = await TestCluster.StartAsync(new ClusterOptions { TreeCacheSize = ByteSize.FromMebibytes(hasTree ? 8 : 0) });
        await CreateAsync(cluster, "p");
        var before = cluster.Objects.Get(Pods, "default", "p")!;
        Assert.Null(Assert.Single(await cluster.Objects.BindAsync([new PodBinding("default", "p", before.Uid, "n1")], default)));
        var after = cluster.Objects.Get(Pods, "default", "p")!;
        var expected = before.Tree.CloneMap();
        expected.MakeMap("metadata")["resourceVersion"] = after.Revision.ToString(System.Globalization.CultureInfo.InvariantCulture);
        expected.MakeMap("spec")["nodeName"] = "n1";
        var condition = after.Tree.Maps("status", "conditions").Single(static one => one.Text("type") == "PodScheduled");
        expected.MakeMap("status")["conditions"] = new ListValue([condition]);
        Assert.Equal(("True", 1L), (condition.Text("status"), condition.Integer("observedGeneration")));
        Assert.True(expected.DeepEquals(after.Tree), $"{JsonText.ToText(expected)}\n{JsonText.ToText(after.Tree)}");
        Assert.True(after.Tree.DeepEquals(JsonText.Parse(after.Json.Span)));
        Assert.Equal(("n1", "a", before.Uid), (after.Field("spec.nodeName"), after.Labels["app"], after.Uid));
    }

    [Fact]
    public async Task ABoundPod_IsFoundByItsNode()
    {
        await using var cluster = await TestCluster.StartAsync(new ClusterOptions { TreeCacheSize = ByteSize.FromMebibytes(0) });
        await CreateAsync(cluster, "p");
        await CreateAsync(cluster, "q");
        await cluster.Objects.BindAsync([new PodBinding("default", "p", "", "n1")], default);
        var found = await cluster.Api.ListAsync(cluster.Call("v1/pods", "default"), new ListOptions { FieldSelector = "spec.nodeName=n1" }, default);
        Assert.Equal("p", Assert.Single(found.Items).Tree.Text("metadata", "name"));
    }

    [Fact]
    public async Task ASecondBinding_IsRefused()
    {
        await using var cluster = await TestCluster.StartAsync();
        await CreateAsync(cluster, "p");
        await cluster.Objects.BindAsync([new PodBinding("default", "p", "", "n1")], default);
        var answers = await cluster.Objects.BindAsync([new PodBinding("default", "p", "", "n2"), new PodBinding("default", "q", "", "n2"), new PodBinding("default", "p", "another", "n2")], default);
        Assert.Equal([ErrorKind.Conflict, ErrorKind.NotFound, ErrorKind.Conflict], answers.Select(static one => one!.Kind));
        Assert.Equal("n1", cluster.Objects.Get(Pods, "default", "p")!.Field("spec.nodeName"));
    }

    [Fact]
    public async Task OfTwoBindingsAtATime_OneIsMade()
    {
        await using var cluster = await TestCluster.StartAsync();
        await CreateAsync(cluster, "p");
        await CreateAsync(cluster, "q");
        var answers = await cluster.Objects.BindAsync([new PodBinding("default", "p", "", "n1"), new PodBinding("default", "p", "", "n2"), new PodBinding("default", "q", "", "n3")], default);
        Assert.Equal([null, ErrorKind.Conflict, null], answers.Select(static one => one?.Kind));
        Assert.Equal(("n1", "n3"), (cluster.Objects.Get(Pods, "default", "p")!.Field("spec.nodeName"), cluster.Objects.Get(Pods, "default", "q")!.Tree.Text("spec", "nodeName")));
    }

    private static Task<ApiObject> CreateAsync(TestCluster cluster, string name) => cluster.CreateAsync(
        "v1/pods", "default", $$$"""{"apiVersion":"v1","kind":"Pod","metadata":{"name":"{{{name}}}","labels":{"app":"a"}},"spec":{"containers":[{"name":"c","image":"i"}]}}""");
}
