using Naru.Core.Volumes;
using Naru.Linux.Files;

namespace Naru.Containers.Tests.Volumes;

public sealed class VolumeCopyUpTests : IDisposable
{
    private readonly VolumeFixture _fixture = new();

    public void Dispose() => _fixture.Dispose();

    [Fact]
    public async Task CopyUp_EmptyVolume_KeepsOwnersModesLinksAndAttributes()
    {
        var image = MakeImage();
        var store = await _fixture.StartAsync();
        var volume = await store.CreateAsync(new VolumeSpec { Name = "vol" }, CancellationToken.None);
        await store.CopyUpAsync("vol", image, "/srv/data", CancellationToken.None);

        using var copied = RootedDirectory.Open(volume.Path);
        Assert.Equal((0x1C0u, 77u, 78u), (copied.Stat("").Permissions, copied.Stat("").User, copied.Stat("").Group));
        Assert.Equal((0x9EDu, 5u), (copied.Stat("prog").Permissions, copied.Stat("prog").User));
        Assert.Equal(new UnixTime(1000, 5), copied.Stat("prog").Modified);
        Assert.True(copied.Stat("prog").IsSameFile(copied.Stat("sub/twin")));
        Assert.Equal("/nowhere", copied.ReadLink("link"));
        Assert.Equal(FileKind.Fifo, copied.Stat("pipe").Kind);
        Assert.Equal(new DeviceNumber(1, 3), copied.Stat("null").Device);
        Assert.Equal("value"u8.ToArray(), copied.GetAttribute("prog", "user.test"));
        Assert.Equal(new string('x', 300_000), await File.ReadAllTextAsync(Path.Combine(volume.Path, "sub/big")));
    }

    [Fact]
    public async Task CopyUp_VolumeEmptiedSince_IsFilledAgain()
    {
        var image = MakeImage();
        var store = await _fixture.StartAsync();
        var volume = await store.CreateAsync(new VolumeSpec { Name = "vol" }, CancellationToken.None);
        await store.CopyUpAsync("vol", image, "/srv/data", CancellationToken.None);
        using (var copied = RootedDirectory.Open(volume.Path))
        {
            copied.RemoveTree("");
        }

        var again = await _fixture.StartAsync();
        await again.CopyUpAsync("vol", image, "/srv/data", CancellationToken.None);

        Assert.True(File.Exists(Path.Combine(volume.Path, "prog")));
    }

    [Fact]
    public async Task CopyUp_CutShort_IsDoneAgain()
    {
        var image = MakeImage();
        var store = await _fixture.StartAsync();
        var volume = await store.CreateAsync(new VolumeSpec { Name = "vol" }, CancellationToken.None);
        var record = Path.Combine(_fixture.VolumesPath, "vol", "volume.json");
        await File.WriteAllTextAsync(record, (await File.ReadAllTextAsync(record)).Replace("\"None\"", "\"Copying\""));
        await File.WriteAllTextAsync(Path.Combine(volume.Path, "prog"), "half");

        var again = await _fixture.StartAsync();
        await again.CopyUpAsync("vol", image, "/srv/data", CancellationToken.None);

        Assert.Equal("program", await File.ReadAllTextAsync(Path.Combine(volume.Path, "prog")));
        Assert.True(File.Exists(Path.Combine(volume.Path, "sub/big")));
    }

    [Theory]
    [InlineData("/missing")]
    [InlineData("/srv/data/prog")]
    public async Task CopyUp_NothingThere_LeavesTheVolumeAlone(string directory)
    {
        var store = await _fixture.StartAsync();
        var volume = await store.CreateAsync(new VolumeSpec { Name = "vol" }, CancellationToken.None);
        await store.CopyUpAsync("vol", MakeImage(), directory, CancellationToken.None);

        Assert.Empty(Directory.GetFileSystemEntries(volume.Path));
    }

    [Fact]
    public async Task CopyUp_FilesInTheVolume_AreKept()
    {
        var store = await _fixture.StartAsync();
        var volume = await store.CreateAsync(new VolumeSpec { Name = "vol" }, CancellationToken.None);
        await File.WriteAllTextAsync(Path.Combine(volume.Path, "mine"), "1");
        await store.CopyUpAsync("vol", MakeImage(), "/srv/data", CancellationToken.None);

        Assert.Equal(["mine"], Directory.GetFileSystemEntries(volume.Path).Select(Path.GetFileName));
    }

    [Fact]
    public async Task CopyUp_ThroughAHostileLink_StaysInTheImage()
    {
        var image = MakeImage();
        File.CreateSymbolicLink(Path.Combine(image, "escape"), "/../../../srv/data");
        var store = await _fixture.StartAsync();
        var volume = await store.CreateAsync(new VolumeSpec { Name = "vol" }, CancellationToken.None);
        await store.CopyUpAsync("vol", image, "/escape", CancellationToken.None);

        Assert.Equal("program", await File.ReadAllTextAsync(Path.Combine(volume.Path, "prog")));
    }

    private string MakeImage()
    {
        var path = Directory.CreateDirectory(Path.Combine(_fixture.Directory, "image")).FullName;
        using var root = RootedDirectory.Open(path);
        root.CreateDirectories("/srv/data/sub");
        File.WriteAllText(Path.Combine(path, "srv/data/prog"), "program");
        File.WriteAllText(Path.Combine(path, "srv/data/sub/big"), new string('x', 300_000));
        root.CreateHardLink("/srv/data/sub/twin", "/srv/data/prog");
        root.CreateSymlink("/srv/data/link", "/nowhere");
        root.CreateNode("/srv/data/pipe", FileKind.Fifo, 0x1A4);
        root.CreateNode("/srv/data/null", FileKind.CharacterDevice, 0x1B6, new DeviceNumber(1, 3));
        root.ChangeOwner("/srv/data/prog", 5, 6);
        root.ChangeMode("/srv/data/prog", 0x9ED);
        root.SetAttribute("/srv/data/prog", "user.test", "value"u8);
        root.SetTimes("/srv/data/prog", new UnixTime(1000, 5), new UnixTime(1000, 5));
        root.ChangeOwner("/srv/data", 77, 78);
        root.ChangeMode("/srv/data", 0x1C0);
        return path;
    }
}
