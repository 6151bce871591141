using Naru.Linux.Files;
using Naru.Testing;

namespace Naru.Linux.Tests.Files;

public sealed class FileToolsTests : IDisposable
{
    private readonly TempDirectory _temp = new();

    public void Dispose() => _temp.Dispose();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Replace_ExistingFile_HasNewContentAndMode(bool durable)
    {
        var path = _temp.Write("file", "old and longer");

        AtomicFile.Replace(path, "new"u8, durable, mode: 0x1A4);

        Assert.Equal("new", File.ReadAllText(path));
        Assert.Equal((UnixFileMode)0x1A4, File.GetUnixFileMode(path));
        Assert.Single(Directory.GetFileSystemEntries(_temp.Path));
    }

    [Fact]
    public void Scattered_OfAFileSystemThatKnowsIt_IsMarked()
    {
        var path = _temp.At("many");
        ScatteredDirectory.Create(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        ScatteredDirectory.Create(path);

        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(path));
        Assert.Equal(new DriveInfo(path).DriveFormat is "ext4" or "ext3" or "ext2", ScatteredDirectory.Is(path));
    }

    [Fact]
    public void FileLock_HeldElsewhere_IsNotTaken()
    {
        var path = _temp.At("lock");
        using (var held = FileLock.TryTake(path))
        {
            Assert.NotNull(held);
            Assert.Null(FileLock.TryTake(path));
        }

        using var again = FileLock.TryTake(path);
        Assert.NotNull(again);
    }

    [Fact]
    public void Measure_HardLinks_CountOnce()
    {
        _temp.Write("tree/a/file", new string('x', 5000));
        using var root = RootedDirectory.Open(_temp.Sub("tree"));
        root.CreateHardLink("b", "a/file");
        root.CreateSymlink("c", "a");

        var size = TreeSize.Measure(_temp.Sub("tree"), default);

        Assert.Equal(5001, size.Bytes);
        Assert.Equal(4, size.Files);
        Assert.True(size.Allocated >= 8192);
    }

    [Fact]
    public void GetSpace_Temp_IsSane()
    {
        FileSystems.Sync(_temp.Path);
        var space = FileSystems.GetSpace(_temp.Path);

        Assert.InRange(space.Available, 1, space.Total);
    }

    [Fact]
    public void UnixTime_BeforeTheEpoch_RoundTrips()
    {
        var time = DateTimeOffset.UnixEpoch.AddSeconds(-1.5);

        Assert.Equal(new(-2, 500_000_000), UnixTime.FromDateTimeOffset(time));
        Assert.Equal(time, UnixTime.FromDateTimeOffset(time).ToDateTimeOffset());
    }
}
