using Naru.Cluster.Tests.Support;
using Naru.Core.Errors;
using Naru.Objects.Api;
using Naru.Objects.Resources;
using Naru.Objects.Values;

namespace Naru.Cluster.Tests;

public sealed class DeletionTests
{
    private const string Maps = "v1/configmaps";
    private static readonly GroupResource MapResource = new("", "configmaps");

    [Fact]
    public async Task Finalizer_HoldsUntilItIsTakenAway()
    {
        await using var cluster = await TestCluster.StartAsync();
        await cluster.CreateAsync(Maps, "a", """{"metadata":{"name":"m","finalizers":["x.com/hold"]}}""");

        var marked = await cluster.Api.DeleteAsync(cluster.Call(Maps, "a"), "m", new DeleteOptions(), default);
        Assert.False(marked.Gone);
        Assert.True(marked.Object.Tree.Map("metadata")!.Has("deletionTimestamp"));

        var added = marked.Object.Tree.CloneMap();
        added.MakeMap("metadata").MakeList("finalizers").Add("x.com/more");
        var refused = await Assert.ThrowsAsync<NaruException>(() => cluster.Api.UpdateAsync(cluster.Call(Maps, "a"), "m", added, default));
        Assert.Equal("metadata.finalizers", Assert.Single(refused.Details!.Causes).Field);

        var freed = marked.Object.Tree.CloneMap();
        freed.MakeMap("metadata").Remove("finalizers");
        await cluster.Api.UpdateAsync(cluster.Call(Maps, "a"), "m", freed, default);

        Assert.Null(cluster.Objects.Get(MapResource, "a", "m"));
    }

    [Theory]
    [InlineData(DeletePropagation.Foreground, "foregroundDeletion")]
    [InlineData(DeletePropagation.Orphan, "orphan")]
    public async Task Propagation_SetsTheCollectorsFinalizer(DeletePropagation propagation, string finalizer)
    {
        await using var cluster = await TestCluster.StartAsync();
        await cluster.CreateAsync(Maps, "a", """{"metadata":{"name":"m"}}""");

        var marked = await cluster.Api.DeleteAsync(cluster.Call(Maps, "a"), "m", new DeleteOptions { Propagation = propagation }, default);

        Assert.Equal([finalizer], marked.Object.Tree.List("metadata", "finalizers")!.Texts());
    }

    [Fact]
    public async Task Preconditions_ThatDoNotHold_AreConflicts()
    {
        await using var cluster = await TestCluster.StartAsync();
        await cluster.CreateAsync(Maps, "a", """{"metadata":{"name":"m"}}""");

        var uid = await Assert.ThrowsAsync<NaruException>(() => cluster.Api.DeleteAsync(cluster.Call(Maps, "a"), "m", new DeleteOptions { Uid = "other" }, default));
        var revision = await Assert.ThrowsAsync<NaruException>(() => cluster.Api.DeleteAsync(cluster.Call(Maps, "a"), "m", new DeleteOptions { Revision = 999 }, default));

        Assert.Equal([ErrorKind.Conflict, ErrorKind.Conflict], new[] { uid.Kind, revision.Kind });
    }

    [Fact]
    public async Task DryRun_DeletesNothing()
    {
        await using var cluster = await TestCluster.StartAsync();
        await cluster.CreateAsync(Maps, "a", """{"metadata":{"name":"m"}}""");

        await cluster.Api.DeleteAsync(cluster.Call(Maps, "a"), "m", new DeleteOptions { DryRun = true }, default);

        Assert.NotNull(cluster.Objects.Get(MapResource, "a", "m"));
    }

    [Fact]
    public async Task Collection_DeletesWhatTheSelectorMatches()
    {
        await using var cluster = await TestCluster.StartAsync();
        for (var number = 0; number < 40; number++)
        {
            await cluster.CreateAsync(Maps, "a", $$"""{"metadata":{"name":"m{{number}}","labels":{"half":"{{number % 2}}"} } }""");
        }

        var gone = await cluster.Api.DeleteCollectionAsync(cluster.Call(Maps, "a"), new ListOptions { LabelSelector = "half=1" }, new DeleteOptions(), default);

        Assert.Equal(20, gone.Items.Count);
        Assert.Equal(20, cluster.Objects.List(MapResource).Count);
    }

    [Fact]
    public async Task Pod_OnANode_WaitsItsGrace_AndGoesAtOnceWhenForced()
    {
        await using var cluster = await TestCluster.StartAsync();
        await PodAsync(cluster, "p");
        await cluster.Objects.BindAsync([new PodBinding("a", "p", "", "n1")], default);

        var marked = await cluster.Api.DeleteAsync(cluster.Call("v1/pods", "a"), "p", new DeleteOptions(), default);
        var shortened = await cluster.Api.DeleteAsync(cluster.Call("v1/pods", "a"), "p", new DeleteOptions { GracePeriodSeconds = 5 }, default);
        var longer = await cluster.Api.DeleteAsync(cluster.Call("v1/pods", "a"), "p", new DeleteOptions { GracePeriodSeconds = 60 }, default);
        var forced = await cluster.Api.DeleteAsync(cluster.Call("v1/pods", "a"), "p", new DeleteOptions { GracePeriodSeconds = 0 }, default);

        Assert.Equal(30, marked.Object.Tree.Integer("metadata", "deletionGracePeriodSeconds"));
        Assert.Equal(5, shortened.Object.Tree.Integer("metadata", "deletionGracePeriodSeconds"));
        Assert.Equal(5, longer.Object.Tree.Integer("metadata", "deletionGracePeriodSeconds"));
        Assert.True(forced.Gone);
    }

    [Fact]
    public async Task Pod_WithoutANode_GoesAtOnce()
    {
        await using var cluster = await TestCluster.StartAsync();
        await PodAsync(cluster, "p");

        Assert.True((await cluster.Api.DeleteAsync(cluster.Call("v1/pods", "a"), "p", new DeleteOptions(), default)).Gone);
    }

    [Fact]
    public async Task Bind_TellsEachBindingsFate()
    {
        await using var cluster = await TestCluster.StartAsync();
        await PodAsync(cluster, "p");
        await PodAsync(cluster, "q");

        var first = await cluster.Objects.BindAsync([new PodBinding("a", "p", "", "n1"), new PodBinding("a", "none", "", "n1"), new PodBinding("a", "q", "other-uid", "n1")], default);
        var second = await cluster.Objects.BindAsync([new PodBinding("a", "p", "", "n2")], default);

        var pod = cluster.Objects.Get(new GroupResource("", "pods"), "a", "p")!.Tree;
        Assert.Equal("n1", pod.Text("spec", "nodeName"));
        Assert.Contains(pod.Maps("status", "conditions"), one => one.Text("type") == "PodScheduled" && one.Text("status") == "True");
        Assert.Equal([null, ErrorKind.NotFound, ErrorKind.Conflict], first.Select(one => one?.Kind));
        Assert.Equal(ErrorKind.Conflict, second[0]!.Kind);
    }

    private static Task<ApiObject> PodAsync(TestCluster cluster, string name) =>
        cluster.CreateAsync("v1/pods", "a", $$"""{"metadata":{"name":"{{name}}"},"spec":{"containers":[{"name":"c","image":"i"}]} }""");
}
