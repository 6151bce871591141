using Naru.Containers.Tests.Engine;
using Naru.Core.Containers;
using Naru.Core.Errors;
using Naru.Core.Volumes;

namespace Naru.Containers.Tests.Volumes;

/// <summary>Volumes in real containers.</summary>
public sealed class EngineVolumeTests : IAsyncLifetime
{
    private TestEngine _engine = null!;

    public async ValueTask InitializeAsync() => _engine = await TestEngine.StartAsync();

    public ValueTask DisposeAsync() => _engine.DisposeAsync();

    [Fact]
    public async Task Run_Subpath_ShowsItAloneAndALinkOutStaysInside()
    {
        var volume = await _engine.Service<IVolumes>().CreateAsync(new VolumeSpec { Name = "parts" }, CancellationToken.None);
        Directory.CreateDirectory(volume.Path + "/a/b");
        Directory.CreateDirectory(volume.Path + "/etc");
        await File.WriteAllTextAsync(volume.Path + "/a/b/f", "inside");
        await File.WriteAllTextAsync(volume.Path + "/etc/mark", "still inside");
        File.CreateSymbolicLink(volume.Path + "/out", "/etc");

        var (output, error, code) = await _engine.RunAsync(TestEngine.Shell("cat /x/f; cat /file; cat /y/mark") with
        {
            Mounts = [Part("a/b", "/x"), Part("a/b/f", "/file"), Part("out", "/y")],
        });

        Assert.Equal(("insideinsidestill inside", "", 0), (output, error, code));
        await Assert.ThrowsAsync<NaruException>(() => _engine.RunAsync(TestEngine.Shell("true") with { Mounts = [Part("missing", "/x")] }));
        var failure = await Assert.ThrowsAsync<NaruException>(() => _engine.RunAsync(TestEngine.Shell("true") with { Mounts = [Part("../up", "/x")] }));
        Assert.Equal(ErrorKind.InvalidArgument, failure.Kind);
    }

    [Fact]
    public async Task Run_VolumeWithOptions_IsMountedForAsLongAsItIsUsed()
    {
        await _engine.Service<IVolumes>().CreateAsync(
            new VolumeSpec { Name = "memory", Options = System.Collections.Immutable.ImmutableSortedDictionary<string, string>.Empty.Add("type", "tmpfs").Add("device", "tmpfs").Add("o", "size=1m") },
            CancellationToken.None);
        var spec = TestEngine.Shell("grep ' /x ' /proc/mounts") with { Mounts = [new MountSpec { Kind = MountKind.Volume, Source = "memory", Target = "/x" }] };
        var (output, _, _) = await _engine.RunAsync(spec);

        Assert.Contains("tmpfs", output);
        Assert.Contains("size=1024k", output);
        Assert.False(Naru.Linux.Mounts.MountTable.IsMounted(_engine.Service<IVolumes>().Get("memory").Path));
    }

    [Fact]
    public async Task Run_BindOfTheHostsRoot_ShowsTheHost()
    {
        var spec = TestEngine.Shell("test -d /host/proc/1 && test -d /host/etc && echo seen") with
        {
            Mounts = [new MountSpec { Kind = MountKind.Bind, Source = "/", Target = "/host", ShortForm = true, ReadOnly = true }],
        };

        Assert.Equal(("seen\n", "", 0), await _engine.RunAsync(spec));
    }

    private static MountSpec Part(string subpath, string target) => new() { Kind = MountKind.Volume, Source = "parts", Target = target, Subpath = subpath };
}
