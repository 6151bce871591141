using Microsoft.Extensions.Time.Testing;
using Naru.Cluster.Tests.Support;
using Naru.Core.Errors;
using Naru.Objects.Api;
using Naru.Objects.Values;

namespace Naru.Cluster.Tests;

public sealed class PagingTests
{
    private const string Maps = "v1/configmaps";

    [Fact]
    public async Task Pages_ShowOneMoment_WhateverIsWrittenBetween()
    {
        await using var cluster = await TestCluster.StartAsync();
        await MakeAsync(cluster, 5);
        var first = await cluster.Api.ListAsync(cluster.Call(Maps, "a"), new ListOptions { Limit = 2 }, default);
        await cluster.Api.DeleteAsync(cluster.Call(Maps, "a"), "m3", new DeleteOptions(), default);
        await cluster.CreateAsync(Maps, "a", """{"metadata":{"name":"m9"}}""");

        var second = await cluster.Api.ListAsync(cluster.Call(Maps, "a"), new ListOptions { Limit = 10, Continue = first.Continue }, default);

        Assert.Equal(3, first.Remaining);
        Assert.Equal(["m2", "m3", "m4"], second.Items.Select(one => one.Tree.Text("metadata", "name")));
        Assert.Equal(first.Revision, second.Revision);
        Assert.Equal("", second.Continue);
    }

    [Fact]
    public async Task Page_OfAListLongAgo_IsExpired_AndTheNewTokenGoesOn()
    {
        var time = new FakeTimeProvider(DateTimeOffset.UnixEpoch.AddYears(50));
        await using var cluster = await TestCluster.StartAsync(time: time);
        await MakeAsync(cluster, 4);
        var first = await cluster.Api.ListAsync(cluster.Call(Maps, "a"), new ListOptions { Limit = 2 }, default);
        time.Advance(TimeSpan.FromMinutes(6));

        var refused = await Assert.ThrowsAsync<NaruException>(async () => await cluster.Api.ListAsync(cluster.Call(Maps, "a"), new ListOptions { Limit = 2, Continue = first.Continue }, default));
        await cluster.CreateAsync(Maps, "a", """{"metadata":{"name":"m9"}}""");
        var second = await cluster.Api.ListAsync(cluster.Call(Maps, "a"), new ListOptions { Limit = 1, Continue = refused.Details!.Continue }, default);
        await cluster.CreateAsync(Maps, "a", """{"metadata":{"name":"m8"}}""");
        var rest = await cluster.Api.ListAsync(cluster.Call(Maps, "a"), new ListOptions { Continue = second.Continue }, default);

        Assert.Equal(ErrorKind.Expired, refused.Kind);
        Assert.NotEqual(first.Revision, second.Revision);
        Assert.Equal(second.Revision, rest.Revision);
        Assert.Equal(["m2", "m3", "m9"], second.Items.Concat(rest.Items).Select(one => one.Tree.Text("metadata", "name")));
    }

    [Fact]
    public async Task List_AtAnOlderRevision_ShowsWhatStoodThen()
    {
        await using var cluster = await TestCluster.StartAsync();
        await MakeAsync(cluster, 2);
        var then = await cluster.Api.ListAsync(cluster.Call(Maps, "a"), new ListOptions(), default);
        await cluster.Api.DeleteAsync(cluster.Call(Maps, "a"), "m0", new DeleteOptions(), default);

        var exact = await cluster.Api.ListAsync(cluster.Call(Maps, "a"), new ListOptions { ResourceVersion = $"{then.Revision}", ResourceVersionMatch = "Exact" }, default);
        var newer = await cluster.Api.ListAsync(cluster.Call(Maps, "a"), new ListOptions { ResourceVersion = $"{then.Revision}" }, default);

        Assert.Equal(2, exact.Items.Count);
        Assert.Single(newer.Items);
    }

    [Theory]
    [InlineData("", "Exact", "", null)]
    [InlineData("5", "Whatever", "", null)]
    [InlineData("0", "Exact", "", null)]
    [InlineData("", "", "", true)]
    public async Task List_OptionsThatDoNotGoTogether_AreRefused(string revision, string match, string token, bool? initial)
    {
        await using var cluster = await TestCluster.StartAsync();

        var refused = await Assert.ThrowsAsync<NaruException>(async () => await cluster.Api.ListAsync(
            cluster.Call(Maps, "a"),
            new ListOptions { ResourceVersion = revision, ResourceVersionMatch = match, Continue = token, SendInitialEvents = initial },
            default));

        Assert.Equal(ErrorKind.InvalidArgument, refused.Kind);
        Assert.StartsWith("ListOptions.meta.k8s.io \"\" is invalid: ", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Watch_AtItsEnd_SaysHowFarItCame()
    {
        var time = new FakeTimeProvider(DateTimeOffset.UnixEpoch.AddYears(50));
        await using var cluster = await TestCluster.StartAsync(time: time);
        await MakeAsync(cluster, 2);
        await using var watch = cluster.Api.WatchAsync(cluster.Call(Maps, "a"), new ListOptions { AllowWatchBookmarks = true, Timeout = TimeSpan.FromSeconds(10) }, default).GetAsyncEnumerator();
        Assert.True(await watch.MoveNextAsync());
        Assert.True(await watch.MoveNextAsync());

        var next = watch.MoveNextAsync();
        time.Advance(TimeSpan.FromSeconds(11));

        Assert.True(await next);
        Assert.Equal(ChangeKind.Bookmark, watch.Current.Kind);
        Assert.True(watch.Current.Revision >= 2);
        Assert.False(await watch.MoveNextAsync());
    }

    private static async Task MakeAsync(TestCluster cluster, int count)
    {
        for (var number = 0; number < count; number++)
        {
            await cluster.CreateAsync(Maps, "a", $$"""{"metadata":{"name":"m{{number}}"} }""");
        }
    }
}
