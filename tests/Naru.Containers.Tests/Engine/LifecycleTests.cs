using Naru.Core.Containers;
using Naru.Core.Errors;
using Naru.Core.Units;
using Naru.Testing.Running;

namespace Naru.Containers.Tests.Engine;

public sealed class LifecycleTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Stop_TrappingProcess_EndsInDockersOrderOfEvents()
    {
        await using var engine = await TestEngine.StartAsync();
        await using var log = new EventLog(engine.Events);
        await engine.Containers.CreateAsync(TestEngine.Shell("trap 'exit 7' TERM; touch /ready; while true; do sleep 0.05; done"), "c1", Token);
        await engine.Containers.StartAsync("c1", Token);
        await engine.FileAppearsAsync("c1", "ready");

        await engine.Containers.StopAsync("c1", new StopOptions(), Token);

        Assert.Equal((ContainerPhase.Exited, 7, true), (Status(engine).Phase, Status(engine).ExitCode, Status(engine).StoppedByUser));
        await log.WaitForAsync("stop");
        Assert.Equal(["create", "start", "kill", "die", "stop"], log.ContainerActions);
        Assert.Equal("7", log.All.Single(static happened => happened.Action == "die").Attributes["exitCode"]);
        var again = await Assert.ThrowsAsync<NaruException>(() => engine.Containers.StopAsync("c1", new StopOptions(), Token));
        Assert.Equal(ErrorKind.NotModified, again.Kind);
    }

    [Fact]
    public async Task Stop_ProcessThatIgnores_IsKilledAfterTheTimeout()
    {
        await using var engine = await TestEngine.StartAsync();
        await engine.Containers.CreateAsync(TestEngine.Shell("trap '' TERM; while true; do sleep 0.05; done"), "c1", Token);
        await engine.Containers.StartAsync("c1", Token);

        await engine.Containers.StopAsync("c1", new StopOptions(Timeout: TimeSpan.FromMilliseconds(300)), Token);

        Assert.Equal(137, Status(engine).ExitCode);
    }

    [Fact]
    public async Task Restart_Running_GetsAnotherProcess()
    {
        await using var engine = await TestEngine.StartAsync();
        await engine.Containers.CreateAsync(TestEngine.Shell("exec sleep 1000"), "c1", Token);
        await engine.Containers.StartAsync("c1", Token);
        var first = Status(engine).Pid;

        await engine.Containers.RestartAsync("c1", new StopOptions(Timeout: TimeSpan.Zero), Token);

        Assert.NotEqual(first, Status(engine).Pid);
        Assert.Equal((ContainerPhase.Running, false), (Status(engine).Phase, Status(engine).StoppedByUser));
    }

    [Fact]
    public async Task Pause_ThenKill_DiesAtOnce()
    {
        await using var engine = await TestEngine.StartAsync();
        await engine.Containers.CreateAsync(TestEngine.Shell("exec sleep 1000"), "c1", Token);
        await engine.Containers.StartAsync("c1", Token);
        await engine.Containers.PauseAsync("c1", Token);
        Assert.Equal(ContainerPhase.Paused, Status(engine).Phase);
        Assert.Equal(ErrorKind.Conflict, (await Assert.ThrowsAsync<NaruException>(() => engine.Containers.PauseAsync("c1", Token))).Kind);
        await engine.Containers.UnpauseAsync("c1", Token);
        await engine.Containers.PauseAsync("c1", Token);

        var wait = await engine.Containers.WaitAsync("c1", WaitCondition.NextExit, Token);
        await engine.Containers.KillAsync("c1", "KILL", Token);

        Assert.Equal(137, (await wait).ExitCode);
    }

    [Fact]
    public async Task RestartPolicy_OnFailureTwice_RunsThreeTimes()
    {
        await using var engine = await TestEngine.StartAsync(static options => options.RestartDelay = TimeSpan.FromMilliseconds(10));
        await using var log = new EventLog(engine.Events);
        var spec = TestEngine.Shell("exit 4") with { Restart = new RestartPolicy(RestartWhen.OnFailure, 2) };
        await engine.Containers.CreateAsync(spec, "c1", Token);
        await engine.Containers.StartAsync("c1", Token);

        Assert.Equal(4, (await await engine.Containers.WaitAsync("c1", WaitCondition.NotRunning, Token)).ExitCode);

        await log.WaitForAsync("die", 3);
        Assert.Equal((ContainerPhase.Exited, 2), (Status(engine).Phase, Status(engine).RestartCount));
        Assert.Equal(3, log.ContainerActions.Count(static action => action == "start"));
    }

    [Fact]
    public async Task RestartPolicy_StoppedWhileWaiting_StaysStopped()
    {
        await using var engine = await TestEngine.StartAsync(static options => options.RestartDelay = TimeSpan.FromHours(1));
        await using var log = new EventLog(engine.Events);
        await engine.Containers.CreateAsync(TestEngine.Shell("exit 4") with { Restart = new RestartPolicy(RestartWhen.Always) }, "c1", Token);
        await engine.Containers.StartAsync("c1", Token);
        await log.WaitForAsync("die");
        Assert.Equal(ContainerPhase.Restarting, Status(engine).Phase);

        await engine.Containers.StopAsync("c1", new StopOptions(), Token);

        Assert.Equal(ContainerPhase.Exited, Status(engine).Phase);
    }

    [Fact]
    public async Task Names_TakenRenamedRemoved_AnswerInDockersWords()
    {
        await using var engine = await TestEngine.StartAsync();
        var first = (await engine.Containers.CreateAsync(TestEngine.Shell("true"), "one", Token)).Container;

        var conflict = await Assert.ThrowsAsync<NaruException>(() => engine.Containers.CreateAsync(TestEngine.Shell("true"), "/one", Token));
        Assert.Equal(
            $"Conflict. The container name \"/one\" is already in use by container \"{first.Id}\". You have to remove (or rename) that container to be able to reuse that name.",
            conflict.Message);
        await engine.Containers.RenameAsync("one", "two", Token);
        Assert.Equal(first.Id, engine.Containers.Get("/two").Id);
        Assert.Equal(first.Id, engine.Containers.Get(first.Id.Short).Id);
        Assert.Null(engine.Containers.Find("one"));
        await engine.Containers.RemoveAsync("two", new RemoveOptions(), Token);
        Assert.Equal("No such container: two", Assert.Throws<NaruException>(() => engine.Containers.Get("two")).Message);
        Assert.Empty(Directory.GetDirectories(Path.Combine(Path.GetDirectoryName(engine.Directories.Data)!, "roots")));
    }

    [Fact]
    public async Task Remove_Running_NeedsForce()
    {
        await using var engine = await TestEngine.StartAsync();
        await engine.Containers.CreateAsync(TestEngine.Shell("exec sleep 1000"), "c1", Token);
        await engine.Containers.StartAsync("c1", Token);
        var removed = await engine.Containers.WaitAsync("c1", WaitCondition.Removed, Token);

        Assert.Equal(ErrorKind.Conflict, (await Assert.ThrowsAsync<NaruException>(() => engine.Containers.RemoveAsync("c1", new RemoveOptions(), Token))).Kind);
        await engine.Containers.RemoveAsync("c1", new RemoveOptions(Force: true), Token);

        Assert.Equal(137, (await removed).ExitCode);
        Assert.Empty(engine.Containers.List());
    }

    [Fact]
    public async Task Health_FailingProbe_BecomesUnhealthyAndRestartsWhereAsked()
    {
        await using var engine = await TestEngine.StartAsync();
        await using var log = new EventLog(engine.Events);
        var spec = TestEngine.Shell("trap 'exit 0' TERM; touch /alive; while true; do sleep 0.05; done") with
        {
            HealthCheck = new HealthCheckSpec { Test = ["CMD-SHELL", "echo probed; test -e /alive"], Interval = TimeSpan.FromMilliseconds(50), Retries = 2 },
            Labels = TestEngine.Shell("").Labels.Add("naru.restart-unhealthy", "true"),
        };
        var id = (await engine.Containers.CreateAsync(spec, "c1", Token)).Container.Id.Value;
        await engine.Containers.StartAsync("c1", Token);
        await log.WaitForAsync("health_status: healthy");
        Assert.Equal("probed\n", Status(engine).Health!.Log[^1].Output);

        File.Delete(Path.Combine(engine.Snapshots.PathsOf(id).Upper, "alive"));
        await log.WaitForAsync("health_status: unhealthy");
        await log.WaitForAsync("start", 2);
        await log.WaitForAsync("health_status: healthy", 2);

        Assert.False(Status(engine).StoppedByUser);
    }

    [Fact]
    public async Task Memory_UsedUp_TellsOomBeforeDie()
    {
        await using var engine = await TestEngine.StartAsync();
        await using var log = new EventLog(engine.Events);
        var spec = TestEngine.Shell("tail /dev/zero");
        spec = spec with { Process = spec.Process with { Command = ["tail", "/dev/zero"] }, Resources = new ResourceSpec { Memory = ByteSize.FromMebibytes(12), MemorySwap = ByteSize.FromMebibytes(12) } };

        var result = await engine.RunAsync(spec);

        await log.WaitForAsync("die");
        Assert.Equal(137, result.Code);
        Assert.True(engine.Containers.List()[0].Status.OomKilled);
        Assert.Equal(["create", "attach", "start", "oom", "die"], log.ContainerActions);
    }

    [Fact]
    public async Task Update_Running_ChangesTheGroup()
    {
        await using var engine = await TestEngine.StartAsync();
        var id = (await engine.Containers.CreateAsync(TestEngine.Shell("exec sleep 1000"), "c1", Token)).Container.Id.Value;
        await engine.Containers.StartAsync("c1", Token);

        await engine.Containers.UpdateAsync("c1", new ContainerUpdate { Resources = static spec => spec with { PidsLimit = 55, Memory = ByteSize.FromMebibytes(64) } }, Token);

        Assert.Equal("55", File.ReadAllText($"/sys/fs/cgroup/pids/naru-{engine.Directories.InstanceId}/{id}/pids.max").Trim());
        Assert.Equal("67108864", File.ReadAllText($"/sys/fs/cgroup/memory/naru-{engine.Directories.InstanceId}/{id}/memory.limit_in_bytes").Trim());

        // The start is over before the shell has become what it executes.
        await Eventually.SaysAsync(async () => Assert.Single((await engine.Containers.ProcessesAsync("c1", "", Token)).Rows)[^1], "sleep 1000", "the process table");
    }

    private static ContainerStatus Status(TestEngine engine) => engine.Containers.Get("c1").Status;
}
