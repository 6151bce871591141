using Naru.Builds.Contexts;
using Naru.Core.Builds;
using Naru.Core.Errors;
using Naru.Core.Lifetime;
using Naru.Testing;

namespace Naru.Builds.Tests;

public sealed class ContextTests : IDisposable
{
    private readonly TempDirectory _temp = new();
    private readonly ContextStore _store;

    public ContextTests() => _store = new ContextStore(new BuildDirectories(new EngineDirectories(_temp.Sub("data"), _temp.Sub("run"), "01234567")), TimeProvider.System);

    public void Dispose() => _temp.Dispose();

    [Fact]
    public async Task Tell_KnownFile_IsNotAskedForAgain()
    {
        var entry = File("a", 5);
        await using (var first = _store.Open("key"))
        {
            first.Begin();
            Assert.True(first.Tell(entry));
            await WriteAsync(first, "a", "hello");
            first.Complete();
        }

        await using var second = _store.Open("key");
        second.Begin();
        Assert.False(second.Tell(entry));
        Assert.True(second.Tell(entry with { Path = "b" }));
        Assert.True(second.Tell(entry with { ModifiedNanoseconds = 7 }));
    }

    [Fact]
    public async Task Tell_FileCutShort_IsAskedForAgain()
    {
        await using (var first = _store.Open("key"))
        {
            first.Begin();
            first.Tell(File("a", 5));
            await WriteAsync(first, "a", "hel");
        }

        await using var second = _store.Open("key");
        second.Begin();
        Assert.True(second.Tell(File("a", 5)));
    }

    [Fact]
    public async Task Complete_RemovesWhatWasNotTold()
    {
        await using var directory = _store.Open("");
        directory.Begin();
        directory.Tell(new ContextEntry { Path = "d", Mode = 0x41ED });
        directory.Tell(File("d/x", 1));
        await WriteAsync(directory, "d/x", "x");
        directory.Complete();
        directory.Begin();
        directory.Tell(new ContextEntry { Path = "d", Mode = 0x41ED });
        directory.Complete();
        Assert.Empty(Directory.GetFileSystemEntries(Path.Combine(directory.Path, "d")));
    }

    [Theory]
    [InlineData("../x")]
    [InlineData("a/../../x")]
    [InlineData("a//b")]
    [InlineData("")]
    [InlineData("/")]
    public async Task Tell_PathOutside_IsRefused(string path)
    {
        await using var directory = _store.Open("");
        directory.Begin();
        Assert.Equal(ErrorKind.InvalidArgument, Assert.Throws<NaruException>(() => directory.Tell(File(path, 1))).Kind);
    }

    [Fact]
    public async Task Write_ThroughHostileLink_StaysInside()
    {
        await using var directory = _store.Open("");
        directory.Begin();
        directory.Tell(new ContextEntry { Path = "l", Mode = 0xA1FF, LinkTarget = _temp.Path });
        Assert.ThrowsAny<NaruException>(() =>
        {
            directory.Tell(File("l/evil", 1));
            using var file = directory.Write("l/evil");
        });
        Assert.False(System.IO.File.Exists(Path.Combine(_temp.Path, "evil")));
    }

    [Fact]
    public async Task Open_KeyInUse_GivesADirectoryOfItsOwn()
    {
        await using var first = _store.Open("key");
        await using var second = _store.Open("key");
        Assert.NotEqual(first.Path, second.Path);
    }

    private static ContextEntry File(string path, long size) => new() { Path = path, Mode = 0x81A4, Size = size, ModifiedNanoseconds = 1_000_000_005 };

    private static async Task WriteAsync(IContextDirectory directory, string path, string content)
    {
        await using var stream = directory.Write(path);
        await stream.WriteAsync(System.Text.Encoding.UTF8.GetBytes(content));
    }
}
