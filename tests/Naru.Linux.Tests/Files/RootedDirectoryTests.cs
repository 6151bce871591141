using Naru.Linux.Files;
using Naru.Testing;

namespace Naru.Linux.Tests.Files;

public sealed class RootedDirectoryTests : IDisposable
{
    private readonly TempDirectory _temp = new();
    private readonly RootedDirectory _root;

    public RootedDirectoryTests() => _root = RootedDirectory.Open(_temp.Sub("root"));

    public void Dispose()
    {
        _root.Dispose();
        _temp.Dispose();
    }

    [Fact]
    public void OpenRead_PathWithParents_StaysInside()
    {
        _temp.Write("secret", "host");
        _temp.Write("root/secret", "inside");

        using var stream = _root.OpenRead("../../a/../secret".Replace("a/../", ""));

        Assert.Equal("inside", new StreamReader(stream).ReadToEnd());
    }

    [Fact]
    public void OpenRead_AbsoluteLink_StaysInside()
    {
        _temp.Write("root/etc/passwd", "inside");
        _root.CreateSymlink("link", "/etc/passwd");

        using var stream = _root.OpenRead("/link");

        Assert.Equal("inside", new StreamReader(stream).ReadToEnd());
    }

    [Fact]
    public void OpenWrite_LinkToHost_MakesTheFileInside()
    {
        var outside = _temp.At("outside");
        _root.CreateSymlink("link", outside);
        _root.CreateDirectories(_temp.Path);

        _root.OpenWrite("link").Dispose();

        Assert.False(File.Exists(outside));
        Assert.True(_root.Exists(outside));
    }

    [Fact]
    public void OpenRead_Fifo_IsRefusedWithoutWaiting()
    {
        _root.CreateNode("fifo", FileKind.Fifo, 0x1A4);

        Assert.Equal(Errno.InvalidArgument, Assert.Throws<LinuxException>(() => _root.OpenRead("fifo")).Errno);
    }

    [Fact]
    public void CreateDirectories_ThroughLinks_StaysInside()
    {
        _root.CreateSymlink("abs", "/real");
        _root.CreateSymlink("up", "../../../../up-target");

        Assert.Equal(2, _root.CreateDirectories("abs/x"));
        Assert.Equal(2, _root.CreateDirectories("up/y"));
        Assert.Equal(0, _root.CreateDirectories("/abs/x/"));

        Assert.True(_root.Stat("real/x", follow: false).IsDirectory);
        Assert.True(_root.Stat("up-target/y", follow: false).IsDirectory);
    }

    [Fact]
    public void CreateDirectories_FileInTheWay_Fails()
    {
        _temp.Write("root/file", "");

        Assert.Throws<LinuxException>(() => _root.CreateDirectories("file/x"));
        Assert.Throws<LinuxException>(() => _root.CreateDirectories("file"));
    }

    [Fact]
    public void CreateDirectories_LinkLoop_Fails()
    {
        _root.CreateSymlink("a", "b");
        _root.CreateSymlink("b", "a");

        Assert.Equal(Errno.Loop, Assert.Throws<LinuxException>(() => _root.CreateDirectories("a/x")).Errno);
    }

    [Fact]
    public void Attributes_OfFileAndLink_AreSetOnTheRightOne()
    {
        _temp.Write("root/file", "x");
        _root.CreateSymlink("link", "file");

        _root.ChangeOwner("link", 7, 8, follow: false);
        _root.ChangeOwner("link", 5, 6);
        _root.ChangeMode("link", 0x9ED);
        _root.SetTimes("link", new(1, 2), new(3, 4), follow: false);
        _root.SetTimes("link", new(5, 6), new(-7, 8));
        _root.SetAttribute("link", "user.naru", "v"u8);
        _root.SetAttribute("link", "trusted.naru", "w"u8, follow: false);

        var file = _root.Stat("file");
        var link = _root.Stat("link", follow: false);
        Assert.Equal((5u, 6u, 0x9EDu), (file.User, file.Group, file.Permissions));
        Assert.Equal((7u, 8u), (link.User, link.Group));
        Assert.Equal(new UnixTime(3, 4), link.Modified);
        Assert.Equal(new UnixTime(-7, 8), file.Modified);
        Assert.Equal("v"u8, _root.GetAttribute("file", "user.naru")!);
        Assert.Equal("w"u8, _root.GetAttribute("link", "trusted.naru", follow: false)!);
        Assert.Null(_root.GetAttribute("file", "user.none"));
        Assert.Contains("trusted.naru", _root.ListAttributes("link", follow: false));
        Assert.DoesNotContain("trusted.naru", _root.ListAttributes("file"));
    }

    [Fact]
    public void Resolve_Link_TellsThePlaceInside()
    {
        _temp.Write("root/a/b", "x");
        _root.CreateSymlink("link", "/a");

        Assert.Equal("/a/b", _root.Resolve("link/b"));
        Assert.Equal("/", _root.Resolve("/../.."));
    }

    [Fact]
    public void Names_ThatAreNoUtf8_SurviveARoundTrip()
    {
        var name = PosixText.Decode([0x66, 0xFF, 0xC3, 0xA9, 0x80]);

        _root.CreateDirectory(name);

        Assert.Equal(name, Assert.Single(_root.List()).Name);
        Assert.Equal([0x66, 0xFF, 0xC3, 0xA9, 0x80], PosixText.Encode(name));
    }

    [Fact]
    public void RemoveTree_DeepTreeWithLinks_RemovesOnlyInside()
    {
        var outside = _temp.Write("outside/file", "x");
        using (var deep = _root.OpenDirectory(""))
        {
            var path = "top";
            for (var depth = 0; depth < 600; depth++, path += "/d")
            {
                deep.CreateDirectory(path);
            }
        }

        _root.CreateSymlink("top/link", Path.GetDirectoryName(outside)!);
        _temp.Write("root/top/file", "x");

        Assert.True(_root.RemoveTree("top"));
        Assert.False(_root.RemoveTree("top"));

        Assert.True(File.Exists(outside));
        Assert.Empty(_root.List());
    }

    [Fact]
    public void Remove_AllKinds_TellsIfThereWasOne()
    {
        _root.CreateDirectory("d");
        _root.CreateNode("null", FileKind.CharacterDevice, 0x1B6, new(1, 3));
        _root.CreateHardLink("null2", "null");

        Assert.Equal(new DeviceNumber(1, 3), _root.Stat("null2").Device);
        Assert.True(_root.Remove("d") && _root.Remove("null") && _root.Remove("null2"));
        Assert.False(_root.Remove("null"));
    }

    [Fact]
    public void Rename_WithoutReplace_KeepsWhatIsThere()
    {
        _temp.Write("root/a", "a");
        _temp.Write("root/b", "b");

        Assert.Equal(Errno.Exists, Assert.Throws<LinuxException>(() => _root.Rename("a", "b", replace: false)).Errno);
        _root.Rename("a", "b");

        Assert.Equal("a", File.ReadAllText(_temp.At("root/b")));
    }
}
