using Naru.Agent.Nodes;
using Naru.Agent.Tests.Running;
using Naru.Agent.Volumes;
using Naru.Core.Hosts;
using Naru.Core.Lifetime;
using Naru.Objects.Api;
using Naru.Objects.Resources;
using Naru.Objects.Values;
using Naru.Testing.Objects;

namespace Naru.Agent.Tests.Volumes;

/// <summary>What a node does about copies of local volumes, over files that are only written down.</summary>
public sealed class LocalCopiesTests
{
    private const string Affinity = """{"required":{"nodeSelectorTerms":[{"matchExpressions":[{"key":"kubernetes.io/hostname","operator":"In","values":["n1"]}]}]}}""";
    private readonly MemoryObjects _objects = new();
    private readonly HashSet<string> _there = [];
    private readonly List<string> _done = [];
    private readonly LocalCopies _copies;

    public LocalCopiesTests() => _copies = new LocalCopies(
        _objects, Fake.Of<INodeFiles>(Answer), new EngineDirectories("/data", "/run", "12345678"), new NodeIdentity(new AgentOptions { NodeName = "n1" }, Fake.Of<IHost>()), TimeProvider.System);

    [Fact]
    public async Task Fill_FromASnapshot_IsCopiedAndMarked()
    {
        _there.Add("/data/cluster/snapshots/snap");
        var volume = await VolumeAsync("v", "snapshot/n1/snap");

        Assert.True(await _copies.FillAsync(volume, CancellationToken.None));

        Assert.Equal(["copy /data/cluster/snapshots/snap to /vols/v"], _done);
        Assert.False(LocalCopies.IsToBeFilled(Get(AgentResources.Volumes, "v")));
    }

    [Fact]
    public async Task Fill_CrashedAfterTheCopy_IsOnlyMarked()
    {
        _there.Add("/vols/v");

        Assert.True(await _copies.FillAsync(await VolumeAsync("v", "snapshot/n1/snap"), CancellationToken.None));

        Assert.Empty(_done);
        Assert.False(LocalCopies.IsToBeFilled(Get(AgentResources.Volumes, "v")));
    }

    [Fact]
    public async Task Fill_SourceIsBeingFilledItself_Waits()
    {
        await VolumeAsync("first", "snapshot/n1/snap");

        Assert.False(await _copies.FillAsync(await VolumeAsync("second", "volume/first"), CancellationToken.None));
        Assert.Empty(_done);
    }

    [Fact]
    public async Task Take_VolumeIsHere_IsCopiedAndTold()
    {
        _there.Add("/vols/v");
        await VolumeAsync("v");
        var content = await ContentAsync();
        Assert.True(_copies.IsHere(content));

        Assert.True(await _copies.TakeAsync(content, CancellationToken.None));

        Assert.Equal(["make /data/cluster/snapshots", "copy /vols/v to /data/cluster/snapshots/c"], _done);
        var status = Get(AgentResources.SnapshotContents, "c").Map("status")!;
        Assert.Equal(("n1/c", true, 1L << 30), (status.Text("snapshotHandle"), status.Boolean("readyToUse"), status.Integer("restoreSize")));
    }

    [Fact]
    public async Task Remove_VolumeIsStillFilledFromIt_Waits()
    {
        var content = await ContentAsync(",\"status\":{\"snapshotHandle\":\"n1/c\",\"readyToUse\":true}");
        var volume = await VolumeAsync("v", "snapshot/n1/c");
        Assert.False(await _copies.RemoveAsync(content, CancellationToken.None));
        _there.Add("/data/cluster/snapshots/c");
        await _copies.FillAsync(volume, CancellationToken.None);
        _done.Clear();

        Assert.True(await _copies.RemoveAsync(content, CancellationToken.None));

        Assert.Equal(["remove /data/cluster/snapshots/c.part", "remove /data/cluster/snapshots/c"], _done);
        Assert.Empty(Get(AgentResources.SnapshotContents, "c").List("metadata", "finalizers") ?? []);
    }

    [Theory]
    [InlineData("n1/../volumes/x")]
    [InlineData("n1/a/b")]
    public async Task Remove_HandleIsAPath_IsRefused(string handle)
    {
        var content = await ContentAsync($",\"status\":{{\"snapshotHandle\":\"{handle}\"}}");

        await Assert.ThrowsAsync<Naru.Core.Errors.NaruException>(() => _copies.RemoveAsync(content, CancellationToken.None));
        Assert.Empty(_done);
    }

    private MapValue Get(GroupResource resource, string name) => _objects.Get(resource, "", name)!.Tree;

    private async Task<MapValue> VolumeAsync(string name, string copyOf = "") => (await _objects.CreateAsync(AgentResources.Volumes, TreeJson.Parse("""
        {"metadata":{"name":"NAME","annotations":{ANNOTATION}},"spec":{"capacity":{"storage":"1Gi"},"local":{"path":"/vols/NAME"},"nodeAffinity":AFFINITY}}
        """.Replace("NAME", name, StringComparison.Ordinal).Replace("AFFINITY", Affinity, StringComparison.Ordinal)
        .Replace("ANNOTATION", copyOf.Length > 0 ? $"\"naru.dev/copy-of\":\"{copyOf}\"" : "", StringComparison.Ordinal)), new WriteOptions(), CancellationToken.None)).Tree;

    private async Task<MapValue> ContentAsync(string more = "") => (await _objects.CreateAsync(AgentResources.SnapshotContents, TreeJson.Parse(
        """{"metadata":{"name":"c","finalizers":["snapshot.storage.kubernetes.io/volumesnapshotcontent-bound-protection"]},"spec":{"driver":"naru.dev/local","deletionPolicy":"Delete","source":{"volumeHandle":"v"}}""" + more + "}"), new WriteOptions(), CancellationToken.None)).Tree;

    private object? Answer(string method, object?[] args)
    {
        var path = (string)args[0]!;
        switch (method)
        {
            case "KindOf":
                return _there.Contains(path) ? NodeFileKind.Directory : NodeFileKind.Missing;
            case "CopyTreeAsync":
                _done.Add($"copy {path} to {args[1]}");
                _there.Add((string)args[1]!);
                return Task.CompletedTask;
            case "MakeDirectory":
                if (path != "/vols")
                {
                    _done.Add($"make {path}");
                }

                return null;
            default:
                _done.Add($"remove {path}");
                return null;
        }
    }
}
