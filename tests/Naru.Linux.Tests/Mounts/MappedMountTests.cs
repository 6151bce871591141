using Naru.Core.Containers;
using Naru.Linux.Archives;
using Naru.Linux.Files;
using Naru.Linux.Mounts;
using Naru.Linux.Namespaces;
using Naru.Testing;

namespace Naru.Linux.Tests.Mounts;

/// <summary>Real user namespaces and the mounts that show files as theirs.</summary>
public sealed class MappedMountTests : IDisposable
{
    private const uint First = 1_879_900_160;
    private static readonly UserMapping Users = new(First, 65536);
    private readonly TempDirectory _temp = new();

    public void Dispose()
    {
        Mounter.UnmountTree(_temp.Path);
        _temp.Dispose();
    }

    [Fact]
    public void Bind_FilesOfSeveralOwners_ShowsAndKeepsThemShifted()
    {
        var (source, target) = (_temp.Sub("source"), _temp.Sub("target"));
        File.WriteAllText(Path.Combine(source, "f"), "x");
        using var real = RootedDirectory.Open(source);
        real.ChangeOwner("f", 5, 6);
        using var owner = UserNamespace.Create(Users);

        MappedMounts.Bind(source, target, owner.Users, recursive: true);

        using var shown = RootedDirectory.Open(target);
        Assert.Equal((First + 5, First + 6), (shown.Stat("f").User, shown.Stat("f").Group));
        Assert.Equal(First, shown.Stat("").User);
        shown.ChangeOwner("f", First + 7, First + 8);
        Assert.Equal((7u, 8u), (real.Stat("f").User, real.Stat("f").Group));

        // Who is none of them can leave nothing there.
        Assert.ThrowsAny<IOException>(() => File.WriteAllText(Path.Combine(target, "new"), ""));
    }

    [Fact]
    public void Bind_AFile_ShowsIt()
    {
        var (source, target) = (_temp.Write("source", "text"), _temp.Write("target", ""));
        using var owner = UserNamespace.Create(Users);

        MappedMounts.Bind(source, target, owner.Users, recursive: false);

        Assert.Equal("text", File.ReadAllText(target));
        Assert.Equal(First, FileStatus.TryOf(target)!.Value.User);
    }

    [Fact]
    public void Bind_FileSystemWithoutOwnersOfItsOwn_IsRefusedAndLeavesNothing()
    {
        var target = _temp.Sub("target");
        using var owner = UserNamespace.Create(Users);

        Assert.Equal(Errno.InvalidArgument, Assert.Throws<LinuxException>(() => MappedMounts.Bind("/proc", target, owner.Users, recursive: false)).Errno);

        Assert.False(MountTable.IsMounted(target));
    }

    [Fact]
    public void Overlay_OverMappedLayers_BelongsToItsUsers()
    {
        var (layer, shown, upper, target) = (_temp.Sub("layer"), _temp.Sub("shown"), _temp.Sub("upper"), _temp.Sub("target"));
        File.WriteAllText(Path.Combine(layer, "f"), "below");
        using var owner = UserNamespace.Create(Users);
        MappedMounts.Bind(layer, shown, owner.Users, recursive: false);
        OverlayMounter.Mount(new() { Lower = [shown], Upper = upper, Work = _temp.Sub("work") }, target);
        Mounter.Unmount(shown, lazy: true);

        using var root = RootedDirectory.Open(target);
        Assert.Equal(First, root.Stat("f").User);
        File.AppendAllText(Path.Combine(target, "f"), "!");

        using var written = RootedDirectory.Open(upper);
        Assert.Equal(First, written.Stat("f").User);
        Assert.Equal("below", File.ReadAllText(Path.Combine(layer, "f")));
        Assert.Equal(0u, FileStatus.TryOf(Path.Combine(layer, "f"))!.Value.User);
    }

    [Fact]
    public async Task Archive_OfShiftedOwners_HoldsThoseInsideAndGivesThemBack()
    {
        var (source, copy) = (_temp.Sub("source"), _temp.Sub("copy"));
        File.WriteAllText(Path.Combine(source, "f"), "x");
        using var real = RootedDirectory.Open(source);
        real.ChangeOwner("f", First + 3, First + 4);
        using var archive = new MemoryStream();

        await new DirectoryArchiver(new() { Users = Users }).WriteAsync(real, "", archive, TestContext.Current.CancellationToken);
        archive.Position = 0;
        using var target = RootedDirectory.Open(copy);
        using (var plain = new TarExtractor(target, new()))
        {
            await plain.ExtractAsync(archive, TestContext.Current.CancellationToken);
        }

        Assert.Equal((3u, 4u), (target.Stat("f").User, target.Stat("f").Group));
        archive.Position = 0;
        using (var mapped = new TarExtractor(target, new() { Users = Users }))
        {
            await mapped.ExtractAsync(archive, TestContext.Current.CancellationToken);
        }

        Assert.Equal((First + 3, First + 4), (target.Stat("f").User, target.Stat("f").Group));
    }
}
