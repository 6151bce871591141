using Microsoft.Extensions.Logging.Abstractions;
using Naru.Core.Errors;
using Naru.Linux.Archives;
using Naru.Linux.Files;
using Naru.Linux.Notify;
using Naru.Linux.Processes;
using Naru.Testing;

namespace Naru.Linux.Tests.Archives;

public sealed class ArchiveRoundTripTests : IDisposable
{
    private readonly TempDirectory _temp = new();
    private readonly DescriptorPoller _poller = new();
    private readonly ProcessRunner _processes;

    public ArchiveRoundTripTests() => _processes = new(_poller, NullLogger<ProcessRunner>.Instance);

    public void Dispose()
    {
        _poller.Dispose();
        _temp.Dispose();
    }

    [Fact]
    public async Task Archive_TreeOfAllKinds_ComesBackTheSameAndIsDeterministic()
    {
        MakeTree();
        var first = await ArchiveAsync("source", new() { Whiteouts = WhiteoutForm.Overlay });
        await ExtractAsync(first, "copy", new() { Whiteouts = WhiteoutForm.Overlay });
        var second = await ArchiveAsync("copy", new() { Whiteouts = WhiteoutForm.Overlay });

        Assert.Equal(first, second);
        using var copy = RootedDirectory.Open(_temp.Sub("copy"));
        Assert.True(copy.Stat("hard2").IsSameFile(copy.Stat("d/hard1")));
        Assert.Equal("v"u8, copy.GetAttribute("d/hard1", "user.x")!);
        Assert.True(copy.Stat("d/gone").IsWhiteout);
    }

    [Fact]
    public async Task Archive_ReadByTheHostsTar_HoldsTheSame()
    {
        MakeTree();
        await File.WriteAllBytesAsync(_temp.At("a.tar"), await ArchiveAsync("source", new() { TopName = "top" }));

        var result = await _processes.RunAsync(new() { Program = "tar", Arguments = ["-tf", _temp.At("a.tar")] }, default);

        Assert.True(result.Exit.Succeeded, result.Error);
        Assert.Contains("top/d/hard1\n", result.Output);
        Assert.Contains("top/" + LongName + "\n", result.Output);
    }

    [Theory]
    [InlineData("--format=v7")]
    [InlineData("--format=gnu")]
    [InlineData("--format=pax", "--sparse")]
    [InlineData("--format=gnu", "--sparse")]
    [InlineData("--format=pax", "--sparse", "--sparse-version=0.1")]
    [InlineData("--format=pax", "--sparse", "--sparse-version=0.0")]
    public async Task Extract_ArchivesOfTheHostsTar_GiveTheSameFiles(params string[] format)
    {
        _temp.Write("source/file", "content");
        using (var sparse = File.Create(_temp.At("source/sparse")))
        {
            for (var piece = 0; piece < 30; piece++)
            {
                sparse.Position = (piece * 1_000_000L) + 4096;
                sparse.Write("piece"u8);
            }

            sparse.SetLength(40_000_000);
        }

        var result = await _processes.RunAsync(
            new() { Program = "tar", Arguments = [.. format, "-cf", _temp.At("a.tar"), "-C", _temp.Sub("source"), "."] }, default);
        Assert.True(result.Exit.Succeeded, result.Error);

        await ExtractAsync(await File.ReadAllBytesAsync(_temp.At("a.tar")), "copy", new());

        Assert.Equal("content", File.ReadAllText(_temp.At("copy/file")));
        Assert.Equal(await File.ReadAllBytesAsync(_temp.At("source/sparse")), await File.ReadAllBytesAsync(_temp.At("copy/sparse")));
    }

    [Theory]
    [InlineData("gzip", CompressionKind.Gzip)]
    [InlineData("zstd", CompressionKind.Zstd)]
    [InlineData("bzip2", CompressionKind.Bzip2)]
    [InlineData("xz", CompressionKind.Xz)]
    public async Task Decompress_EachPacking_IsToldByItsFirstBytes(string tool, CompressionKind kind)
    {
        var content = new byte[3_000_000];
        new Random(1).NextBytes(content.AsSpan(0, 1_000_000));
        var path = _temp.At("packed");
        await File.WriteAllBytesAsync(path, content);
        using (var output = File.Create(path + ".out"))
        using (var input = File.OpenRead(path))
        {
            var child = _processes.Start(new() { Program = tool, Arguments = ["-c"], Input = input.SafeFileHandle, Output = output.SafeFileHandle });
            Assert.True((await child.Exited).Succeeded);
        }

        var packed = await File.ReadAllBytesAsync(path + ".out");
        Assert.Equal(content, await UnpackAsync(packed, kind));
        await Assert.ThrowsAsync<NaruException>(() => UnpackAsync(packed[..(packed.Length / 2)], kind));
    }

    [Fact]
    public async Task Decompress_Plain_ComesAsItIs()
    {
        Assert.Equal("x"u8.ToArray(), await UnpackAsync("x"u8.ToArray(), CompressionKind.None));
        Assert.Empty(await UnpackAsync([], CompressionKind.None));
    }

    [Fact]
    public async Task Archive_SingleFileUnderAnotherName_HoldsThatName()
    {
        MakeTree();
        await ExtractAsync(await ArchiveAsync("source", new() { TopName = "other" }, "d/hard1"), "copy", new());

        Assert.Equal("hard", File.ReadAllText(_temp.At("copy/other")));
    }

    private const string LongName = "a/b/c/d/eeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee/나루";

    private void MakeTree()
    {
        _temp.Write("source/d/hard1", "hard");
        _temp.Write("source/" + LongName, new string('x', 700_000));
        using var root = RootedDirectory.Open(_temp.Sub("source"));
        root.CreateHardLink("hard2", "d/hard1");
        root.SetAttribute("d/hard1", "user.x", "v"u8);
        root.ChangeOwner("d/hard1", 3_000_000, 77);
        root.CreateSymlink("d/link", "../" + LongName);
        root.CreateNode("d/fifo", FileKind.Fifo, 0x1A4);
        root.CreateNode("d/null", FileKind.CharacterDevice, 0x1B6, new(1, 3));
        root.CreateNode("d/gone", FileKind.CharacterDevice, 0, default);
        root.CreateDirectory("opaque", 0x5F8);
        root.SetAttribute("opaque", "trusted.overlay.opaque", "y"u8);
        root.CreateNode(PosixText.Decode([0x66, 0xFF]), FileKind.Fifo, 0x1A4);
        root.SetTimes("d/hard1", new(1, 0), new(-1, 250_000_000));
    }

    private async Task<byte[]> ArchiveAsync(string directory, ArchivingOptions options, string path = "")
    {
        using var root = RootedDirectory.Open(_temp.Sub(directory));
        var stream = new MemoryStream();
        await new DirectoryArchiver(options).WriteAsync(root, path, stream, default);
        return stream.ToArray();
    }

    private async Task ExtractAsync(byte[] tar, string directory, ExtractionOptions options)
    {
        using var root = RootedDirectory.Open(_temp.Sub(directory));
        using var extractor = new TarExtractor(root, options);
        await extractor.ExtractAsync(new MemoryStream(tar), default);
    }

    private async Task<byte[]> UnpackAsync(byte[] packed, CompressionKind kind)
    {
        await using var stream = await new Decompressor(_processes, _poller).OpenAsync(new MemoryStream(packed), default);
        Assert.Equal(kind, stream.Kind);
        var content = new MemoryStream();
        await stream.CopyToAsync(content);
        return content.ToArray();
    }
}
