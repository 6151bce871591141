using Naru.Core.Errors;
using Naru.Linux.Archives;
using Naru.Linux.Files;
using Naru.Testing;

namespace Naru.Linux.Tests.Archives;

/// <summary>Damaged archives are refused or read, but never break the reader or reach outside.</summary>
public sealed class TarFuzzTests
{
    [Fact]
    public async Task Read_DamagedArchives_AreRefusedOrRead()
    {
        var original = Sample();
        var random = new Random(20261123);
        for (var round = 0; round < 6_000; round++)
        {
            await TolerateAsync(() => ReadAsync(Damage(original, random)));
        }
    }

    [Fact]
    public async Task Extract_DamagedArchives_ReachNothingOutside()
    {
        using var temp = new TempDirectory();
        var outside = temp.Write("outside", "untouched");
        var original = Sample();
        var random = new Random(7);
        for (var round = 0; round < 300; round++)
        {
            using (var root = RootedDirectory.Open(temp.Sub("root")))
            using (var extractor = new TarExtractor(root, new() { Whiteouts = WhiteoutForm.Overlay, Limits = Small }))
            {
                await TolerateAsync(() => extractor.ExtractAsync(new MemoryStream(Damage(original, random)), default));
                root.RemoveTree("");
            }

            Assert.Equal(["outside", "root"], Directory.GetFileSystemEntries(temp.Path).Select(Path.GetFileName).Order());
        }

        Assert.Equal("untouched", File.ReadAllText(outside));
    }

    private static TarLimits Small => new() { TotalBytes = 1 << 20, FreeSpace = 0 };

    private static byte[] Sample() => new TarBuilder()
        .Directory("d")
        .File("d/file", new string('x', 700))
        .File(new string('n', 150) + "/한글", "long")
        .Symlink("d/link", "../d/file")
        .HardLink("hard", "d/file")
        .Device("null", 1, 3)
        .File(".wh.gone")
        .Add(TarBuilder.WithAttribute("attributed", "user.x", [1, 2, 3]))
        .Add(new() { Name = "old", Kind = TarEntryKind.Regular, User = 3_000_000, Modified = new(-5, 1) })
        .ToArray();

    /// <summary>Changes a few bytes, mostly in headers, with checksums made right again so that the damage is looked at.</summary>
    private static byte[] Damage(byte[] original, Random random)
    {
        var damaged = (byte[])original.Clone();
        for (var changes = random.Next(1, 6); changes > 0; changes--)
        {
            var block = random.Next(damaged.Length / 512) * 512;
            var at = block + random.Next(512);
            damaged[at] = random.Next(4) switch
            {
                0 => (byte)random.Next(256),
                1 => (byte)"0127/.\0 ="[random.Next(9)],
                2 => (byte)(damaged[at] ^ (1 << random.Next(8))),
                _ => (byte)"xgLKSDV1234567"[random.Next(14)],
            };
            if (damaged.AsSpan(block + 257, 5).SequenceEqual("ustar"u8))
            {
                Sum(damaged.AsSpan(block, 512));
            }
        }

        return random.Next(5) == 0 ? damaged[..random.Next(damaged.Length)] : damaged;
    }

    private static void Sum(Span<byte> header)
    {
        header.Slice(148, 8).Fill((byte)' ');
        var sum = 0;
        foreach (var part in header)
        {
            sum += part;
        }

        System.Text.Encoding.ASCII.GetBytes(Convert.ToString(sum, 8).PadLeft(6, '0') + "\0").CopyTo(header[148..]);
    }

    private static async Task TolerateAsync(Func<Task> action)
    {
        try
        {
            await action();
        }
        catch (NaruException refused) when (refused.Kind == ErrorKind.InvalidArgument)
        {
        }
    }

    private static async Task ReadAsync(byte[] archive)
    {
        using var reader = new TarReader(new MemoryStream(archive), Small);
        while (await reader.NextAsync(default) is not null)
        {
            while ((await reader.ReadAsync(default)).Length > 0)
            {
            }
        }
    }
}
