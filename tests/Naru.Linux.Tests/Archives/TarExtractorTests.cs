using System.Text;
using Naru.Core.Errors;
using Naru.Linux.Archives;
using Naru.Linux.Files;
using Naru.Testing;

namespace Naru.Linux.Tests.Archives;

public sealed class TarExtractorTests : IDisposable
{
    private readonly TempDirectory _temp = new();
    private readonly RootedDirectory _root;

    public TarExtractorTests()
    {
        _temp.Write("outside/file", "host");
        _root = RootedDirectory.Open(_temp.Sub("root"));
    }

    public void Dispose()
    {
        _root.Dispose();
        Assert.Equal("host", File.ReadAllText(Path.Combine(_temp.Path, "outside/file")));
        Assert.Equal(["outside/file"], Directory.GetFileSystemEntries(_temp.Sub("outside")).Select(path => Path.GetRelativePath(_temp.Path, path)));
        _temp.Dispose();
    }

    [Theory]
    [InlineData("../outside/file")]
    [InlineData("a/../../outside/file")]
    [InlineData("/../outside/file")]
    [InlineData("./../outside/new")]
    [InlineData("..")]
    public async Task Extract_NameAboveTheTop_IsRefused(string name) =>
        Assert.Contains("outside of its root", (await RefusedAsync(new TarBuilder().File(name, "x"))).Message);

    [Fact]
    public async Task Extract_AbsoluteName_StaysInside()
    {
        await ExtractAsync(new TarBuilder().File(_temp.Path + "/outside/file", "inside"));

        Assert.True(_root.Exists(_temp.Path + "/outside/file"));
    }

    [Fact]
    public async Task Extract_FileThroughLinkToHost_StaysInside()
    {
        await RefusedAsync(new TarBuilder().Symlink("link", _temp.Path + "/outside").File("link/file", "evil"));
        await ExtractAsync(new TarBuilder().Directory("inside").Symlink("fine", "/inside").File("fine/file", "x"));

        Assert.True(_root.Exists("inside/file"));
    }

    [Fact]
    public async Task Extract_FileOverLink_ReplacesTheLink()
    {
        await ExtractAsync(new TarBuilder().Symlink("link", _temp.Path + "/outside/file").File("link", "new"));

        Assert.True(_root.Stat("link", follow: false).IsRegular);
    }

    [Theory]
    [InlineData("../outside")]
    [InlineData("a/../../outside")]
    [InlineData("../../../../../../etc")]
    public async Task Extract_RelativeLinkOutOfTheRoot_LeadsInside(string target)
    {
        await RefusedAsync(new TarBuilder().Symlink("link", target).File("link/file", "evil"));
        await ExtractAsync(new TarBuilder().Directory("a").Directory("outside").Directory("etc").Symlink("link", target).File("link/file", "inside"));

        Assert.True(_root.Exists("outside/file") || _root.Exists("etc/file"));
        Assert.False(File.Exists("/etc/file"));
    }

    [Fact]
    public async Task Extract_HardLinkToHost_IsRefused()
    {
        await RefusedAsync(new TarBuilder().HardLink("link", "../outside/file"));
        await RefusedAsync(new TarBuilder().HardLink("link", _temp.Path + "/outside/file"));
        await RefusedAsync(new TarBuilder().Symlink("up", _temp.Path + "/outside").HardLink("link", "up/file"));
    }

    [Fact]
    public async Task Extract_HardLinkToLink_LinksTheLink()
    {
        await ExtractAsync(new TarBuilder().Symlink("sym", _temp.Path + "/outside/file").HardLink("hard", "sym"));

        Assert.True(_root.Stat("hard", follow: false).IsSymlink);
    }

    [Theory]
    [InlineData(8, 0, true)]
    [InlineData(1, 1, false)]
    [InlineData(0, 0, false)]
    public async Task Extract_DangerousDevice_IsRefused(int major, int minor, bool block) =>
        Assert.Contains("is a device", (await RefusedAsync(new TarBuilder().Device("dev", (uint)major, (uint)minor, block))).Message);

    [Fact]
    public async Task Extract_HarmlessDevice_IsMade()
    {
        await ExtractAsync(new TarBuilder().Device("dev/null", 1, 3));

        Assert.Equal(new DeviceNumber(1, 3), _root.Stat("dev/null").Device);
    }

    [Theory]
    [InlineData("a/.wh.")]
    [InlineData("a/.wh...")]
    [InlineData(".wh..")]
    [InlineData(".wh.a/b")]
    public async Task Extract_WhiteoutOfNothing_IsRefused(string name) => await RefusedAsync(new TarBuilder().File(name), Overlay);

    [Fact]
    public async Task Extract_Whiteouts_TakeOverlayForm()
    {
        await ExtractAsync(
            new TarBuilder().Directory("d").File("d/.wh.gone").File("d/.wh..wh..opq").File("d/kept", "x").File("d/.wh.kept")
                .File(".wh.again").Directory("again").File(".wh..wh.plnk", "aufs"), Overlay);

        Assert.True(_root.Stat("d/gone").IsWhiteout);
        Assert.Equal("y"u8, _root.GetAttribute("d", "trusted.overlay.opaque")!);
        Assert.True(_root.Stat("d/kept").IsRegular);
        Assert.Equal("y"u8, _root.GetAttribute("again", "trusted.overlay.opaque")!);
        Assert.Equal(["again", "d"], _root.List().Select(entry => entry.Name).Order());
    }

    [Fact]
    public async Task Extract_OverlayAttributes_AreLeftOut()
    {
        await ExtractAsync(new TarBuilder()
            .Add(TarBuilder.WithAttribute("a", "trusted.overlay.redirect", "/etc"u8.ToArray()))
            .Add(TarBuilder.WithAttribute("b", "user.fine", "1"u8.ToArray())), Overlay);

        Assert.Null(_root.GetAttribute("a", "trusted.overlay.redirect"));
        Assert.Equal("1"u8, _root.GetAttribute("b", "user.fine")!);
    }

    [Fact]
    public async Task Extract_Metadata_IsKept()
    {
        await ExtractAsync(new TarBuilder()
            .Directory("d", 0x5ED)
            .Add(new() { Name = "d/f", Kind = TarEntryKind.Regular, Permissions = 0x9FF, User = 12, Group = 34, Modified = new(-3, 999_999_999) })
            .Symlink("d/l", "f"), Overlay);

        var file = _root.Stat("d/f");
        Assert.Equal((0x9FFu, 12u, 34u, new UnixTime(-3, 999_999_999)), (file.Permissions, file.User, file.Group, file.Modified));
        Assert.Equal((0x5EDu, new UnixTime(1_000_000_000, 7)), (_root.Stat("d").Permissions, _root.Stat("d").Modified));
    }

    [Fact]
    public async Task Extract_ImpliedDirectories_AreNamed()
    {
        var result = await ExtractAsync(new TarBuilder().File("a/b/c").Directory("a").File("d/e"));

        Assert.Equal(["a/b", "d"], result.ImpliedDirectories);
    }

    [Fact]
    public async Task Extract_KindsThatClash_AreRefusedIfSoAsked()
    {
        _root.CreateDirectory("d");
        _temp.Write("root/f", "x");
        var options = new ExtractionOptions { KeepKinds = true };

        Assert.Contains("cannot overwrite directory", (await RefusedAsync(new TarBuilder().File("d"), options)).Message);
        Assert.Contains("cannot overwrite non-directory", (await RefusedAsync(new TarBuilder().Directory("f"), options)).Message);
        await ExtractAsync(new TarBuilder().File("d").Directory("f"));
        Assert.True(_root.Stat("f").IsDirectory && _root.Stat("d").IsRegular);
    }

    [Fact]
    public async Task Extract_MoreThanTheLimits_IsRefused()
    {
        await RefusedAsync(new TarBuilder().File("a").File("b"), new() { Limits = new() { Entries = 1 } });
        await RefusedAsync(new TarBuilder().File("a", "12345"), new() { Limits = new() { TotalBytes = 4 } });
        await RefusedAsync(new TarBuilder().File("a/b/c/d"), new() { Limits = new() { Depth = 3 } });
        await RefusedAsync(new TarBuilder().File(new string('x', 5000)));
        await RefusedAsync(
            new TarBuilder().File("a", new string('x', 100_000)), new() { Limits = new() { Ratio = 10, RatioFrom = 1000 }, PackedBytes = () => 100 });
    }

    [Fact]
    public async Task Extract_FullDisk_IsToldSo()
    {
        var options = new ExtractionOptions { Limits = new() { FreeSpace = long.MaxValue } };

        Assert.Equal(ErrorKind.ResourceExhausted, (await RefusedAsync(new TarBuilder().File("a", "x"), options)).Kind);
    }

    [Theory]
    [InlineData(24L << 20, (24L << 20) / 50)]
    [InlineData(1L << 40, 64L << 20)]
    public void FreeSpace_ByDefault_LeavesSmallDisksUsable(long total, long kept)
    {
        var space = new FileSystemSpace { Total = total, Free = total, Available = total, Files = 1, FreeFiles = 1 };

        Assert.Equal(kept, new TarLimits().FreeSpaceOn(space));
    }

    [Fact]
    public async Task Extract_HugeClaims_AreRefusedAtOnce()
    {
        foreach (var (type, size) in new[] { ('x', "77777777777"), ('L', "77777777777"), ('0', "77777777777") })
        {
            var header = new TarBuilder().File("a").ToArray()[512..1024];
            var plain = new TarBuilder().Add(new() { Name = "a", Kind = TarEntryKind.Regular }).ToArray()[..512];
            Encoding.ASCII.GetBytes(size).CopyTo(plain, 124);
            plain[156] = (byte)type;
            Sum(plain);
            await Assert.ThrowsAsync<NaruException>(() => ExtractBytesAsync([.. plain, .. header], new() { Limits = new() { TotalBytes = 1 << 20 } }));
        }
    }

    [Fact]
    public async Task Extract_CutOrGarbled_IsRefused()
    {
        var whole = new TarBuilder().File("a", new string('x', 2000)).ToArray();

        await Assert.ThrowsAsync<NaruException>(() => ExtractBytesAsync(whole[..700], new()));
        await Assert.ThrowsAsync<NaruException>(() => ExtractBytesAsync(whole[..1800], new()));
        await Assert.ThrowsAsync<NaruException>(() => ExtractBytesAsync([.. Enumerable.Repeat((byte)'g', 2048)], new()));
    }

    [Fact]
    public async Task Extract_ReplacedFile_IsDisplacedIfSoAsked()
    {
        var aside = _temp.Sub("aside");
        await ExtractAsync(new TarBuilder().File("a", "1").File("a", "2"), new() { Displace = path => Path.Combine(aside, path) });

        Assert.Equal("1", File.ReadAllText(Path.Combine(aside, "a")));
        Assert.Equal("2", File.ReadAllText(_temp.At("root/a")));
    }

    private static ExtractionOptions Overlay => new() { Whiteouts = WhiteoutForm.Overlay };

    private static void Sum(byte[] header)
    {
        header.AsSpan(148, 8).Fill((byte)' ');
        Encoding.ASCII.GetBytes(Convert.ToString(header.Sum(part => (int)part), 8).PadLeft(6, '0') + "\0 ").CopyTo(header, 148);
    }

    private async Task<NaruException> RefusedAsync(TarBuilder tar, ExtractionOptions? options = null) =>
        await Assert.ThrowsAsync<NaruException>(() => ExtractBytesAsync(tar.ToArray(), options ?? new()));

    private async Task<ExtractionResult> ExtractAsync(TarBuilder tar, ExtractionOptions? options = null)
    {
        return await ExtractBytesAsync(tar.ToArray(), options ?? new());
    }

    private async Task<ExtractionResult> ExtractBytesAsync(byte[] tar, ExtractionOptions options)
    {
        using var extractor = new TarExtractor(_root, options);
        return await extractor.ExtractAsync(new MemoryStream(tar), default);
    }
}
