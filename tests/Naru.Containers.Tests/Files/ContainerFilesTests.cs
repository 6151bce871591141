using System.Formats.Tar;
using System.Text;
using Naru.Containers.Tests.Engine;
using Naru.Core.Containers;
using Naru.Core.Errors;
using Naru.Core.Volumes;
using Naru.Linux.Mounts;
using Naru.Testing;

namespace Naru.Containers.Tests.Files;

/// <summary>Copies in both directions, on running and stopped containers of the real engine.</summary>
public sealed class ContainerFilesTests : IAsyncLifetime
{
    private TestEngine _engine = null!;

    private IContainerFiles Files => _engine.Service<IContainerFiles>();

    public async ValueTask InitializeAsync() => _engine = await TestEngine.StartAsync();

    public ValueTask DisposeAsync() => _engine.DisposeAsync();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Copy_InAndOut_SeesVolumesBindsAndTheRoot(bool running)
    {
        using var bound = new TempDirectory();
        var host = bound.Path;
        var container = await MakeAsync(running, [Mount(MountKind.Volume, "data-vol", "/data"), Mount(MountKind.Bind, host, "/bound")]);

        await PutAsync(container, "/data", File("in-volume", "v"));
        await PutAsync(container, "/bound", File("in-bind", "b"));
        await PutAsync(container, "/tmp", File("in-root", "r"));

        Assert.Equal("v", await System.IO.File.ReadAllTextAsync(_engine.Service<IVolumes>().Get("data-vol").Path + "/in-volume", TestContext.Current.CancellationToken));
        Assert.Equal("b", await System.IO.File.ReadAllTextAsync(host + "/in-bind", TestContext.Current.CancellationToken));
        Assert.Equal(["tmp/", "tmp/in-root=r"], await GetAsync(container, "/tmp"));
        Assert.Equal(["in-volume=v"], await GetAsync(container, "/data/in-volume"));
        AssertNothingAside();
    }

    [Fact]
    public async Task Get_DotAndRootAndLinks_AreNamedAsDockerDoes()
    {
        var container = await MakeAsync(running: false);
        await PutAsync(container, "/home", new PaxTarEntry(TarEntryType.SymbolicLink, "link") { LinkName = "user" }, File("user/f", "1"));

        Assert.Equal(["./", "./f=1"], await GetAsync(container, "/home/user/."));
        Assert.Equal(["user/", "user/f=1"], await GetAsync(container, "/home/../home/user/"));
        Assert.Equal(["link->user"], await GetAsync(container, "/home/link"));
        Assert.Equal(["link/", "link/f=1"], await GetAsync(container, "/home/link/"));
        Assert.Equal(["f=1"], await GetAsync(container, "/home/link/f"));
        var root = await GetAsync(container, "/");
        Assert.Equal("/", root[0]);
        Assert.All(root, name => Assert.StartsWith("/", name));
    }

    [Fact]
    public async Task Stat_Kinds_AreTold()
    {
        var container = await MakeAsync(running: false);
        await PutAsync(
            container,
            "/home",
            new PaxTarEntry(TarEntryType.SymbolicLink, "out") { LinkName = "/../../etc" },
            new PaxTarEntry(TarEntryType.SymbolicLink, "dangling") { LinkName = "../no/where" },
            File("f", "12345"));

        var file = await Files.StatAsync(container, "/home/f", CancellationToken.None);
        var link = await Files.StatAsync(container, "home/out", CancellationToken.None);
        Assert.Equal(("f", 5L, 0x81A4u, ""), (file.Name, file.Size, file.Mode, file.LinkTarget));
        Assert.Equal(("out", "/etc"), (link.Name, link.LinkTarget));
        Assert.Equal("/no/where", (await Files.StatAsync(container, "/home/dangling", CancellationToken.None)).LinkTarget);
        Assert.Equal("/", (await Files.StatAsync(container, "/", CancellationToken.None)).Name);
        await RefusedAsync(ErrorKind.NotFound, $"Could not find the file /nope in container {container.Name}", () => Files.StatAsync(container, "/nope", CancellationToken.None));
        await RefusedAsync(ErrorKind.InvalidArgument, "/home/f/: not a directory", () => Files.StatAsync(container, "/home/f/", CancellationToken.None));
        await RefusedAsync(ErrorKind.InvalidArgument, "invalid path: it holds a zero byte", () => Files.StatAsync(container, "/home/f\0", CancellationToken.None));
    }

    [Fact]
    public async Task Put_ReadOnlyOrWrongPlaces_AreRefusedInDockersWords()
    {
        var readOnly = await MakeAsync(running: false, [Mount(MountKind.Volume, "ro-vol", "/ro") with { ReadOnly = true }, Mount(MountKind.Volume, "rw-vol", "/rw")], readOnlyRoot: true);

        await RefusedAsync(ErrorKind.PermissionDenied, "container rootfs is marked read-only", () => PutAsync(readOnly, "/tmp", File("x", "1")));
        await RefusedAsync(ErrorKind.PermissionDenied, "mounted volume is marked read-only", () => PutAsync(readOnly, "/ro", File("x", "1")));
        await PutAsync(readOnly, "/rw", File("x", "1"));
        await RefusedAsync(ErrorKind.InvalidArgument, "extraction point is not a directory", () => PutAsync(readOnly, "/rw/x", File("x", "1")));
        await RefusedAsync(ErrorKind.NotFound, $"Could not find the file /none in container {readOnly.Name}", () => PutAsync(readOnly, "/none", File("x", "1")));
        AssertNothingAside();
    }

    [Fact]
    public async Task Put_HostileArchives_StayInside()
    {
        var container = await MakeAsync(running: false);
        var marker = Path.Combine(Path.GetTempPath(), "naru-test-escape-" + Guid.NewGuid().ToString("N"));

        await Assert.ThrowsAsync<NaruException>(() => PutAsync(container, "/tmp", File("../../../../../.." + marker, "1")));
        await PutAsync(container, "/tmp", new PaxTarEntry(TarEntryType.SymbolicLink, "l") { LinkName = Path.GetTempPath() }, File("l/" + Path.GetFileName(marker), "1"));

        Assert.False(System.IO.File.Exists(marker));
        Assert.Contains(Path.GetFileName(marker) + "=1", await GetAsync(container, "/tmp/" + Path.GetFileName(marker)));
    }

    [Fact]
    public async Task Put_DirectoryOverFile_IsRefusedWhenAsked()
    {
        var container = await MakeAsync(running: false);
        await PutAsync(container, "/tmp", File("x", "1"));
        var failure = await Assert.ThrowsAsync<NaruException>(() => Files.ExtractAsync(
            container, "/tmp", Archive(new PaxTarEntry(TarEntryType.Directory, "x")), new ExtractOptions(KeepDirectories: true), CancellationToken.None));

        Assert.Equal(ErrorKind.InvalidArgument, failure.Kind);
        Assert.Equal(["x=1"], await GetAsync(container, "/tmp/x"));
    }

    [Fact]
    public async Task Put_Owners_AreTheArchivesOrTheContainersUser()
    {
        var container = await MakeAsync(running: false, user: "12:34");
        var entry = File("x", "1");
        (entry.Uid, entry.Gid) = (55, 66);
        await PutAsync(container, "/tmp", entry);
        Assert.Equal((55, 66), await OwnerAsync(container, "/tmp/x"));

        await Files.ExtractAsync(container, "/tmp", Archive(entry), new ExtractOptions(ToContainerUser: true), CancellationToken.None);
        Assert.Equal((12, 34), await OwnerAsync(container, "/tmp/x"));
    }

    [Fact]
    public async Task Get_RootOfARunningContainer_LeavesOutWhatTheKernelMakesUp()
    {
        var container = await MakeAsync(running: true);
        var names = await GetAsync(container, "/");

        Assert.Contains("/bin/", names);
        Assert.DoesNotContain(names, name => name.StartsWith("/proc/", StringComparison.Ordinal) && name.Length > 6);
    }

    [Fact]
    public async Task Copy_WhileLinksAreSwapped_NeverLeavesTheContainer()
    {
        var container = await MakeAsync(running: true);
        var root = Path.Combine($"/proc/{container.Status.Pid}/root", "tmp");
        using var aside = new TempDirectory();
        var outside = aside.Path;
        await System.IO.File.WriteAllTextAsync(outside + "/secret", "host");
        Directory.CreateDirectory(root + "/real");
        using var stop = new CancellationTokenSource();
        var swapping = Task.Run(() =>
        {
            while (!stop.IsCancellationRequested)
            {
                Directory.CreateDirectory(root + "/d");
                Directory.Delete(root + "/d", recursive: true);
                System.IO.File.CreateSymbolicLink(root + "/d", outside);
                System.IO.File.Delete(root + "/d");
            }
        });

        for (var attempt = 0; attempt < 40; attempt++)
        {
            try
            {
                await PutAsync(container, "/tmp/d", File("planted", "1"));
            }
            catch (NaruException failure) when (failure.Kind is ErrorKind.NotFound or ErrorKind.InvalidArgument)
            {
                // The place was just being swapped.
            }

            try
            {
                Assert.DoesNotContain(await GetAsync(container, "/tmp/d/secret"), name => name.Contains("host", StringComparison.Ordinal));
            }
            catch (NaruException failure) when (failure.Kind is ErrorKind.NotFound or ErrorKind.InvalidArgument)
            {
                // It is not there, as it must be.
            }
        }

        await stop.CancelAsync();
        await Task.WhenAny(swapping);
        Assert.Equal(["secret"], Directory.GetFiles(outside).Select(Path.GetFileName));
    }

    [Fact]
    public async Task Start_AfterAKillInTheMiddleOfACopy_TakesTheMountsOff()
    {
        var container = await MakeAsync(running: false, [Mount(MountKind.Volume, "left-vol", "/data")]);
        var view = await _engine.Service<Naru.Containers.Files.ContainerViews>().OpenAsync(container, CancellationToken.None);
        await PutAsync(container, "/data", File("precious", "1"));
        Assert.True(view.Root.Exists("/data/precious"));

        _engine.Service<Naru.Containers.Files.ContainerViews>().Sweep();

        AssertNothingAside();
        Assert.True(System.IO.File.Exists(_engine.Service<IVolumes>().Get("left-vol").Path + "/precious"));
        view.Root.Dispose();
    }

    [Fact]
    public async Task Export_Root_HasNoMounts()
    {
        var container = await MakeAsync(running: false, [Mount(MountKind.Volume, "ex-vol", "/data")]);
        await PutAsync(container, "/data", File("in-volume", "v"));
        await PutAsync(container, "/tmp", File("in-root", "r"));
        var archive = new MemoryStream();
        await Files.ExportAsync(container, archive, CancellationToken.None);
        var names = Read(archive);

        Assert.Contains("tmp/in-root=r", names);
        Assert.Contains("bin/", names);
        Assert.DoesNotContain("data/in-volume=v", names);
    }

    private static MountSpec Mount(MountKind kind, string source, string target) => new() { Kind = kind, Source = source, Target = target };

    private static PaxTarEntry File(string name, string content) =>
        new(TarEntryType.RegularFile, name) { DataStream = new MemoryStream(Encoding.UTF8.GetBytes(content)) };

    private static MemoryStream Archive(params PaxTarEntry[] entries)
    {
        var stream = new MemoryStream();
        using (var writer = new TarWriter(stream, leaveOpen: true))
        {
            foreach (var entry in entries)
            {
                entry.DataStream?.Seek(0, SeekOrigin.Begin);
                writer.WriteEntry(entry);
            }
        }

        stream.Position = 0;
        return stream;
    }

    private static List<string> Read(MemoryStream archive)
    {
        archive.Position = 0;
        var names = new List<string>();
        using var reader = new TarReader(archive);
        while (reader.GetNextEntry(copyData: true) is { } entry)
        {
            names.Add(entry.EntryType switch
            {
                TarEntryType.SymbolicLink => $"{entry.Name}->{entry.LinkName}",
                TarEntryType.RegularFile when entry.Length < 100 => $"{entry.Name}={(entry.DataStream is { } data ? new StreamReader(data).ReadToEnd() : "")}",
                _ => entry.Name,
            });
        }

        return names;
    }

    private static async Task RefusedAsync(ErrorKind kind, string message, Func<Task> act)
    {
        var failure = await Assert.ThrowsAsync<NaruException>(act);
        Assert.Equal((kind, message), (failure.Kind, failure.Message));
    }

    private async Task<Container> MakeAsync(bool running, MountSpec[]? mounts = null, bool readOnlyRoot = false, string? user = null)
    {
        var spec = TestEngine.Shell("sleep 1000");
        spec = spec with
        {
            Mounts = [.. mounts ?? []],
            Isolation = spec.Isolation with { ReadOnlyRoot = readOnlyRoot },
            Process = spec.Process with { User = user },
        };
        var made = await _engine.Containers.CreateAsync(spec, null, CancellationToken.None);
        if (running)
        {
            await _engine.Containers.StartAsync(made.Container.Id.Value, CancellationToken.None);
        }

        return _engine.Containers.Get(made.Container.Id.Value);
    }

    private Task PutAsync(Container container, string path, params PaxTarEntry[] entries) =>
        Files.ExtractAsync(container, path, Archive(entries), new ExtractOptions(), CancellationToken.None);

    private async Task<List<string>> GetAsync(Container container, string path)
    {
        var archive = await Files.OpenArchiveAsync(container, path, CancellationToken.None);
        var stream = new MemoryStream();
        await archive.CopyToAsync(stream, CancellationToken.None);
        return Read(stream);
    }

    private async Task<(int, int)> OwnerAsync(Container container, string path)
    {
        var archive = await Files.OpenArchiveAsync(container, path, CancellationToken.None);
        var stream = new MemoryStream();
        await archive.CopyToAsync(stream, CancellationToken.None);
        stream.Position = 0;
        using var reader = new TarReader(stream);
        var entry = reader.GetNextEntry()!;
        return (entry.Uid, entry.Gid);
    }

    private void AssertNothingAside()
    {
        var aside = _engine.Directories.RunPath("files");
        Assert.DoesNotContain(MountTable.Read(), mount => mount.Target.StartsWith(aside, StringComparison.Ordinal));
        Assert.Empty(Directory.Exists(aside) ? Directory.GetDirectories(aside) : []);
    }
}
