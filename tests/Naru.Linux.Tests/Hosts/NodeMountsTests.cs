using Naru.Core.Errors;
using Naru.Core.Hosts;
using Naru.Linux.Hosts;
using Naru.Linux.Mounts;
using Naru.Testing;

namespace Naru.Linux.Tests.Hosts;

public sealed class NodeMountsTests : IDisposable
{
    private readonly TempDirectory _temp = new();
    private readonly NodeMounts _mounts = new();
    private readonly string _volume;
    private readonly string _place;

    public NodeMountsTests()
    {
        _volume = _temp.Sub("volume");
        _place = Path.Combine(_temp.Path, "places", "one");
    }

    public void Dispose()
    {
        Mounter.UnmountTree(_temp.Path);
        _temp.Dispose();
    }

    [Fact]
    public void BindBelow_PathIsMissing_IsMadeAsAccessibleAsTheVolume()
    {
        File.SetUnixFileMode(_volume, (UnixFileMode)0x1FF);

        _mounts.BindBelow(_volume, "a/b", _place);
        File.WriteAllText(Path.Combine(_place, "file"), "x");

        Assert.Equal("x", File.ReadAllText(Path.Combine(_volume, "a/b/file")));
        Assert.Equal((UnixFileMode)0x1FF, File.GetUnixFileMode(Path.Combine(_volume, "a/b")));
    }

    [Fact]
    public void BindBelow_FileThenDirectory_PlaceFollows()
    {
        File.WriteAllText(Path.Combine(_volume, "file"), "x");

        _mounts.BindBelow(_volume, "file", _place);
        Assert.Equal("x", File.ReadAllText(_place));
        _mounts.BindBelow(_volume, "directory", _place);

        Assert.Empty(Directory.EnumerateFileSystemEntries(_place));
        Assert.Single(MountTable.Read(), one => one.Target == _place);
    }

    [Theory]
    [InlineData("/etc")]
    [InlineData("../..")]
    [InlineData("inner/../../outside")]
    public void BindBelow_LinkLeadsOut_IsRefusedAndNothingIsMounted(string target)
    {
        _temp.Sub("outside");
        Directory.CreateDirectory(Path.Combine(_volume, "inner"));
        File.CreateSymbolicLink(Path.Combine(_volume, "link"), target);

        var failure = Assert.Throws<NaruException>(() => _mounts.BindBelow(_volume, "link/deeper", _place));

        Assert.Equal(ErrorKind.InvalidArgument, failure.Kind);
        Assert.False(_mounts.IsMounted(_place));
    }

    [Fact]
    public void BindBelow_LinkStaysInside_IsFollowed()
    {
        Directory.CreateDirectory(Path.Combine(_volume, "real"));
        File.CreateSymbolicLink(Path.Combine(_volume, "link"), "real");

        _mounts.BindBelow(_volume, "link/new", _place);

        Assert.True(Directory.Exists(Path.Combine(_volume, "real/new")));
    }

    [Fact]
    public void BindBelow_NameIsSwappedAfterwards_WhatWasFoundStays()
    {
        Directory.CreateDirectory(Path.Combine(_volume, "name"));
        _mounts.BindBelow(_volume, "name", _place);
        Directory.Move(Path.Combine(_volume, "name"), Path.Combine(_volume, "away"));
        File.CreateSymbolicLink(Path.Combine(_volume, "name"), "/etc");

        Assert.Empty(Directory.EnumerateFileSystemEntries(_place));
    }

    [Fact]
    public void MountMemory_Twice_IsOneMountOfItsSize()
    {
        _mounts.MountMemory(_place, 1 << 20);
        File.WriteAllBytes(Path.Combine(_place, "file"), new byte[1000]);
        _mounts.MountMemory(_place, 1 << 20);

        Assert.Equal(1 << 20, _mounts.SpaceOf(_place).Bytes);
        Assert.Equal((UnixFileMode)0x1FF, File.GetUnixFileMode(_place));
        Assert.True(_mounts.Measure(_place, CancellationToken.None).Bytes is > 1000 and < 10000);
        Assert.Throws<IOException>(() => File.WriteAllBytes(Path.Combine(_place, "large"), new byte[2 << 20]));
    }

    [Fact]
    public void UnmountBelow_SeveralBelowEachOther_TakesAllAndLeavesTheFiles()
    {
        File.WriteAllText(Path.Combine(_volume, "file"), "x");
        _mounts.MountMemory(_place, 0);
        _mounts.Bind(_volume, Path.Combine(_place, "inner"), readOnly: true);
        Assert.Throws<IOException>(() => File.WriteAllText(Path.Combine(_place, "inner/file"), "y"));

        _mounts.UnmountBelow(_temp.Path);

        Assert.DoesNotContain(MountTable.Read(), one => one.Target.StartsWith(_temp.Path, StringComparison.Ordinal));
        Assert.Equal("x", File.ReadAllText(Path.Combine(_volume, "file")));
    }

    [Fact]
    public void ShowFile_GrowsAndIsHidden_DeviceFollows()
    {
        Assert.SkipWhen(!File.Exists("/dev/loop-control"), "this kernel has no loop devices");
        var file = Path.Combine(_volume, "disk");
        var device = _mounts.ShowFile(file, 1 << 20);
        try
        {
            Assert.Equal((device, 1 << 20), (_mounts.ShowFile(file, 1 << 20), SizeOf(device)));
            Assert.Equal((device, 2 << 20), (_mounts.ShowFile(file, 2 << 20), SizeOf(device)));
        }
        finally
        {
            _mounts.HideFile(file);
        }

        Assert.Null(LoopDevices.Find(file));
        _mounts.HideFile(file);

        static int SizeOf(string device) => 512 * int.Parse(File.ReadAllText($"/sys/block/{Path.GetFileName(device)}/size"), System.Globalization.CultureInfo.InvariantCulture);
    }

    [Fact]
    public void Share_Directory_MountsBelowShowElsewhere()
    {
        _mounts.Share(_volume);
        _mounts.Bind(_volume, _place, readOnly: false);
        _mounts.MountMemory(Path.Combine(_volume, "late"), 0);
        File.WriteAllText(Path.Combine(_volume, "late/file"), "x");

        Assert.True(File.Exists(Path.Combine(_place, "late/file")));
    }
}

public sealed class NodeFilesTests : IDisposable
{
    private readonly TempDirectory _temp = new();
    private readonly NodeFiles _files = new();

    public void Dispose() => _temp.Dispose();

    [Fact]
    public void Publish_Changed_SwapsAllAtOnceAndLeavesNothing()
    {
        var place = _temp.Sub("place");
        _files.Publish(place, [File("a", "1"), File("sub/b", "2", 0x100)], null);
        var before = Path.GetFileName(System.IO.File.ResolveLinkTarget(Path.Combine(place, "..data"), false)!.Name);

        Assert.True(_files.Publish(place, [File("a", "3"), File("c", "4")], null));

        Assert.Equal(("3", "4"), (System.IO.File.ReadAllText(Path.Combine(place, "a")), System.IO.File.ReadAllText(Path.Combine(place, "c"))));
        Assert.False(Path.Exists(Path.Combine(place, "sub")));
        Assert.False(Path.Exists(Path.Combine(place, before)));
        Assert.Equal(4, Directory.EnumerateFileSystemEntries(place).Count());
        Assert.False(_files.Publish(place, [File("a", "3"), File("c", "4")], null));
    }

    [Fact]
    public void KindOf_Link_IsWhatItLeadsTo()
    {
        _temp.Sub("real");
        System.IO.File.CreateSymbolicLink(Path.Combine(_temp.Path, "link"), "real");
        System.IO.File.CreateSymbolicLink(Path.Combine(_temp.Path, "dangling"), "none");

        Assert.Equal(
            (NodeFileKind.Directory, NodeFileKind.Missing, NodeFileKind.CharacterDevice),
            (_files.KindOf(Path.Combine(_temp.Path, "link")), _files.KindOf(Path.Combine(_temp.Path, "dangling")), _files.KindOf("/dev/null")));
    }

    [Fact]
    public void GiveToGroup_RootBelongsToIt_IsDoneAgainOnlyIfAsked()
    {
        var place = _temp.Sub("place");
        _files.GiveToGroup(place, 2000, evenIfGiven: false);
        System.IO.File.WriteAllText(Path.Combine(place, "file"), "");
        Linux.Files.RootedDirectory.Open(place).ChangeOwner("file", 0, 0, follow: false);

        _files.GiveToGroup(place, 2000, evenIfGiven: false);
        Assert.Equal(0u, Linux.Files.FileStatus.TryOf(Path.Combine(place, "file"))!.Value.Group);
        _files.GiveToGroup(place, 2000, evenIfGiven: true);

        Assert.Equal(2000u, Linux.Files.FileStatus.TryOf(Path.Combine(place, "file"))!.Value.Group);
    }

    [Fact]
    public async Task CopyTree_HalfACopyIsThere_IsDoneAnewWithEverything()
    {
        var source = _temp.Sub("source");
        System.IO.File.WriteAllText(Path.Combine(source, "file"), "x");
        System.IO.File.SetUnixFileMode(Path.Combine(source, "file"), (UnixFileMode)0x100);
        System.IO.File.CreateSymbolicLink(Path.Combine(source, "link"), "file");
        System.IO.File.WriteAllText(Path.Combine(_temp.Sub("target.part"), "half"), "");

        await _files.CopyTreeAsync(source, Path.Combine(_temp.Path, "target"), CancellationToken.None);

        Assert.Equal(["file", "link"], Directory.EnumerateFileSystemEntries(Path.Combine(_temp.Path, "target")).Select(Path.GetFileName).Order());
        Assert.Equal((UnixFileMode)0x100, System.IO.File.GetUnixFileMode(Path.Combine(_temp.Path, "target/file")));
    }

    private static PublishedFile File(string path, string content, int mode = 0x1A4) => new(path, System.Text.Encoding.UTF8.GetBytes(content), mode);
}
