using System.Collections.Immutable;
using Naru.Linux.Files;
using Naru.Linux.Mounts;
using Naru.Testing;

namespace Naru.Linux.Tests.Mounts;

public sealed class MountTests : IDisposable
{
    private readonly TempDirectory _temp = new();
    private readonly string _target;

    public MountTests() => _target = _temp.Sub("target");

    public void Dispose()
    {
        Mounter.UnmountTree(_temp.Path);
        _temp.Dispose();
    }

    [Fact]
    public void Overlay_FourHundredLayersWithHostilePaths_ShowsThemInOrder()
    {
        var layers = Enumerable.Range(0, 400).Select(number => _temp.Sub($"a,b:c\\{number}{new string('x', 100)}")).ToImmutableArray();
        File.WriteAllText(Path.Combine(layers[399], "bottom"), "399");
        File.WriteAllText(Path.Combine(layers[399], "file"), "399");
        File.WriteAllText(Path.Combine(layers[0], "file"), "0");

        OverlayMounter.Mount(new() { Lower = layers, Upper = _temp.Sub("up,per"), Work = _temp.Sub("work") }, _target);

        Assert.Equal("399", File.ReadAllText(Path.Combine(_target, "bottom")));
        Assert.Equal("0", File.ReadAllText(Path.Combine(_target, "file")));
        File.Delete(Path.Combine(_target, "bottom"));
        using var upper = RootedDirectory.Open(_temp.Sub("up,per"));
        Assert.True(upper.Stat("bottom").IsWhiteout);
    }

    [Fact]
    public void Overlay_ByOptionsOfOldKernels_MountsManyLayersToo()
    {
        var layers = Enumerable.Range(0, 120).Select(number => _temp.Sub($"a,b:c\\{number}{new string('x', 100)}")).ToImmutableArray();
        File.WriteAllText(Path.Combine(layers[119], "bottom"), "119");

        OverlayMounter.MountByOptions(new() { Lower = layers, Upper = _temp.Sub("up,per"), Work = _temp.Sub("work") }, _target);

        Assert.Equal("119", File.ReadAllText(Path.Combine(_target, "bottom")));
        File.WriteAllText(Path.Combine(_target, "new"), "");
        Assert.True(File.Exists(Path.Combine(_temp.Sub("up,per"), "new")));
    }

    [Fact]
    public void UnmountTree_RecursiveBindOfASharedTree_SparesTheTree()
    {
        var source = _temp.Sub("shared");
        Mounter.Tmpfs(source);
        Mounter.SetPropagation(source, MountPropagation.Shared, recursive: false);
        Mounter.Tmpfs(_temp.Sub("shared/below"));
        Mounter.Tmpfs(_temp.Sub("shared/below/deeper"));
        Mounter.Tmpfs(_temp.Sub("shared/stacked"));
        Mounter.Tmpfs(_temp.Sub("shared/stacked"));
        var before = MountTable.Read().Count(entry => entry.Target.StartsWith(source, StringComparison.Ordinal));
        Mounter.Bind(source, _target, recursive: true);
        Assert.True(MountTable.IsMounted(Path.Combine(_target, "below/deeper")));

        Mounter.UnmountTree(_target);

        Assert.Equal(before, MountTable.Read().Count(entry => entry.Target.StartsWith(source, StringComparison.Ordinal)));
        Assert.DoesNotContain(MountTable.Read(), entry => entry.Target.StartsWith(_target, StringComparison.Ordinal));
    }

    [Fact]
    public void RemoveTree_SomethingMountedBelow_LeavesItAlone()
    {
        var source = _temp.Sub("volume");
        _temp.Write("volume/precious", "x");
        Mounter.Bind(source, _temp.Sub("target/a/b"));
        using var root = RootedDirectory.Open(_temp.Path);

        Assert.Equal(Errno.Busy, Assert.Throws<LinuxException>(() => root.RemoveTree("target")).Errno);

        Assert.True(File.Exists(Path.Combine(source, "precious")));
        Mounter.UnmountTree(_target);
        Assert.True(root.RemoveTree("target"));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Overlay_WithoutUpper_IsReadOnly(int count)
    {
        var layers = Enumerable.Range(0, count).Select(number => _temp.Sub($"lower{number}")).ToImmutableArray();

        OverlayMounter.Mount(new() { Lower = layers }, _target);

        Assert.Throws<IOException>(() => File.WriteAllText(Path.Combine(_target, "x"), ""));
        Assert.True(MountTable.IsMounted(_target));
    }

    [Fact]
    public void Overlay_MissingLayer_MountsNothing()
    {
        var overlay = new OverlayMount { Lower = [_temp.Sub("lower"), _temp.At("none")], Upper = _temp.Sub("upper"), Work = _temp.Sub("work") };

        Assert.Equal(Errno.NotFound, Assert.Throws<LinuxException>(() => OverlayMounter.Mount(overlay, _target)).Errno);
        Assert.False(MountTable.IsMounted(_target));
    }

    [Fact]
    public void Bind_ReadOnlyWithMountsBelow_IsReadOnlyAllTheWay()
    {
        var source = _temp.Sub("source");
        Mounter.Tmpfs(_temp.Sub("source/below"), bytes: 1 << 20);

        Mounter.Bind(source, _target, recursive: true, readOnly: true);

        Assert.Throws<IOException>(() => File.WriteAllText(Path.Combine(_target, "below/x"), ""));
        File.WriteAllText(Path.Combine(source, "below/x"), "");
        Assert.True(File.Exists(Path.Combine(_target, "below/x")));
    }

    [Fact]
    public void SetPropagation_Shared_ShowsInTheTable()
    {
        Mounter.Tmpfs(_target);
        Mounter.SetPropagation(_target, MountPropagation.Private, recursive: false);
        Assert.False(MountTable.Find(_target).IsShared);

        Mounter.SetPropagation(_target, MountPropagation.Shared, recursive: false);
        Assert.True(MountTable.Find(_target).IsShared);
    }

    [Fact]
    public void Unmount_BusyLazily_TakesItOffAndTellsIfThereWasOne()
    {
        Mounter.Tmpfs(_target);
        using var open = File.Create(Path.Combine(_target, "open"));

        Assert.Equal(Errno.Busy, Assert.Throws<LinuxException>(() => Mounter.Unmount(_target)).Errno);
        Assert.True(Mounter.Unmount(_target, lazy: true));
        Assert.False(Mounter.Unmount(_target));
        Assert.False(Mounter.Unmount(_temp.At("nowhere")));
    }

    [Fact]
    public void Parse_EscapedFields_AreDecoded()
    {
        var entry = Assert.Single(MountTable.Parse("36 35 98:0 /mnt\\0401 /mnt\\1342 rw,noatime master:1 shared:2 - ext3 /dev/root rw,errors=continue\n"));

        Assert.Equal("/mnt 1", entry.Root);
        Assert.Equal("/mnt\\2", entry.Target);
        Assert.Equal(["master:1", "shared:2"], entry.Tags);
        Assert.Equal("ext3", entry.Type);
        Assert.Equal(MountFlags.NoAccessTime, entry.Flags);
    }
}
