using Naru.Containers.Files;
using Naru.Core.Containers;
using Naru.Core.Images;
using Naru.Linux.Files;
using Naru.Testing;

namespace Naru.Containers.Tests.Files;

public sealed class ChangeFinderTests : IDisposable
{
    private readonly TempDirectory _directory = new();
    private readonly RootedDirectory _upper;
    private readonly RootedDirectory _middle;
    private readonly RootedDirectory _bottom;

    public ChangeFinderTests()
    {
        _upper = RootedDirectory.Open(_directory.Sub("upper"));
        _middle = RootedDirectory.Open(_directory.Sub("middle"));
        _bottom = RootedDirectory.Open(_directory.Sub("bottom"));
    }

    public void Dispose()
    {
        _upper.Dispose();
        _middle.Dispose();
        _bottom.Dispose();
        _directory.Dispose();
    }

    [Fact]
    public void Find_AddedChangedDeleted_AreDockersLetters()
    {
        Put(_bottom, "/etc/old", "1", 100);
        Put(_bottom, "/etc/same", "1", 100);
        Put(_bottom, "/etc/gone", "1", 100);
        Put(_middle, "/usr/x", "1", 100);
        Put(_upper, "/etc/old", "12", 100);
        Put(_upper, "/etc/same", "1", 100);
        Whiteout(_upper, "/etc/gone");
        Put(_upper, "/new/sub/file", "1", 100);

        Assert.Equal(["C /etc", "D /etc/gone", "C /etc/old", "A /new", "A /new/sub", "A /new/sub/file"], Find());
    }

    [Fact]
    public void Find_OnlyMetadata_IsAChange()
    {
        Put(_bottom, "/f", "1", 100);
        Put(_upper, "/f", "1", 100);
        _upper.ChangeMode("/f", 0x1FF);
        _bottom.CreateDirectories("/dir/sub");
        _upper.CreateDirectories("/dir/sub");
        _upper.ChangeOwner("/dir/sub", 7, 7);
        Put(_bottom, "/later", "1", 100);
        Put(_upper, "/later", "1", 200);

        Assert.Equal(["C /dir", "C /dir/sub", "C /f", "C /later"], Find());
    }

    [Fact]
    public void Find_DirectoryReplaced_TellsWhatWentWithIt()
    {
        Put(_bottom, "/d/a", "1", 100);
        Put(_bottom, "/d/b", "1", 100);
        Put(_middle, "/d/c", "1", 100);
        Whiteout(_middle, "/d/b");
        Put(_upper, "/d/c", "1", 100);
        Put(_upper, "/d/n", "1", 100);
        _upper.SetAttribute("/d", "trusted.overlay.opaque", "y"u8);

        Assert.Equal(["C /d", "D /d/a", "A /d/n"], Find());
    }

    [Fact]
    public void Find_KindChanged_IsOneChange()
    {
        Put(_bottom, "/d/inner/file", "1", 100);
        Put(_bottom, "/file", "1", 100);
        Put(_upper, "/d/inner", "now a file", 100);
        _upper.CreateDirectories("/file/sub");
        _upper.SetAttribute("/file", "trusted.overlay.opaque", "y"u8);

        Assert.Equal(["C /d", "C /d/inner", "C /file", "A /file/sub"], Find());
    }

    [Fact]
    public void Find_LayersHideOneAnother()
    {
        Put(_bottom, "/d/x", "1", 100);
        Whiteout(_middle, "/d/x");
        Put(_upper, "/d/x", "1", 100);
        Whiteout(_upper, "/d/never");

        Assert.Equal(["C /d", "A /d/x"], Find());
    }

    [Fact]
    public void Find_PlacesOfMountsAndOfTheStart_AreLeftOut()
    {
        Put(_upper, "/.dockerenv", "", 100);
        Put(_upper, "/etc/hosts", "", 100);
        _upper.CreateDirectories("/proc");
        _upper.CreateDirectories("/data/deep");
        Put(_upper, "/etc/mine", "", 100);

        Assert.Equal(["A /etc", "A /etc/mine"], Find("/data/deep"));
    }

    private static void Put(RootedDirectory root, string path, string content, long seconds)
    {
        root.CreateDirectories(path[..path.LastIndexOf('/')]);
        using (var file = root.OpenWrite(path))
        {
            file.Write(System.Text.Encoding.UTF8.GetBytes(content));
        }

        root.SetTimes(path, new UnixTime(seconds, 0), new UnixTime(seconds, 0));
    }

    private static void Whiteout(RootedDirectory root, string path)
    {
        root.CreateDirectories(path[..path.LastIndexOf('/')]);
        root.CreateNode(path, FileKind.CharacterDevice, 0);
    }

    private IEnumerable<string> Find(params string[] mounts)
    {
        var paths = new SnapshotPaths(Path.Combine(_directory.Path, "upper"), [Path.Combine(_directory.Path, "middle"), Path.Combine(_directory.Path, "bottom")]);
        using var finder = new ChangeFinder(paths, mounts, CancellationToken.None);
        return [.. finder.Find().Select(change => $"{"CAD"[(int)change.Kind]} {change.Path}")];
    }
}
