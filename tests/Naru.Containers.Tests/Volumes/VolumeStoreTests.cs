using System.Collections.Immutable;
using Naru.Core.Errors;
using Naru.Core.Volumes;
using Naru.Linux.Files;
using Naru.Linux.Mounts;

namespace Naru.Containers.Tests.Volumes;

public sealed class VolumeStoreTests : IDisposable
{
    private readonly VolumeFixture _fixture = new();

    public void Dispose() => _fixture.Dispose();

    [Fact]
    public async Task Create_Named_IsThereAfterANewStart()
    {
        var store = await _fixture.StartAsync();
        var made = await store.CreateAsync(new VolumeSpec { Name = "data", Labels = Map("a", "b") }, CancellationToken.None);
        await File.WriteAllTextAsync(Path.Combine(made.Path, "f"), "1");

        var again = await _fixture.StartAsync();

        Assert.Equal(made.Created, again.Get("data").Created);
        Assert.Equal("b", again.Get("data").Labels["a"]);
        Assert.EndsWith("/data/_data", again.Get("data").Path);
        Assert.False(again.Get("data").Anonymous);
        Assert.Equal(1, await again.SizeAsync("data", CancellationToken.None));
    }

    [Fact]
    public async Task Create_WithoutName_IsAnonymous()
    {
        var store = await _fixture.StartAsync();
        var made = await store.CreateAsync(new VolumeSpec(), CancellationToken.None);

        Assert.Equal(64, made.Name.Length);
        Assert.True(made.Anonymous);
        Assert.True(made.Labels.ContainsKey("com.docker.volume.anonymous"));
        Assert.Equal(made.Name, Assert.Single(_fixture.Events, happened => happened.Action == "create").ActorId);
    }

    [Fact]
    public async Task Create_Existing_ReturnsIt()
    {
        var store = await _fixture.StartAsync();
        var first = await store.CreateAsync(new VolumeSpec { Name = "vv", Labels = Map("a", "b") }, CancellationToken.None);
        var second = await store.CreateAsync(new VolumeSpec { Name = "vv", Driver = "local" }, CancellationToken.None);

        Assert.Same(first, second);
        Assert.Single(_fixture.Events);
    }

    [Theory]
    [InlineData("a", "create a: volume name is too short, names should be at least two alphanumeric characters")]
    [InlineData("../x", "create ../x: \"../x\" includes invalid characters for a local volume name, only \"[a-zA-Z0-9][a-zA-Z0-9_.-]\" are allowed. If you intended to pass a host directory, use absolute path")]
    [InlineData(".hidden", "create .hidden: \".hidden\" includes invalid characters for a local volume name, only \"[a-zA-Z0-9][a-zA-Z0-9_.-]\" are allowed. If you intended to pass a host directory, use absolute path")]
    public async Task Create_BadName_IsRefusedInDockersWords(string name, string message)
    {
        var store = await _fixture.StartAsync();
        var failure = await Assert.ThrowsAsync<NaruException>(() => store.CreateAsync(new VolumeSpec { Name = name }, CancellationToken.None));

        Assert.Equal((ErrorKind.InvalidArgument, message), (failure.Kind, failure.Message));
        Assert.Empty(store.List());
    }

    [Theory]
    [InlineData("foo", "1", "create vol: invalid option: \"foo\"")]
    [InlineData("size", "1g", "create vol: quota size requested but no quota support")]
    [InlineData("type", "tmpfs", "create vol: missing required option: \"device\"")]
    [InlineData("device", "x", "create vol: missing required option: \"type\"")]
    public async Task Create_BadOptions_IsRefusedAndMakesNothing(string key, string value, string message)
    {
        var store = await _fixture.StartAsync();
        var failure = await Assert.ThrowsAsync<NaruException>(
            () => store.CreateAsync(new VolumeSpec { Name = "vol", Options = Map(key, value) }, CancellationToken.None));

        Assert.Equal(message, failure.Message);
        Assert.Empty(Directory.GetDirectories(_fixture.VolumesPath));
        Assert.NotNull(await store.CreateAsync(new VolumeSpec { Name = "vol" }, CancellationToken.None));
    }

    [Fact]
    public async Task Create_UnknownDriver_IsNotFound()
    {
        var store = await _fixture.StartAsync();
        var failure = await Assert.ThrowsAsync<NaruException>(
            () => store.CreateAsync(new VolumeSpec { Name = "vol", Driver = "nosuch" }, CancellationToken.None));

        Assert.Equal(ErrorKind.NotFound, failure.Kind);
        Assert.Equal("create vol: error looking up volume plugin nosuch: plugin \"nosuch\" not found", failure.Message);
    }

    [Fact]
    public async Task Create_OneNameByMany_MakesOne()
    {
        var store = await _fixture.StartAsync();
        var made = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => Task.Run(
            () => store.CreateAsync(new VolumeSpec { Name = "shared" }, CancellationToken.None))));

        Assert.All(made, volume => Assert.Same(made[0], volume));
        Assert.Single(_fixture.Events);
    }

    [Fact]
    public async Task Remove_InUse_IsConflictAndUnknownIsNotFound()
    {
        var store = await _fixture.StartAsync();
        await store.CreateAsync(new VolumeSpec { Name = "used" }, CancellationToken.None);
        store.AddUser(new ListedUser("used", "c1", "c2"));

        var inUse = await Assert.ThrowsAsync<NaruException>(() => store.RemoveAsync("used", force: true, CancellationToken.None));
        var unknown = await Assert.ThrowsAsync<NaruException>(() => store.RemoveAsync("nope", force: false, CancellationToken.None));
        await store.RemoveAsync("nope", force: true, CancellationToken.None);

        Assert.Equal((ErrorKind.Conflict, "remove used: volume is in use - [c1, c2]"), (inUse.Kind, inUse.Message));
        Assert.Equal((ErrorKind.NotFound, "get nope: no such volume"), (unknown.Kind, unknown.Message));
    }

    [Fact]
    public async Task Remove_Unused_LeavesNothing()
    {
        var store = await _fixture.StartAsync();
        var made = await store.CreateAsync(new VolumeSpec { Name = "gone" }, CancellationToken.None);
        Directory.CreateDirectory(Path.Combine(made.Path, "deep/er"));
        await store.RemoveAsync("gone", force: false, CancellationToken.None);

        Assert.Empty(Directory.GetFileSystemEntries(_fixture.VolumesPath));
        Assert.Null(store.Find("gone"));
        Assert.Equal("destroy", _fixture.Events[^1].Action);
    }

    [Fact]
    public async Task Prune_TakesAnonymousOrAllThatNobodyUses()
    {
        var store = await _fixture.StartAsync();
        await store.CreateAsync(new VolumeSpec { Name = "named" }, CancellationToken.None);
        await store.CreateAsync(new VolumeSpec { Name = "used" }, CancellationToken.None);
        var anonymous = await store.CreateAsync(new VolumeSpec(), CancellationToken.None);
        await File.WriteAllTextAsync(Path.Combine(anonymous.Path, "f"), "12345");
        store.AddUser(new ListedUser("used", "c1"));

        var (first, reclaimed) = await store.PruneAsync(all: false, _ => true, CancellationToken.None);
        var (second, _) = await store.PruneAsync(all: true, _ => true, CancellationToken.None);

        Assert.Equal([anonymous.Name], first);
        Assert.Equal(5, reclaimed);
        Assert.Equal(["named"], second);
        Assert.NotNull(store.Find("used"));
    }

    [Fact]
    public async Task Start_AfterACrash_SweepsHalfMadeAndKeepsFiles()
    {
        await _fixture.StartAsync();
        Directory.CreateDirectory(Path.Combine(_fixture.VolumesPath, "halfmade", "_data"));
        Directory.CreateDirectory(Path.Combine(_fixture.VolumesPath, ".removing-123", "_data", "sub"));
        Directory.CreateDirectory(Path.Combine(_fixture.VolumesPath, "orphan", "_data"));
        await File.WriteAllTextAsync(Path.Combine(_fixture.VolumesPath, "orphan", "_data", "precious"), "1");

        var store = await _fixture.StartAsync();

        Assert.Equal(["orphan"], store.List().Select(volume => volume.Name));
        Assert.Equal(["orphan"], Directory.GetDirectories(_fixture.VolumesPath).Select(Path.GetFileName));
    }

    [Fact]
    public async Task Mount_Tmpfs_IsMountedOnceAndTakenOffWithTheLastUser()
    {
        var store = await _fixture.StartAsync();
        await store.CreateAsync(Optioned("mem", "tmpfs", "tmpfs", "size=1m,nosuid,mode=0700"), CancellationToken.None);
        var path = await store.MountAsync("mem", "c1", CancellationToken.None);
        await store.MountAsync("mem", "c2", CancellationToken.None);
        await store.MountAsync("mem", "c2", CancellationToken.None);
        var mounts = MountTable.Read().Where(entry => entry.Target == path).ToArray();
        await store.UnmountAsync("mem", "c1", CancellationToken.None);
        var stillMounted = MountTable.IsMounted(path);
        await store.UnmountAsync("mem", "c2", CancellationToken.None);

        Assert.Equal("tmpfs", Assert.Single(mounts).Type);
        Assert.Contains("nosuid", mounts[0].Options);
        Assert.True(stillMounted);
        Assert.False(MountTable.IsMounted(path));
    }

    [Fact]
    public async Task Mount_ReadOnlyBind_ShowsTheHostsFilesAndRemovalSparesThem()
    {
        var store = await _fixture.StartAsync();
        var host = Directory.CreateDirectory(Path.Combine(_fixture.Directory, "host")).FullName;
        await File.WriteAllTextAsync(Path.Combine(host, "f"), "1");
        await store.CreateAsync(Optioned("bound", "none", host, "bind,ro"), CancellationToken.None);
        var path = await store.MountAsync("bound", "c1", CancellationToken.None);
        var content = await File.ReadAllTextAsync(Path.Combine(path, "f"));
        var refused = Assert.ThrowsAny<IOException>(() => File.WriteAllText(Path.Combine(path, "g"), "1"));

        // A new run that adopts nobody: the mount is still there when the volume is removed.
        var again = await _fixture.StartAsync();
        await again.RemoveAsync("bound", force: false, CancellationToken.None);

        Assert.Equal("1", content);
        Assert.NotNull(refused);
        Assert.Equal("1", await File.ReadAllTextAsync(Path.Combine(host, "f")));
        Assert.Empty(Directory.GetFileSystemEntries(_fixture.VolumesPath));
    }

    [Fact]
    public async Task Mount_MissingDevice_FailsInDockersWords()
    {
        var store = await _fixture.StartAsync();
        await store.CreateAsync(Optioned("bad", "none", "/nonexistent/dir", "bind"), CancellationToken.None);
        var failure = await Assert.ThrowsAsync<NaruException>(() => store.MountAsync("bad", "c1", CancellationToken.None));

        Assert.StartsWith("error while mounting volume '", failure.Message);
        Assert.EndsWith(": no such file or directory", failure.Message);
    }

    [Fact]
    public async Task Sweep_AfterACrash_UnmountsWhatNobodyAdopted()
    {
        var store = await _fixture.StartAsync();
        await store.CreateAsync(Optioned("mem", "tmpfs", "tmpfs", ""), CancellationToken.None);
        var path = await store.MountAsync("mem", "c1", CancellationToken.None);

        var again = await _fixture.StartAsync();
        await again.SweepAsync(CancellationToken.None);

        Assert.False(MountTable.IsMounted(path));
    }

    [Fact]
    public async Task Subpath_LeadingOut_StaysInside()
    {
        var store = await _fixture.StartAsync();
        var volume = await store.CreateAsync(new VolumeSpec { Name = "sub" }, CancellationToken.None);
        Directory.CreateDirectory(Path.Combine(volume.Path, "etc"));
        File.CreateSymbolicLink(Path.Combine(volume.Path, "out"), "/etc");
        using (var opened = Naru.Containers.Volumes.VolumeSubpath.Open(volume.Path, "out"))
        {
            Assert.Equal(Path.Combine(volume.Path, "etc"), File.ResolveLinkTarget(opened.HostPath, returnFinalTarget: true)!.FullName);
        }

        Assert.Throws<NaruException>(() => Naru.Containers.Volumes.VolumeSubpath.Check("a/../../b"));
        Assert.Throws<NaruException>(() => Naru.Containers.Volumes.VolumeSubpath.Check("/abs"));
        Assert.Equal(ErrorKind.NotFound, Assert.Throws<NaruException>(() => Naru.Containers.Volumes.VolumeSubpath.Open(volume.Path, "no")).Kind);
    }

    private static VolumeSpec Optioned(string name, string type, string device, string words) => new()
    {
        Name = name,
        Options = Map("type", type).Add("device", device).Add("o", words),
    };

    private static ImmutableSortedDictionary<string, string> Map(string key, string value) =>
        ImmutableSortedDictionary<string, string>.Empty.Add(key, value);

    private sealed class ListedUser(string volume, params string[] ids) : IVolumeUser
    {
        public IEnumerable<string> UsersOf(string name) => name == volume ? ids : [];
    }
}
