using Naru.Core.Containers;
using Naru.Linux.Processes;
using Naru.Testing.Running;

namespace Naru.Containers.Tests.Engine;

public sealed class AdoptionTests
{
    private const int Continue = 18;
    private const int Stop = 19;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Adopt_Running_GoesOnWithItsWholeOutput()
    {
        await using var first = await TestEngine.StartAsync();
        await first.Containers.CreateAsync(TestEngine.Shell("trap 'echo bye; exit 3' TERM; echo hi; touch /ready; while true; do sleep 0.05; done"), "c1", Token);
        await first.Containers.StartAsync("c1", Token);
        await first.FileAppearsAsync("c1", "ready");
        var pid = first.Containers.Get("c1").Status.Pid;
        await first.StopAsync();

        await using var second = await first.RestartAsync();
        var adopted = second.Containers.Get("c1");
        Assert.Equal((ContainerPhase.Running, pid), (adopted.Status.Phase, adopted.Status.Pid));
        Assert.Single(second.Sandboxes.Live);
        await using var attachment = await second.Containers.AttachAsync("c1", new AttachOptions { Output = true }, Token);
        await second.Containers.StopAsync("c1", new StopOptions(), Token);

        Assert.Equal("bye\n", (await TestEngine.ReadAllAsync(attachment)).Output);
        Assert.Equal(3, second.Containers.Get("c1").Status.ExitCode);
        Assert.Equal(2, File.ReadAllLines(second.Containers.Get("c1").LogPath).Length);
    }

    [Fact]
    public async Task Adopt_EndedMeanwhile_LearnsTheExitCode()
    {
        await using var first = await TestEngine.StartAsync();
        var container = await StartWaitingAsync(first);
        using var process = ProcessReference.TryOpen(MonitorPid(container))!;
        await first.StopAsync();
        await first.PutFileAsync("c1", "go");
        using var poller = new Naru.Linux.Notify.DescriptorPoller();
        await process.ExitedAsync(poller, Token);

        await using var second = await first.RestartAsync();

        Assert.Equal((ContainerPhase.Exited, 6), (second.Containers.Get("c1").Status.Phase, second.Containers.Get("c1").Status.ExitCode));
        Assert.Empty(Directory.GetDirectories(second.Directories.RunPath("containers")));
    }

    [Fact]
    public async Task Adopt_EndedButNotNotedYet_WaitsForTheExitCode()
    {
        await using var first = await TestEngine.StartAsync();
        var container = await StartWaitingAsync(first);
        using var monitor = ProcessReference.TryOpen(MonitorPid(container))!;
        await first.StopAsync();
        monitor.Signal(Stop);
        await first.PutFileAsync("c1", "go");
        await Eventually.BecomesAsync(() => ProcessReference.StartTicks(container.Status.Pid) is null, "its process ended");

        await using var second = await first.RestartAsync();
        var wait = await second.Containers.WaitAsync("c1", WaitCondition.NotRunning, Token);
        monitor.Signal(Continue);

        Assert.Equal(6, (await wait).ExitCode);
        Assert.Equal((ContainerPhase.Exited, 6), (second.Containers.Get("c1").Status.Phase, second.Containers.Get("c1").Status.ExitCode));
        Assert.Empty(Directory.GetDirectories(second.Directories.RunPath("containers")));
    }

    [Fact]
    public async Task Adopt_AlwaysPolicy_StartsWhatEnded()
    {
        await using var first = await TestEngine.StartAsync();
        await first.Containers.CreateAsync(TestEngine.Shell("exec sleep 1000") with { Restart = new RestartPolicy(RestartWhen.Always) }, "c1", Token);
        await first.Containers.CreateAsync(TestEngine.Shell("exec sleep 1000") with { Restart = new RestartPolicy(RestartWhen.UnlessStopped) }, "c2", Token);
        foreach (var name in (string[])["c1", "c2"])
        {
            await first.Containers.StartAsync(name, Token);
            await first.Containers.StopAsync(name, new StopOptions(Timeout: TimeSpan.Zero), Token);
        }

        await first.StopAsync();

        await using var second = await first.RestartAsync();
        await using var log = new EventLog(second.Events);
        while (!second.Containers.Get("c1").IsLive)
        {
            await Task.Delay(10, Token);
        }

        Assert.Equal(ContainerPhase.Exited, second.Containers.Get("c2").Status.Phase);
    }

    [Fact]
    public async Task Monitor_Killed_ContainerIsEnded()
    {
        await using var engine = await TestEngine.StartAsync();
        await engine.Containers.CreateAsync(TestEngine.Shell("exec sleep 1000"), "c1", Token);
        await engine.Containers.StartAsync("c1", Token);
        var container = engine.Containers.Get("c1");
        var wait = await engine.Containers.WaitAsync("c1", WaitCondition.NextExit, Token);
        using (var monitor = ProcessReference.TryOpen(MonitorPid(container))!)
        {
            monitor.Signal(9);
        }

        Assert.Equal(137, (await wait).ExitCode);
        Assert.Contains("monitor", engine.Containers.Get("c1").Status.Error, StringComparison.Ordinal);
        Assert.Null(ProcessReference.StartTicks(container.Status.Pid));
        Assert.Empty(Directory.GetDirectories(engine.Directories.RunPath("containers")));
    }

    [Fact]
    public async Task Start_CutShort_IsUndoneAtTheNextStart()
    {
        await using var first = await TestEngine.StartAsync();
        await first.Containers.CreateAsync(TestEngine.Shell("exec sleep 1000"), "c1", Token);
        var id = first.Containers.Get("c1").Id.Value;
        await first.StopAsync();
        Directory.CreateDirectory(first.Directories.RunPath("containers", id));
        Directory.CreateDirectory(first.Directories.RunPath("runtime", id));
        await File.WriteAllTextAsync(first.Directories.RunPath("runtime", id, "exec.fifo"), "", Token);
        Directory.CreateDirectory(first.Directories.DataPath("containers", "0123456789012345678901234567890123456789012345678901234567890123"));

        await using var second = await first.RestartAsync();

        Assert.Equal(ContainerPhase.Created, second.Containers.Get("c1").Status.Phase);
        Assert.Empty(Directory.GetDirectories(second.Directories.RunPath("containers")));
        Assert.Single(Directory.GetDirectories(second.Directories.DataPath("containers")));
    }

    // Ends with 6 once there is a file "go".
    private static async Task<Container> StartWaitingAsync(TestEngine engine)
    {
        await engine.Containers.CreateAsync(TestEngine.Shell("while ! test -e /go; do sleep 0.02; done; exit 6"), "c1", Token);
        await engine.Containers.StartAsync("c1", Token);
        return engine.Containers.Get("c1");
    }

    private static int MonitorPid(Container container) => ProcessReference.ParentOf(container.Status.Pid)!.Value;
}
