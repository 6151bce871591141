using Naru.Core.Containers;
using Naru.Core.Errors;

namespace Naru.Containers.Tests.Engine;

public sealed class RunTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Run_Shell_GivesOutputErrorAndExitCode()
    {
        await using var engine = await TestEngine.StartAsync();

        var result = await engine.RunAsync(TestEngine.Shell("echo out; echo err >&2; exit 3"));

        Assert.Equal(("out\n", "err\n", 3), result);
        var container = Assert.Single(engine.Containers.List());
        Assert.Equal((ContainerPhase.Exited, 3, 0), (container.Status.Phase, container.Status.ExitCode, container.Status.Pid));
        Assert.Empty(engine.Snapshots.Mounts);
        Assert.Empty(engine.Sandboxes.Live);
        Assert.Empty(Directory.GetDirectories(engine.Directories.RunPath("containers")));
    }

    [Theory]
    [InlineData("nosuch", 127, "exec: \"nosuch\": executable file not found in $PATH")]
    [InlineData("/nosuch", 127, "exec: \"/nosuch\": stat /nosuch: no such file or directory")]
    [InlineData("/etc", 126, "permission denied")]
    [InlineData("/etc/passwd", 126, "exec: \"/etc/passwd\": permission denied")]
    public async Task Start_NotExecutable_SaysItInDockersWords(string program, int code, string text)
    {
        await using var engine = await TestEngine.StartAsync();
        var spec = TestEngine.Shell("") with { Process = new ProcessSpec { Command = [program] } };
        var container = (await engine.Containers.CreateAsync(spec, "broken", Token)).Container;

        var failure = await Assert.ThrowsAsync<NaruException>(() => engine.Containers.StartAsync("broken", Token));

        Assert.Equal((ErrorKind.InvalidArgument, code), (failure.Kind, failure.ExitCode));
        Assert.Contains("OCI runtime create failed", failure.Message, StringComparison.Ordinal);
        Assert.Contains(text, failure.Message, StringComparison.Ordinal);
        Assert.Equal((ContainerPhase.Created, code), (engine.Containers.Get("broken").Status.Phase, engine.Containers.Get("broken").Status.ExitCode));
        Assert.Empty(engine.Snapshots.Mounts);
    }

    [Fact]
    public async Task Run_AutoRemove_LeavesNothing()
    {
        await using var engine = await TestEngine.StartAsync();

        var result = await engine.RunAsync(TestEngine.Shell("exit 5") with { AutoRemove = true });

        Assert.Equal(5, result.Code);
        Assert.Empty(engine.Containers.List());
        Assert.Empty(Directory.GetDirectories(engine.Directories.DataPath("containers")));
    }

    [Fact]
    public async Task Run_ImageMount_IsReadOnlyAndGoesWithTheContainer()
    {
        await using var engine = await TestEngine.StartAsync();
        var spec = TestEngine.Shell("ls /img/bin/busybox; touch /img/x") with
        {
            Mounts = [new MountSpec { Kind = MountKind.Image, Source = "busybox", Target = "/img" }],
            AutoRemove = true,
        };

        var result = await engine.RunAsync(spec);

        Assert.Equal("/img/bin/busybox\n", result.Output);
        Assert.Contains("Read-only", result.Error, StringComparison.Ordinal);
        Assert.Empty(Directory.GetDirectories(Path.Combine(Path.GetDirectoryName(engine.Directories.Data)!, "roots")));
    }

    [Fact]
    public async Task Run_SharedNamespaces_SeeOneAnother()
    {
        await using var engine = await TestEngine.StartAsync();
        var donor = TestEngine.Shell("echo mine > /dev/shm/f; exec sleep 1000") with { Isolation = new IsolationSpec { IpcMode = "shareable" } };
        await engine.Containers.CreateAsync(donor, "donor", Token);
        await engine.Containers.StartAsync("donor", Token);
        var guest = TestEngine.Shell("cat /dev/shm/f; ps | grep -c 'sleep 1000'") with
        {
            Isolation = new IsolationSpec { IpcMode = "container:donor", PidMode = "container:donor" },
        };

        Assert.Equal(0, (await engine.RunAsync(guest)).Code);
        await engine.Containers.StopAsync("donor", new StopOptions(Timeout: TimeSpan.Zero), Token);

        Assert.Equal(ErrorKind.Conflict, (await Assert.ThrowsAsync<NaruException>(() => engine.RunAsync(guest))).Kind);
    }
}
