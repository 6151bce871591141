using Naru.Cluster.Tests.Support;
using Naru.Core.Errors;
using Naru.Objects.Api;
using Naru.Objects.Values;

namespace Naru.Cluster.Tests;

public sealed class ListWatchTests
{
    private const string ConfigMaps = "v1/configmaps";

    [Fact]
    public async Task List_InPages_IsOneSnapshot()
    {
        await using var cluster = await StartAsync(25);
        var first = await ListAsync(cluster, new ListOptions { Limit = 10 });
        await cluster.CreateAsync(ConfigMaps, "n", """{"metadata":{"name":"c-99"}}""");
        await cluster.Api.DeleteAsync(cluster.Call(ConfigMaps, "n"), "c-20", new DeleteOptions(), default);

        var second = await ListAsync(cluster, new ListOptions { Limit = 10, Continue = first.Continue });
        var third = await ListAsync(cluster, new ListOptions { Limit = 10, Continue = second.Continue });

        Assert.Equal(15, first.Remaining);
        Assert.Equal("", third.Continue);
        Assert.Equal(Enumerable.Range(0, 25).Select(static index => $"c-{index:00}"), first.Items.Concat(second.Items).Concat(third.Items).Select(static item => item.Tree.Text("metadata", "name")!));
        Assert.Equal(first.Revision, third.Revision);
    }

    [Fact]
    public async Task List_LabelSelector_SeesThoseOnly()
    {
        await using var cluster = await StartAsync(4);
        await cluster.CreateAsync(ConfigMaps, "n", """{"metadata":{"name":"l","labels":{"a":"b"}}}""");

        Assert.Single((await ListAsync(cluster, new ListOptions { LabelSelector = "a=b" })).Items);
        Assert.Equal(4, (await ListAsync(cluster, new ListOptions { LabelSelector = "a!=b" })).Items.Count);
        Assert.Single((await ListAsync(cluster, new ListOptions { FieldSelector = "metadata.name=c-01" })).Items);
    }

    [Fact]
    public async Task List_UnknownField_IsRefused()
    {
        await using var cluster = await StartAsync(1);

        var failure = await Assert.ThrowsAsync<NaruException>(() => ListAsync(cluster, new ListOptions { FieldSelector = "spec.foo=1" }));

        Assert.Equal(ErrorKind.InvalidArgument, failure.Kind);
        Assert.EndsWith("field label not supported: spec.foo", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task List_FutureRevision_SaysTooLarge()
    {
        await using var cluster = await StartAsync(1);

        var failure = await Assert.ThrowsAsync<NaruException>(() => ListAsync(cluster, new ListOptions { ResourceVersion = "99999" }));

        Assert.StartsWith("Too large resource version: 99999", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Watch_FromRevision_SeesEachChangeOnce()
    {
        await using var cluster = await StartAsync(1);
        var revision = (await ListAsync(cluster, new ListOptions())).Revision;
        await cluster.CreateAsync(ConfigMaps, "n", """{"metadata":{"name":"w"}}""");
        await cluster.Objects.ChangeAsync(new("", "configmaps"), "n", "w", static tree =>
        {
            tree.MakeMap("data")["k"] = "v";
            return true;
        }, new WriteOptions(), default);
        await cluster.Api.DeleteAsync(cluster.Call(ConfigMaps, "n"), "w", new DeleteOptions(), default);

        var seen = await TakeAsync(cluster, new ListOptions { ResourceVersion = $"{revision}" }, 3);

        Assert.Equal([ChangeKind.Added, ChangeKind.Modified, ChangeKind.Deleted], seen.Select(static change => change.Kind));
        Assert.True(seen[0].Revision < seen[1].Revision && seen[1].Revision < seen[2].Revision);
        Assert.Equal("v", seen[2].Object!.Tree.Text("data", "k"));
        Assert.Equal($"{seen[2].Revision}", seen[2].Object!.Tree.Text("metadata", "resourceVersion"));
    }

    [Fact]
    public async Task Watch_SelectorStopsMatching_IsDeleted()
    {
        await using var cluster = await StartAsync(0);
        await cluster.CreateAsync(ConfigMaps, "n", """{"metadata":{"name":"w","labels":{"a":"b"}}}""");
        var revision = (await ListAsync(cluster, new ListOptions())).Revision;
        await cluster.Objects.ChangeAsync(new("", "configmaps"), "n", "w", static tree => tree.Map("metadata")!.Remove("labels"), new WriteOptions(), default);

        var seen = await TakeAsync(cluster, new ListOptions { ResourceVersion = $"{revision}", LabelSelector = "a=b" }, 1);

        Assert.Equal(ChangeKind.Deleted, seen[0].Kind);
        Assert.Equal("b", seen[0].Object!.Tree.Text("metadata", "labels", "a"));
    }

    [Fact]
    public async Task Watch_InitialEvents_EndWithABookmark()
    {
        await using var cluster = await StartAsync(3);

        var seen = await TakeAsync(cluster, new ListOptions { SendInitialEvents = true, AllowWatchBookmarks = true, ResourceVersionMatch = "NotOlderThan" }, 4);

        Assert.Equal([ChangeKind.Added, ChangeKind.Added, ChangeKind.Added, ChangeKind.Bookmark], seen.Select(static change => change.Kind));
        Assert.True(seen[3].IsSnapshotEnd);
    }

    [Fact]
    public async Task Watch_TooOldRevision_Expires()
    {
        await using var cluster = await TestCluster.StartAsync(new ClusterOptions { HistoryCount = 5 });
        for (var index = 0; index < 20; index++)
        {
            await cluster.CreateAsync(ConfigMaps, "n", $$$"""{"metadata":{"name":"c-{{{index}}}"}}""");
        }

        var failure = await Assert.ThrowsAsync<NaruException>(() => TakeAsync(cluster, new ListOptions { ResourceVersion = "2" }, 1));

        Assert.Equal(ErrorKind.Expired, failure.Kind);
    }

    private static async Task<TestCluster> StartAsync(int count)
    {
        var cluster = await TestCluster.StartAsync();
        for (var index = 0; index < count; index++)
        {
            await cluster.CreateAsync(ConfigMaps, "n", $$$"""{"metadata":{"name":"c-{{{index:00}}}"}}""");
        }

        return cluster;
    }

    private static Task<ApiList> ListAsync(TestCluster cluster, ListOptions options) => cluster.Api.ListAsync(cluster.Call(ConfigMaps, "n"), options, default).AsTask();

    private static async Task<List<ApiChange>> TakeAsync(TestCluster cluster, ListOptions options, int count)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        var seen = new List<ApiChange>();
        await foreach (var change in cluster.Api.WatchAsync(cluster.Call(ConfigMaps, "n"), options, limit.Token))
        {
            seen.Add(change);
            if (seen.Count == count)
            {
                break;
            }
        }

        return seen;
    }
}
