using Naru.Cluster.Tests.Support;
using Naru.Core.Errors;
using Naru.Objects.Api;
using Naru.Objects.Json;
using Naru.Objects.Values;

namespace Naru.Cluster.Tests;

public sealed class PatchTests
{
    private const string Maps = "v1/configmaps";

    [Fact]
    public async Task Apply_NewObject_IsMadeAndOwned()
    {
        await using var cluster = await TestCluster.StartAsync();

        var made = await ApplyAsync(cluster, "one", """{"a":"1"}""");

        Assert.True(made.Created);
        var entry = Assert.Single(made.Tree.Maps("metadata", "managedFields"));
        Assert.Equal("one", entry.Text("manager"));
        Assert.Equal("Apply", entry.Text("operation"));
    }

    [Fact]
    public async Task Apply_OverAnothersField_ConflictsUnlessForced()
    {
        await using var cluster = await TestCluster.StartAsync();
        await ApplyAsync(cluster, "one", """{"a":"1"}""");

        var refused = await Assert.ThrowsAsync<NaruException>(() => ApplyAsync(cluster, "two", """{"a":"2"}"""));
        var forced = await ApplyAsync(cluster, "two", """{"a":"2"}""", force: true);

        Assert.Equal(ErrorKind.Conflict, refused.Kind);
        Assert.Equal("FieldManagerConflict", Assert.Single(refused.Details!.Causes).Reason);
        Assert.Equal("2", forced.Tree.Text("data", "a"));
    }

    [Fact]
    public async Task Apply_FieldLeftOut_IsTakenAway()
    {
        await using var cluster = await TestCluster.StartAsync();
        await ApplyAsync(cluster, "one", """{"a":"1","b":"2"}""");

        var applied = await ApplyAsync(cluster, "one", """{"a":"1"}""");

        Assert.False(applied.Tree.Map("data")!.Has("b"));
    }

    [Fact]
    public async Task Apply_Again_TakesNoRevision()
    {
        await using var cluster = await TestCluster.StartAsync();
        var first = await ApplyAsync(cluster, "one", """{"a":"1"}""");

        var second = await ApplyAsync(cluster, "one", """{"a":"1"}""");

        Assert.Equal(first.Tree.Text("metadata", "resourceVersion"), second.Tree.Text("metadata", "resourceVersion"));
    }

    [Fact]
    public async Task Patch_ManyAtOnce_AllAreMade()
    {
        await using var cluster = await TestCluster.StartAsync();
        await cluster.CreateAsync(Maps, "a", """{"metadata":{"name":"m"}}""");

        await Task.WhenAll(Enumerable.Range(0, 8).Select(number =>
            cluster.Api.PatchAsync(cluster.Call(Maps, "a"), "m", PatchKind.Merge, TestCluster.Map($$"""{"data":{"k{{number}}":"v"} }"""), default)));

        var read = await cluster.Api.GetAsync(cluster.Call(Maps, "a"), "m", new ReadOptions(), default);
        Assert.Equal(8, read.Tree.Map("data")!.Count);
    }

    [Fact]
    public async Task Patch_NamingAnOldRevision_Conflicts()
    {
        await using var cluster = await TestCluster.StartAsync();
        var made = await cluster.CreateAsync(Maps, "a", """{"metadata":{"name":"m"}}""");
        await cluster.Api.PatchAsync(cluster.Call(Maps, "a"), "m", PatchKind.Merge, TestCluster.Map("""{"data":{"k":"v"}}"""), default);

        var patch = TestCluster.Map("""{"metadata":{},"data":{"k":"w"}}""");
        patch.Map("metadata")!["resourceVersion"] = made.Tree.Text("metadata", "resourceVersion")!;
        var refused = await Assert.ThrowsAsync<NaruException>(() => cluster.Api.PatchAsync(cluster.Call(Maps, "a"), "m", PatchKind.Merge, patch, default));

        Assert.Equal(ErrorKind.Conflict, refused.Kind);
    }

    [Fact]
    public async Task Update_NotesItsManager()
    {
        await using var cluster = await TestCluster.StartAsync();
        var made = await cluster.CreateAsync(Maps, "a", """{"metadata":{"name":"m"},"data":{"a":"1"}}""");
        var body = made.Tree.CloneMap();
        body.MakeMap("data")["b"] = "2";

        var updated = await cluster.Api.UpdateAsync(cluster.Call(Maps, "a") with { FieldManager = "two" }, "m", body, default);

        Assert.Equal(["test", "two"], updated.Tree.Maps("metadata", "managedFields").Select(one => one.Text("manager")).Order());
    }

    private static Task<ApiObject> ApplyAsync(TestCluster cluster, string manager, string data, bool force = false)
    {
        var config = TestCluster.Map("""{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"m"}}""");
        config["data"] = JsonText.Parse(data);
        return cluster.Api.PatchAsync(cluster.Call(Maps, "a") with { FieldManager = manager, Force = force }, "m", PatchKind.Apply, config, default);
    }
}
