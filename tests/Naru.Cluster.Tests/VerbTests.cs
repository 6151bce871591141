using Naru.Cluster.Tests.Support;
using Naru.Core.Errors;
using Naru.Objects.Api;
using Naru.Objects.Values;

namespace Naru.Cluster.Tests;

public sealed class VerbTests
{
    private const string ConfigMaps = "v1/configmaps";

    [Fact]
    public async Task Create_ThenGet_SeesTheSame()
    {
        await using var cluster = await TestCluster.StartAsync();

        var made = await cluster.CreateAsync(ConfigMaps, "n", """{"metadata":{"name":"a"},"data":{"k":"v"}}""");
        var read = await cluster.Api.GetAsync(cluster.Call(ConfigMaps, "n"), "a", new ReadOptions(), default);

        Assert.True(made.Created);
        Assert.Equal("v", read.Tree.Text("data", "k"));
        Assert.Equal("v1", read.Tree.Text("apiVersion"));
        Assert.Equal("ConfigMap", read.Tree.Text("kind"));
        Assert.Equal(read.Stored!.Revision.ToString(), read.Tree.Text("metadata", "resourceVersion"));
        Assert.NotEqual("", read.Stored.Uid);
    }

    [Fact]
    public async Task Create_TakenName_AlreadyExists()
    {
        await using var cluster = await TestCluster.StartAsync();
        await cluster.CreateAsync(ConfigMaps, "n", """{"metadata":{"name":"a"}}""");

        var failure = await Assert.ThrowsAsync<NaruException>(() => cluster.CreateAsync(ConfigMaps, "n", """{"metadata":{"name":"a"}}"""));

        Assert.Equal(ErrorKind.AlreadyExists, failure.Kind);
        Assert.Equal("configmaps \"a\" already exists", failure.Message);
    }

    [Fact]
    public async Task Create_GenerateName_MakesDifferentNames()
    {
        await using var cluster = await TestCluster.StartAsync();

        var names = new HashSet<string>();
        for (var count = 0; count < 20; count++)
        {
            names.Add((await cluster.CreateAsync(ConfigMaps, "n", """{"metadata":{"generateName":"a-"}}""")).Tree.Text("metadata", "name")!);
        }

        Assert.Equal(20, names.Count);
        Assert.All(names, static name => Assert.Matches("^a-[a-z0-9]{5}$", name));
    }

    [Fact]
    public async Task Update_StaleRevision_Conflicts()
    {
        await using var cluster = await TestCluster.StartAsync();
        var first = (await cluster.CreateAsync(ConfigMaps, "n", """{"metadata":{"name":"a"}}""")).Tree.CloneMap();
        var second = first.CloneMap();
        first.MakeMap("data")["k"] = "1";
        second.MakeMap("data")["k"] = "2";
        await cluster.Api.UpdateAsync(cluster.Call(ConfigMaps, "n"), "a", first, default);

        var failure = await Assert.ThrowsAsync<NaruException>(() => cluster.Api.UpdateAsync(cluster.Call(ConfigMaps, "n"), "a", second, default));

        Assert.Equal(ErrorKind.Conflict, failure.Kind);
        Assert.Equal("Operation cannot be fulfilled on configmaps \"a\": the object has been modified; please apply your changes to the latest version and try again", failure.Message);
    }

    [Fact]
    public async Task Update_NothingChanged_TakesNoRevision()
    {
        await using var cluster = await TestCluster.StartAsync();
        var made = await cluster.CreateAsync(ConfigMaps, "n", """{"metadata":{"name":"a"},"data":{"k":"v"}}""");

        var same = await cluster.Api.UpdateAsync(cluster.Call(ConfigMaps, "n"), "a", made.Tree.CloneMap(), default);

        Assert.Equal(made.Stored!.Revision, same.Stored!.Revision);
    }

    [Fact]
    public async Task Update_ManyAtOnceWithoutRevision_LosesNone()
    {
        await using var cluster = await TestCluster.StartAsync();
        await cluster.CreateAsync(ConfigMaps, "n", """{"metadata":{"name":"a"}}""");

        await Parallel.ForAsync(0, 10, async (index, token) => await cluster.Objects.ChangeAsync(new("", "configmaps"), "n", "a", tree =>
        {
            tree.MakeMap("data")[$"k{index}"] = "v";
            return true;
        }, new WriteOptions(), token));

        Assert.Equal(10, cluster.Objects.Get(new("", "configmaps"), "n", "a")!.Tree.Map("data")!.Count);
    }

    [Fact]
    public async Task Delete_WithFinalizer_WaitsForIt()
    {
        await using var cluster = await TestCluster.StartAsync();
        await cluster.CreateAsync(ConfigMaps, "n", """{"metadata":{"name":"a","finalizers":["example.com/f"]}}""");

        var deletion = await cluster.Api.DeleteAsync(cluster.Call(ConfigMaps, "n"), "a", new DeleteOptions(), default);
        Assert.False(deletion.Gone);
        Assert.NotNull(deletion.Object.Tree.Text("metadata", "deletionTimestamp"));
        await cluster.Objects.ChangeAsync(new("", "configmaps"), "n", "a", static tree => tree.Map("metadata")!.Remove("finalizers"), new WriteOptions(), default);

        Assert.Null(cluster.Objects.Get(new("", "configmaps"), "n", "a"));
    }

    [Fact]
    public async Task Delete_WrongUid_ConflictsAndChangesNothing()
    {
        await using var cluster = await TestCluster.StartAsync();
        await cluster.CreateAsync(ConfigMaps, "n", """{"metadata":{"name":"a"}}""");

        var failure = await Assert.ThrowsAsync<NaruException>(() => cluster.Api.DeleteAsync(cluster.Call(ConfigMaps, "n"), "a", new DeleteOptions { Uid = "other" }, default));

        Assert.Equal(ErrorKind.Conflict, failure.Kind);
        Assert.NotNull(cluster.Objects.Get(new("", "configmaps"), "n", "a"));
    }

    [Fact]
    public async Task DryRun_WritesNothing()
    {
        await using var cluster = await TestCluster.StartAsync();

        var made = await cluster.Api.CreateAsync(cluster.Call(ConfigMaps, "n") with { DryRun = true }, "", TestCluster.Map("""{"metadata":{"name":"a"}}"""), default);

        Assert.NotNull(made.Tree.Text("metadata", "uid"));
        Assert.Null(cluster.Objects.Get(new("", "configmaps"), "n", "a"));
    }
}
