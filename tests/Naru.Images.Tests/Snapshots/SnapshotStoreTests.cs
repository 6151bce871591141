using Naru.Core.Containers;
using Naru.Core.Errors;
using Naru.Core.Images;
using Naru.Core.Units;
using Naru.Images.Tests.Support;
using Naru.Linux.Files;
using Naru.Linux.Mounts;

namespace Naru.Images.Tests.Snapshots;

public sealed class SnapshotStoreTests
{
    [Fact]
    public async Task Commit_ChangedRoot_GivesALayerThatShowsTheSame()
    {
        await using var engine = await Engine.StartAsync();
        var snapshots = engine.Snapshots;
        var chain = await snapshots.ApplyAsync(LayerChain.Empty, new MemoryStream(Tars.Of(("d/", ""), ("d/a", "1"), ("d/b", "2"), ("e/", ""), ("e/x", "x"))), default);
        await snapshots.PrepareAsync("one", chain, null, null, default);
        var root = await snapshots.MountAsync("one", default);
        File.Delete(Path.Combine(root, "d/a"));
        File.WriteAllText(Path.Combine(root, "d/b"), "22");
        Directory.Delete(Path.Combine(root, "e"), recursive: true);
        Directory.CreateDirectory(Path.Combine(root, "e"));
        File.WriteAllText(Path.Combine(root, "new"), "new");
        File.CreateSymbolicLink(Path.Combine(root, "d/far"), "../../../../../far");
        using (var rooted = RootedDirectory.Open(root))
        {
            rooted.CreateNode("loop0", FileKind.BlockDevice, 0x1A4, new(7, 0));
        }

        Assert.Equal(5 + 18, await snapshots.UsageAsync("one", default));

        var committed = await snapshots.CommitAsync("one", default);
        var again = await snapshots.CommitAsync("one", default);

        Assert.Equal(committed, again);
        await snapshots.PrepareAsync("two", committed, null, null, default);
        var second = await snapshots.MountAsync("two", default);
        Assert.Equal(["d", "d/b", "d/far", "e", "loop0", "new"], List(second));
        Assert.Equal("22", File.ReadAllText(Path.Combine(second, "d/b")));
        Assert.Equal(3, snapshots.PathsOf("two").Lower.Count + 1);
    }

    [Fact]
    public async Task Apply_ImpliedDirectory_KeepsTheLowerOnesOwnerAndMode()
    {
        await using var engine = await Engine.StartAsync();
        var lower = Tars.Of((new() { Name = "tmp/", Kind = Linux.Archives.TarEntryKind.Directory, Permissions = 0x3FF, User = 5 }, []));
        var chain = await engine.Snapshots.ApplyAsync(LayerChain.Empty, new MemoryStream(lower), default);
        chain = await engine.Snapshots.ApplyAsync(chain, new MemoryStream(Tars.Of(("tmp/x", "x"))), default);
        await engine.Snapshots.PrepareAsync("one", chain, null, null, default);

        using var root = RootedDirectory.Open(await engine.Snapshots.MountAsync("one", default));

        Assert.Equal((0x3FFu, 5u), (root.Stat("tmp").Permissions, root.Stat("tmp").User));
    }

    [Fact]
    public async Task Mount_Counted_UnmountsWithTheLast()
    {
        await using var engine = await Engine.StartAsync();
        await engine.Snapshots.PrepareAsync("one", LayerChain.Empty, null, null, default);
        await engine.Snapshots.PrepareAsync("one", LayerChain.Empty, null, null, default);

        var root = await engine.Snapshots.MountAsync("one", default);
        await engine.Snapshots.MountAsync("one", default);
        await engine.Snapshots.UnmountAsync("one", default);
        Assert.True(MountTable.IsMounted(root));
        await engine.Snapshots.UnmountAsync("one", default);
        Assert.False(MountTable.IsMounted(root));
        await engine.Snapshots.UnmountAsync("one", default);
        await engine.Snapshots.UnmountAsync("unknown", default);
    }

    [Fact]
    public async Task Mount_UsersOfItsOwn_OwnAllFilesAndLeaveNoTrace()
    {
        await using var engine = await Engine.StartAsync();
        var users = new UserMapping(1_878_000_000, 65536);
        var lower = Tars.Of((new() { Name = "d/", Kind = Linux.Archives.TarEntryKind.Directory, Permissions = 0x1ED, User = 5, Group = 6 }, []));
        var chain = await engine.Snapshots.ApplyAsync(LayerChain.Empty, new MemoryStream(lower), default);
        await engine.Snapshots.PrepareAsync("one", chain, null, users, default);
        await engine.Snapshots.PrepareAsync("bare", LayerChain.Empty, null, users, default);
        var path = await engine.Snapshots.MountAsync("one", default);
        using (var root = RootedDirectory.Open(path))
        {
            Assert.Equal((users.First, users.First + 5, users.First + 6), (root.Stat("").User, root.Stat("d").User, root.Stat("d").Group));
            root.OpenWrite("d/f").Dispose();
            root.ChangeOwner("d/f", users.First + 7, users.First + 8);
        }

        Assert.Equal(users.First, FileStatus.TryOf(await engine.Snapshots.MountAsync("bare", default))!.Value.User);
        Assert.False(Directory.Exists(Path.Combine(engine.Data, "snapshots/one/mapped")));

        // Layers hold ids as they are inside: another root with other users sees the same.
        await engine.Snapshots.PrepareAsync("two", await engine.Snapshots.CommitAsync("one", default), null, null, default);
        using var second = RootedDirectory.Open(await engine.Snapshots.MountAsync("two", default));
        Assert.Equal((5u, 7u, 8u), (second.Stat("d").User, second.Stat("d/f").User, second.Stat("d/f").Group));
    }

    [Fact]
    public async Task Restart_KilledWhileLayersWereShown_TakesThemOff()
    {
        await using var engine = await Engine.StartAsync();
        var chain = await engine.Snapshots.ApplyAsync(LayerChain.Empty, new MemoryStream(Tars.Of(("a", "1"))), default);
        await engine.Snapshots.PrepareAsync("one", chain, null, new UserMapping(1_878_000_000, 65536), default);
        var left = Path.Combine(engine.Data, "snapshots/one/mapped/0");
        Directory.CreateDirectory(left);
        Mounter.Bind(engine.Snapshots.PathsOf("one").Lower[0], left);

        await engine.RestartAsync();

        Assert.DoesNotContain(MountTable.Read(), entry => entry.Target == left);
        Assert.False(Directory.Exists(left));
        var root = await engine.Snapshots.MountAsync("one", default);
        Assert.Equal(1_878_000_000u, FileStatus.TryOf(Path.Combine(root, "a"))!.Value.User);
        Assert.Equal("1", File.ReadAllText(Path.Combine(root, "a")));
    }

    [Fact]
    public async Task Restart_MountedRoot_IsAdoptedAndOthersAreSwept()
    {
        await using var engine = await Engine.StartAsync();
        var chain = await engine.Snapshots.ApplyAsync(LayerChain.Empty, new MemoryStream(Tars.Of(("a", "1"))), default);
        await engine.Snapshots.PrepareAsync("kept", chain, null, null, default);
        await engine.Snapshots.PrepareAsync("swept", chain, null, null, default);
        var root = await engine.Snapshots.MountAsync("kept", default);
        var swept = await engine.Snapshots.MountAsync("swept", default);
        File.WriteAllText(Path.Combine(root, "b"), "2");
        Directory.CreateDirectory(Path.Combine(engine.Data, "images/staging/half-made"));
        Directory.CreateDirectory(Path.Combine(engine.Data, "snapshots/half-made"));

        await engine.RestartAsync();

        Assert.Equal(root, await engine.Snapshots.AdoptAsync("kept", default));
        Assert.Single(MountTable.Read(), entry => entry.Target == root);
        Assert.Equal("2", File.ReadAllText(Path.Combine(root, "b")));
        await engine.Snapshots.SweepAsync(new HashSet<string> { "kept" }, default);
        Assert.False(Directory.Exists(swept));
        Assert.Equal(["kept"], Directory.GetDirectories(Path.Combine(engine.Data, "snapshots")).Select(Path.GetFileName));
        Assert.Empty(Directory.GetDirectories(Path.Combine(engine.Data, "images/staging")));
        await engine.Snapshots.UnmountAsync("kept", default);
        Assert.False(MountTable.IsMounted(root));
    }

    [Fact]
    public async Task Restart_LayerThatNobodyTook_IsCollected()
    {
        await using var engine = await Engine.StartAsync();
        await engine.Snapshots.ApplyAsync(LayerChain.Empty, new MemoryStream(Tars.Of(("a", "1"))), default);
        Assert.Single(Directory.GetDirectories(Path.Combine(engine.Data, "images/layers")));

        await engine.RestartAsync();

        Assert.Empty(Directory.GetDirectories(Path.Combine(engine.Data, "images/layers")));
    }

    [Fact]
    public async Task Remove_LastUserOfALayer_TakesTheLayerAlong()
    {
        await using var engine = await Engine.StartAsync();
        var image = await engine.Images.ImportAsync(new MemoryStream(Tars.Of(("a", "1"))), new(), ImageReference.Parse("x"), default);
        await engine.Snapshots.PrepareAsync("one", image.Layers, null, null, default);
        await engine.Images.RemoveAsync("x", new(), default);
        Assert.Single(Directory.GetDirectories(Path.Combine(engine.Data, "images/layers")));

        await engine.Snapshots.RemoveAsync("one", default);
        await engine.Snapshots.RemoveAsync("one", default);

        Assert.Empty(Directory.GetDirectories(Path.Combine(engine.Data, "images/layers")));
    }

    [Theory]
    [InlineData("../../etc")]
    [InlineData("")]
    [InlineData("a/b")]
    public async Task Prepare_BadKey_IsRefused(string key)
    {
        await using var engine = await Engine.StartAsync();

        await Assert.ThrowsAsync<NaruException>(() => engine.Snapshots.PrepareAsync(key, LayerChain.Empty, null, null, default));
    }

    [Fact]
    public async Task Prepare_WithLimitOrMissingLayers_IsRefused()
    {
        await using var engine = await Engine.StartAsync();

        var limited = await Assert.ThrowsAsync<NaruException>(() => engine.Snapshots.PrepareAsync("a", LayerChain.Empty, new ByteSize(1), null, default));
        Assert.Equal(ErrorKind.NotImplemented, limited.Kind);
        var missing = await Assert.ThrowsAsync<NaruException>(() => engine.Snapshots.PrepareAsync("a", LayerChain.Empty.Push(Digest.Of("x"u8)), null, null, default));
        Assert.Equal(ErrorKind.NotFound, missing.Kind);
    }

    private static IEnumerable<string> List(string root) =>
        Directory.GetFileSystemEntries(root, "*", SearchOption.AllDirectories).Select(path => Path.GetRelativePath(root, path)).Order(StringComparer.Ordinal);
}
