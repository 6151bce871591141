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
}
