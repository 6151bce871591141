using System.IO.Compression;
using System.Text;
using Naru.Core.Errors;
using Naru.Core.Images;
using Naru.Images.Tests.Support;
using Naru.Linux.Archives;

namespace Naru.Images.Tests.Archives;

public sealed class SaveLoadTests
{
    [Theory]
    [InlineData("plain")]
    [InlineData("gzip")]
    [InlineData("zstd")]
    public async Task Load_WhatWasSaved_GivesTheSameIdsAndBytes(string packing)
    {
        await using var engine = await Engine.StartAsync();
        var image = await MakeImageAsync(engine);
        await engine.Images.TagAsync("base", ImageReference.Parse("localhost:5000/a/b:3"), default);
        var saved = await SaveAsync(engine, "base", "localhost:5000/a/b:3", "top");

        await using var other = await Engine.StartAsync();
        var progress = new ProgressLog();
        await other.Images.LoadAsync(new MemoryStream(Pack(saved, packing)), null, progress, default);

        Assert.Contains("Loaded image: base:latest", progress.Lines);
        Assert.Equal(["base:latest", "localhost:5000/a/b:3"], other.Images.Get("base").Tags);
        Assert.Equal(image.Id, other.Images.Get("top").Id);
        Assert.Equal(image.Size, other.Images.Get("top").Size);
        Assert.Equal(saved, await SaveAsync(other, "base", "localhost:5000/a/b:3", "top"));
        await other.Snapshots.PrepareAsync("one", image.Layers, null, null, default);
        Assert.Equal("committed", File.ReadAllText(Path.Combine(await other.Snapshots.MountAsync("one", default), "file")));
    }

    [Fact]
    public async Task Save_LayerWithNamesTwice_GivesTheSameBytesAgain()
    {
        await using var engine = await Engine.StartAsync();
        var tar = Tars.Of(
            ("a", "first"), ("d/", ""), ("d/x", "in d"), ("a", "second, longer"), ("e", "e"),
            ("d", "a file now"), ("e/", ""), ("e/f", "in e"));
        var image = await engine.Images.ImportAsync(new MemoryStream(tar), new(), ImageReference.Parse("twice"), default);
        Assert.Equal(Digest.Of(tar), image.Layers.DiffIds[0]);

        var saved = await SaveAsync(engine, "twice");

        Assert.NotEqual(-1, saved.AsSpan().IndexOf(tar));
    }

    [Fact]
    public async Task Save_LayerOfTheHostsTar_GivesTheSameBytesAgain()
    {
        await using var engine = await Engine.StartAsync();
        var source = engine.Temp.Sub("source");
        for (var file = 0; file < 300; file++)
        {
            await File.WriteAllTextAsync(Path.Combine(source, new string((char)('a' + (file % 26)), 1 + (file % 120)) + file), new string('x', file * 7));
        }

        var stream = new MemoryStream();
        await System.Formats.Tar.TarFile.CreateFromDirectoryAsync(source, stream, includeBaseDirectory: true);
        var image = await engine.Images.ImportAsync(new MemoryStream(stream.ToArray()), new(), ImageReference.Parse("x"), default);
        await engine.RestartAsync();

        Assert.NotEqual(-1, (await SaveAsync(engine, image.Id.Value)).AsSpan().IndexOf(stream.ToArray()));
    }

    [Fact]
    public async Task Save_FilesChangedOnDisk_IsToldAsLoss()
    {
        await using var engine = await Engine.StartAsync();
        var image = await engine.Images.ImportAsync(new MemoryStream(Tars.Of(("a", "1"))), new(), ImageReference.Parse("x"), default);
        await File.WriteAllTextAsync(Path.Combine(engine.Data, "images/layers", image.Layers.ChainId!.Value.Hex, "diff/a"), "2");

        Assert.Equal(ErrorKind.DataLoss, (await Assert.ThrowsAsync<NaruException>(() => SaveAsync(engine, "x"))).Kind);
    }

    [Fact]
    public async Task Load_OciLayoutWithIndex_TakesThisPlatform()
    {
        await using var engine = await Engine.StartAsync();
        var layer = Tars.Of(("file", "x"));
        var config = Encoding.UTF8.GetBytes($$$"""{"architecture":"{{{Architecture}}}","os":"linux","rootfs":{"type":"layers","diff_ids":["{{{Digest.Of(layer)}}}"]}}""");
        var packed = Pack(layer, "zstd");
        var manifest = Encoding.UTF8.GetBytes(
            $$"""{"schemaVersion":2,"config":{"digest":"{{Digest.Of(config)}}","size":1},"layers":[{"digest":"{{Digest.Of(packed)}}","size":1}]}""");
        var index = Encoding.UTF8.GetBytes(
            $$$"""{"schemaVersion":2,"manifests":[{"digest":"sha256:{{{new string('0', 64)}}}","platform":{"os":"linux","architecture":"none"}},{"digest":"{{{Digest.Of(manifest)}}}","platform":{"os":"linux","architecture":"{{{Architecture}}}"}}]}""");
        var top = Encoding.UTF8.GetBytes(
            $$$"""{"manifests":[{"digest":"{{{Digest.Of(index)}}}","annotations":{"io.containerd.image.name":"docker.io/library/x:1"}}]}""");
        var archive = Archive([("index.json", top), .. new[] { packed, config, manifest, index }.Select(blob => ("blobs/sha256/" + Digest.Of(blob).Hex, blob))]);

        var images = await engine.Images.LoadAsync(new MemoryStream(archive), null, new ProgressLog(), default);

        Assert.Equal(Digest.Of(config), Assert.Single(images).Id);
        Assert.Equal(["x:1"], images[0].Tags);
    }

    [Theory]
    [InlineData("../../../outside")]
    [InlineData("/etc/passwd")]
    [InlineData("link/passwd")]
    [InlineData("missing")]
    [InlineData("directory")]
    public async Task Load_HostilePaths_IsRefusedAndLeavesNothing(string path)
    {
        await using var engine = await Engine.StartAsync();
        var archive = Tars.Of(
            (new() { Name = "link", Kind = TarEntryKind.Symlink, LinkName = "/etc" }, []),
            (new() { Name = "directory", Kind = TarEntryKind.Directory }, []),
            Plain("manifest.json", $$"""[{"Config":"{{path}}","RepoTags":["x:1"],"Layers":["{{path}}"]}]"""));

        var refused = await Assert.ThrowsAsync<NaruException>(() => engine.Images.LoadAsync(new MemoryStream(archive), null, new ProgressLog(), default));

        Assert.Equal(ErrorKind.InvalidArgument, refused.Kind);
        AssertEmpty(engine);
    }

    [Theory]
    [InlineData("not a tar at all, but long enough to be looked at as one")]
    [InlineData("")]
    public async Task Load_Garbage_IsRefused(string garbage)
    {
        await using var engine = await Engine.StartAsync();

        await Assert.ThrowsAsync<NaruException>(
            () => engine.Images.LoadAsync(new MemoryStream(Encoding.UTF8.GetBytes(garbage)), null, new ProgressLog(), default));
        AssertEmpty(engine);
    }

    [Fact]
    public async Task Import_FullDisk_IsToldAndLeavesTheStoreUsable()
    {
        using var temp = new Naru.Testing.TempDirectory();
        Naru.Linux.Mounts.Mounter.Tmpfs(temp.Sub("small"), bytes: 6 << 20);
        try
        {
            await using var engine = await Engine.StartAsync(new() { Limits = new() { FreeSpace = 0 } }, temp.Sub("small"));
            var large = Tars.Of((new TarEntry { Name = "large", Kind = TarEntryKind.Regular, Size = 12_000_000 }, new byte[12_000_000]));

            var refused = await Assert.ThrowsAsync<NaruException>(
                () => engine.Images.ImportAsync(new MemoryStream(large), new(), ImageReference.Parse("large"), default));

            Assert.Equal(ErrorKind.ResourceExhausted, refused.Kind);
            Assert.Contains("no space left on device", refused.Message);
            AssertEmpty(engine);
            await engine.Images.ImportAsync(new MemoryStream(Tars.Of(("a", "1"))), new(), ImageReference.Parse("small"), default);
            await engine.RestartAsync();
            Assert.Single(engine.Images.List());
        }
        finally
        {
            Naru.Linux.Mounts.Mounter.UnmountTree(temp.Path);
        }
    }

    [Fact]
    public async Task Load_HostileOrWrongLayer_IsRefusedAndLeavesNothing()
    {
        await using var engine = await Engine.StartAsync();
        var hostile = Tars.Of(("../evil", "x"));
        await RefusedAsync(engine, hostile, Digest.Of(hostile));
        await RefusedAsync(engine, Tars.Of(("fine", "x")), Digest.Of("other"u8));
        await RefusedAsync(engine, Encoding.ASCII.GetBytes("garbage"), Digest.Of("garbage"u8));
    }

    private static readonly string Architecture =
        System.Runtime.InteropServices.RuntimeInformation.OSArchitecture == System.Runtime.InteropServices.Architecture.Arm64 ? "arm64" : "amd64";

    private static void AssertEmpty(Engine engine)
    {
        Assert.Empty(engine.Images.List());
        Assert.Empty(Directory.GetDirectories(Path.Combine(engine.Data, "images/layers")));
        Assert.Empty(Directory.GetFileSystemEntries(Path.Combine(engine.Data, "images/staging")));
    }

    private static async Task RefusedAsync(Engine engine, byte[] layer, Digest diffId)
    {
        var archive = Archive(
        [
            ("l.tar", layer),
            ("c.json", Encoding.UTF8.GetBytes($$$"""{"architecture":"amd64","os":"linux","rootfs":{"type":"layers","diff_ids":["{{{diffId}}}"]}}""")),
            ("manifest.json", """[{"Config":"c.json","RepoTags":["x:1"],"Layers":["l.tar"]}]"""u8.ToArray()),
        ]);
        var refused = await Assert.ThrowsAsync<NaruException>(() => engine.Images.LoadAsync(new MemoryStream(archive), null, new ProgressLog(), default));
        Assert.Equal(ErrorKind.InvalidArgument, refused.Kind);
        AssertEmpty(engine);
    }

    private static async Task<Image> MakeImageAsync(Engine engine)
    {
        var tar = Tars.Of(("d/", ""), ("d/a", "1"), ("file", "base"));
        var image = await engine.Images.ImportAsync(new MemoryStream(tar), new(), ImageReference.Parse("base"), default);
        await engine.Snapshots.PrepareAsync("build", image.Layers, null, null, default);
        var root = await engine.Snapshots.MountAsync("build", default);
        File.WriteAllText(Path.Combine(root, "file"), "committed");
        File.Delete(Path.Combine(root, "d/a"));
        var chain = await engine.Snapshots.CommitAsync("build", default);
        var top = await engine.Images.CreateAsync(new() { Layers = chain, Parent = image.Id, Author = "me" }, [ImageReference.Parse("top")], default);
        await engine.Snapshots.RemoveAsync("build", default);
        return top;
    }

    private static async Task<byte[]> SaveAsync(Engine engine, params string[] names)
    {
        var stream = new MemoryStream();
        await engine.Images.SaveAsync(names, null, stream, default);
        return stream.ToArray();
    }

    private static byte[] Archive(IEnumerable<(string Name, byte[] Content)> files) =>
        Tars.Of([.. files.Select(file => (new TarEntry { Name = file.Name, Kind = TarEntryKind.Regular, Size = file.Content.Length }, file.Content))]);

    private static (TarEntry, byte[]) Plain(string name, string content)
    {
        var bytes = Encoding.UTF8.GetBytes(content);
        return (new() { Name = name, Kind = TarEntryKind.Regular, Size = bytes.Length }, bytes);
    }

    internal static byte[] Pack(byte[] content, string packing)
    {
        var stream = new MemoryStream();
        using (var packer = packing switch
        {
            "gzip" => (Stream)new GZipStream(stream, CompressionLevel.Fastest, leaveOpen: true),
            "zstd" => new ZstdSharp.CompressionStream(stream, leaveOpen: true),
            _ => new BufferedStream(stream),
        })
        {
            packer.Write(content);
            packer.Flush();
        }

        return stream.ToArray();
    }
}
