using Microsoft.Extensions.Time.Testing;
using Naru.Cluster.Tests.Support;
using Naru.Objects.Api;
using Naru.Objects.Resources;
using Naru.Objects.Values;

namespace Naru.Cluster.Tests;

public sealed class WatchBeatTests
{
    private const string ConfigMaps = "v1/configmaps";

    private readonly FakeTimeProvider _time = new(DateTimeOffset.UnixEpoch.AddYears(50));

    [Theory]
    [InlineData(2, false)]
    [InlineData(30, true)]
    public async Task BusyWatches_AreManyOrFew_WaitForABeatOrNot(int count, bool waits)
    {
        await using var cluster = await TestCluster.StartAsync(time: _time);
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        var own = cluster.Objects.WatchAsync(new GroupResource("", "configmaps"), limit.Token).GetAsyncEnumerator(limit.Token);
        Assert.Equal(ChangeKind.Bookmark, (await NextAsync(own)).Kind);
        var watches = Enumerable.Range(0, count)
            .Select(_ => cluster.Api.WatchAsync(cluster.Call(ConfigMaps, "n"), new ListOptions { SendInitialEvents = false, ResourceVersionMatch = "NotOlderThan" }, limit.Token).GetAsyncEnumerator(limit.Token))
            .ToList();
        var first = watches.ConvertAll(static watch => watch.MoveNextAsync().AsTask());

        await MakeAsync(cluster, "a");
        await Task.WhenAll(first);

        var second = watches.ConvertAll(static watch => watch.MoveNextAsync().AsTask());
        await MakeAsync(cluster, "b");
        await MakeAsync(cluster, "c");
        // The cluster's own parts never wait, and by then the others could have been told as well.
        Assert.Equal(["a", "b", "c"], [(await NextAsync(own)).Object!.Name, (await NextAsync(own)).Object!.Name, (await NextAsync(own)).Object!.Name]);
        if (waits)
        {
            Assert.DoesNotContain(second, static one => one.IsCompleted);
            _time.Advance(TimeSpan.FromMilliseconds(50));
        }

        await Task.WhenAll(second);
        Assert.All(watches, static watch => Assert.Equal("b", watch.Current.Object!.Tree.Text("metadata", "name")));
        if (waits)
        {
            // Both came with one beat; what comes after it waits for the next.
            Assert.All(watches.ConvertAll(static watch => watch.MoveNextAsync()), static next => Assert.True(next.IsCompletedSuccessfully && next.Result));
            await MakeAsync(cluster, "d");
            await MakeAsync(cluster, "e");
            // Once the second of two is seen the timer of the next beat has been set for the first.
            Assert.Equal(["d", "e"], [(await NextAsync(own)).Object!.Name, (await NextAsync(own)).Object!.Name]);
            var third = watches.ConvertAll(static watch => watch.MoveNextAsync().AsTask());
            Assert.DoesNotContain(third, static one => one.IsCompleted);
            _time.Advance(TimeSpan.FromMilliseconds(50));
            await Task.WhenAll(third);
        }

        await limit.CancelAsync();
    }

    private static Task<ApiObject> MakeAsync(TestCluster cluster, string name) => cluster.CreateAsync(ConfigMaps, "n", $$$"""{"metadata":{"name":"{{{name}}}"}}""");

    private static async Task<ObjectChange> NextAsync(IAsyncEnumerator<ObjectChange> watch)
    {
        Assert.True(await watch.MoveNextAsync());
        return watch.Current;
    }
}
