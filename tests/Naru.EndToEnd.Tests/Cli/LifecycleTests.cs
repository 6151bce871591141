using Naru.EndToEnd.Tests.Support;

namespace Naru.EndToEnd.Tests.Cli;

/// <summary>What happens to a container after it was made.</summary>
public sealed class LifecycleTests(Engine engine)
{
    [Fact]
    public async Task StopStartRestart_FollowTheState()
    {
        await using var scene = new Scene(engine.Required());
        var name = await scene.SleeperAsync("life");
        Assert.Equal(name, await engine.DockerOkAsync("stop", name));
        Assert.Equal("exited 137 false", await StateAsync(name));
        Assert.Equal(name, await engine.DockerOkAsync("start", name));
        Assert.Equal("running 0 true", await StateAsync(name));
        Assert.Equal(name, await engine.DockerOkAsync("restart", "-t", "0", name));
        Assert.Equal("running 0 true", await StateAsync(name));
        Assert.Equal(name, await engine.DockerOkAsync("kill", name));
        await engine.DockerOkAsync("wait", name);
        Assert.Equal("exited 137 false", await StateAsync(name));
    }

    [Fact]
    public async Task Stop_CommandHandlesTheSignal_KeepsItsCode()
    {
        await using var scene = new Scene(engine.Required());
        var name = await scene.StartAsync("graceful", [], "sh", "-c", "trap 'exit 5' TERM; echo ready; while :; do sleep 0.05; done");
        await Naru.Testing.Running.Eventually.BecomesAsync(async () => await engine.DockerOkAsync("logs", name) == "ready", "it is ready");
        await engine.DockerOkAsync("stop", name);
        Assert.Equal("exited 5 false", await StateAsync(name));
    }

    [Fact]
    public async Task Pause_FreezesAndUnpauseThaws()
    {
        await using var scene = new Scene(engine.Required());
        var name = await scene.SleeperAsync("frozen");
        await engine.DockerOkAsync("pause", name);
        Assert.Equal("paused 0 true", await StateAsync(name));
        var exec = await engine.DockerAsync("exec", name, "true");
        Assert.NotEqual(0, exec.ExitCode);
        Assert.Contains("is paused, unpause the container before exec", exec.Error, StringComparison.Ordinal);
        await engine.DockerOkAsync("unpause", name);
        Assert.Equal("running 0 true", await StateAsync(name));
    }

    [Fact]
    public async Task Rename_FreesTheOldName()
    {
        await using var scene = new Scene(engine.Required());
        var old = scene.Container("old");
        var fresh = scene.Container("new");
        await engine.DockerOkAsync("create", "--name", old, Engine.Image);
        await engine.DockerOkAsync("rename", old, fresh);
        Assert.Equal("/" + fresh, await engine.DockerOkAsync("inspect", "-f", "{{.Name}}", fresh));
        Assert.Contains($"No such container: {old}", (await engine.DockerAsync("start", old)).Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Update_ChangesTheLimitInside()
    {
        await using var scene = new Scene(engine.Required());
        var name = await scene.SleeperAsync("limited", "--memory", "128m", "--memory-swap", "128m");
        await engine.DockerOkAsync("update", "--memory", "64m", "--memory-swap", "64m", "--restart", "on-failure:3", name);
        Assert.Equal("67108864", await engine.DockerOkAsync("exec", name, "sh", "-c", "cat /sys/fs/cgroup/memory/memory.limit_in_bytes /sys/fs/cgroup/memory.max 2>/dev/null; true"));
        Assert.Equal("67108864 on-failure 3", await engine.DockerOkAsync("inspect", "-f", "{{.HostConfig.Memory}} {{.HostConfig.RestartPolicy.Name}} {{.HostConfig.RestartPolicy.MaximumRetryCount}}", name));
    }

    [Fact]
    public async Task Remove_Running_IsRefusedWithoutForce()
    {
        await using var scene = new Scene(engine.Required());
        var name = await scene.SleeperAsync("busy");
        var refused = await engine.DockerAsync("rm", name);
        Assert.Equal(1, refused.ExitCode);
        Assert.Contains("ou cannot remove a running container", refused.Error.Replace("cannot remove container", "", StringComparison.Ordinal).Replace("container is running", "You cannot remove a running container", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.Equal(name, await engine.DockerOkAsync("rm", "-f", name));
    }

    [Fact]
    public async Task Exec_CodesUserDirectoryAndInput()
    {
        await using var scene = new Scene(engine.Required());
        var name = await scene.SleeperAsync("exec", "-e", "A=outer");
        Assert.Equal(9, (await engine.DockerAsync("exec", name, "sh", "-c", "exit 9")).ExitCode);
        Assert.Equal("1000 /tmp outer inner", await engine.DockerOkAsync("exec", "-u", "1000", "-w", "/tmp", "-e", "B=inner", name, "sh", "-c", "echo $(id -u) $(pwd) $A $B"));
        var fed = await engine.RunAsync(Clients.Docker, ["exec", "-i", name, "wc", "-c"], new byte[100_000]);
        Assert.Equal("100000", fed.Line);
        Assert.InRange((await engine.DockerAsync("exec", name, "nosuchprogram")).ExitCode, 126, 127);
        Assert.Contains("No such container: nosuchcontainer", (await engine.DockerAsync("exec", "nosuchcontainer", "true")).Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Exec_Detached_Runs()
    {
        await using var scene = new Scene(engine.Required());
        var name = await scene.SleeperAsync("detached");
        Assert.Equal("", await engine.DockerOkAsync("exec", "-d", name, "touch", "/done"));
        await Naru.Testing.Running.Eventually.BecomesAsync(async () => (await engine.DockerAsync("exec", name, "test", "-e", "/done")).ExitCode == 0, "the command ran");
    }

    [Fact]
    public async Task Logs_TailTimestampsAndBothStreams()
    {
        await using var scene = new Scene(engine.Required());
        var name = await scene.StartAsync("logger", [], "sh", "-c", "seq 1 10; echo problem >&2");
        await engine.DockerOkAsync("wait", name);
        var all = await engine.DockerAsync("logs", name);
        Assert.Equal(("1\n2\n3\n4\n5\n6\n7\n8\n9\n10\n", "problem\n"), (all.Output, all.Error));
        var tail = await engine.DockerAsync("logs", "--tail", "3", "-t", name);
        Assert.Equal(3, (tail.Output + tail.Error).Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
        Assert.Matches(@"^20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{9}Z (\d+|problem)\n", tail.Output);
        Assert.Equal("", (await engine.DockerAsync("logs", "--since", "2100-01-01", name)).Output);
    }

    [Fact]
    public async Task Logs_Follow_EndsWithTheContainer()
    {
        await using var scene = new Scene(engine.Required());
        var name = await scene.StartAsync("follower", [], "sh", "-c", "for i in 1 2 3 4 5; do echo $i; sleep 0.1; done");
        Assert.Equal("1\n2\n3\n4\n5", await engine.DockerOkAsync("logs", "-f", name));
    }

    [Fact]
    public async Task Top_ListsTheProcesses()
    {
        await using var scene = new Scene(engine.Required());
        var name = await scene.SleeperAsync("top");
        // A started process is for a moment still the runtime's, which is about to execute it.
        string[] lines = [];
        await Naru.Testing.Running.Eventually.BecomesAsync(async () => (lines = (await engine.DockerOkAsync("top", name)).Split('\n')) is [_, var first, ..] && first.EndsWith("sleep 1000", StringComparison.Ordinal), "the process is listed");
        Assert.StartsWith("UID", lines[0], StringComparison.Ordinal);
        Assert.Contains("sleep", await engine.DockerOkAsync("top", name, "-o", "pid,comm"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Stats_OneShot_HasNumbers()
    {
        await using var scene = new Scene(engine.Required());
        var name = await scene.SleeperAsync("stats", "--memory", "64m");
        var line = await engine.DockerOkAsync("stats", "--no-stream", "--format", "{{.Name}}|{{.MemUsage}}|{{.PIDs}}|{{.NetIO}}", name);
        Assert.Matches($@"^{name}\|[\d.]+[kKM]?i?B / 64MiB\|[12]\|[\d.]+[kM]?B / [\d.]+[kM]?B$", line);
    }

    [Fact]
    public async Task Diff_ShowsWhatChanged()
    {
        await using var scene = new Scene(engine.Required());
        var name = await scene.StartAsync("diff", [], "sh", "-c", "echo x >/new; rm /etc/shadow; echo y >>/etc/passwd");
        await engine.DockerOkAsync("wait", name);
        var lines = (await engine.DockerOkAsync("diff", name)).Split('\n').Order(StringComparer.Ordinal);
        Assert.Equal(["A /new", "C /etc", "C /etc/passwd", "D /etc/shadow"], lines);
    }

    [Fact]
    public async Task Copy_InAndOut_KeepsContentAndMode()
    {
        await using var scene = new Scene(engine.Required());
        var name = await scene.SleeperAsync("copy");
        var folder = scene.Folder();
        await File.WriteAllTextAsync($"{folder}/file", "content");
        File.SetUnixFileMode($"{folder}/file", (UnixFileMode)0b110_100_000);
        await engine.DockerOkAsync("cp", $"{folder}/file", $"{name}:/tmp/renamed");
        Assert.Equal("640 content", await engine.DockerOkAsync("exec", name, "sh", "-c", "echo $(stat -c %a /tmp/renamed) $(cat /tmp/renamed)"));
        await engine.DockerOkAsync("cp", $"{name}:/etc", $"{folder}/etc");
        Assert.True(File.Exists($"{folder}/etc/passwd"));
        var missing = await engine.DockerAsync("cp", $"{name}:/nosuchfile", folder);
        Assert.Contains("Could not find the file /nosuchfile in container " + name, missing.Error, StringComparison.Ordinal);
        await engine.DockerOkAsync("stop", name);
        await engine.DockerOkAsync("cp", $"{name}:/tmp/renamed", $"{folder}/back");
        Assert.Equal("content", await File.ReadAllTextAsync($"{folder}/back"));
    }

    [Fact]
    public async Task CommitExportImport_CarryTheFiles()
    {
        await using var scene = new Scene(engine.Required());
        var name = await scene.StartAsync("source", [], "sh", "-c", "echo kept >/kept");
        await engine.DockerOkAsync("wait", name);
        var committed = scene.Image("committed");
        Assert.StartsWith("sha256:", await engine.DockerOkAsync("commit", "-c", "ENV X=y", "-m", "message", name, committed), StringComparison.Ordinal);
        Assert.Equal("kept y", await engine.DockerOkAsync("run", "--rm", committed, "sh", "-c", "echo $(cat /kept) $X"));
        var folder = scene.Folder();
        await engine.DockerOkAsync("export", "-o", $"{folder}/root.tar", name);
        var imported = scene.Image("imported");
        await engine.DockerOkAsync("import", "-c", "CMD [\"cat\",\"/kept\"]", $"{folder}/root.tar", imported);
        Assert.Equal("kept", await engine.DockerOkAsync("run", "--rm", imported));
    }

    [Fact]
    public async Task RestartPolicy_OnFailure_TriesAsOftenAsAsked()
    {
        await using var scene = new Scene(engine.Required());
        var name = await scene.StartAsync("again", ["--restart", "on-failure:2"], "sh", "-c", "echo try; exit 1");
        await Naru.Testing.Running.Eventually.BecomesAsync(async () => await engine.DockerOkAsync("inspect", "-f", "{{.RestartCount}} {{.State.Status}}", name) == "2 exited", "it gave up");
        Assert.Equal("try\ntry\ntry", await engine.DockerOkAsync("logs", name));
    }

    [Fact]
    public async Task HealthCheck_TurnsHealthyAndUnhealthy()
    {
        await using var scene = new Scene(engine.Required());
        var name = await scene.SleeperAsync("health", "--health-cmd", "test ! -e /sick || { echo ill; exit 1; }", "--health-interval", "1s", "--health-retries", "1");
        await Naru.Testing.Running.Eventually.BecomesAsync(async () => await engine.DockerOkAsync("inspect", "-f", "{{.State.Health.Status}}", name) == "healthy", "it is healthy");
        await engine.DockerOkAsync("exec", name, "touch", "/sick");
        await Naru.Testing.Running.Eventually.BecomesAsync(async () => await engine.DockerOkAsync("inspect", "-f", "{{.State.Health.Status}}", name) == "unhealthy", "it is unhealthy");
        Assert.Contains("(unhealthy)", await engine.DockerOkAsync("ps", "--filter", "health=unhealthy", "--format", "{{.Names}} {{.Status}}"), StringComparison.Ordinal);
        Assert.Contains("ill", await engine.DockerOkAsync("inspect", "-f", "{{range .State.Health.Log}}{{.ExitCode}} {{.Output}}{{end}}", name), StringComparison.Ordinal);
    }

    [Fact]
    public async Task OutOfMemory_IsReported()
    {
        await using var scene = new Scene(engine.Required());
        var name = await scene.StartAsync("hungry", ["--memory", "16m", "--memory-swap", "16m"], "sh", "-c", "exec tail /dev/zero");
        Assert.Equal("137", await engine.DockerOkAsync("wait", name));
        Assert.Equal("true", await engine.DockerOkAsync("inspect", "-f", "{{.State.OOMKilled}}", name));
    }

    [Fact]
    public async Task Events_TellTheWholeLife()
    {
        await using var scene = new Scene(engine.Required());
        var name = scene.Container("eventful");
        var since = DateTimeOffset.UtcNow.ToUnixTimeSeconds().ToString(System.Globalization.CultureInfo.InvariantCulture);
        await engine.DockerAsync("run", "--rm", "--name", name, Engine.Image, "sh", "-c", "exit 4");
        await Naru.Testing.Running.Eventually.BecomesAsync(async () => (await engine.Api.GetAsync($"/containers/{name}/json")).Status == 404, "the container is gone");
        var until = (DateTimeOffset.UtcNow.ToUnixTimeSeconds() + 2).ToString(System.Globalization.CultureInfo.InvariantCulture);
        var events = await engine.DockerOkAsync("events", "--since", since, "--until", until, "--filter", "container=" + name, "--format", "{{.Action}} {{.Actor.Attributes.exitCode}}");
        Assert.Equal(["create", "attach", "start", "die 4", "destroy"], events.Split('\n').Select(line => line.Replace("<no value>", "", StringComparison.Ordinal).Trim()));
    }

    [Fact]
    public async Task Prune_TakesStoppedContainersOnly()
    {
        await using var scene = new Scene(engine.Required());
        var label = "prune=" + Guid.NewGuid().ToString("n");
        var stays = await scene.SleeperAsync("stays", "--label", label);
        var goes = scene.Container("goes");
        await engine.DockerOkAsync("create", "--name", goes, "--label", label, Engine.Image);
        var pruned = await engine.DockerOkAsync("container", "prune", "-f", "--filter", "label=" + label);
        Assert.Contains("Deleted Containers:", pruned, StringComparison.Ordinal);
        Assert.Equal(stays, await engine.DockerOkAsync("ps", "-a", "--filter", "label=" + label, "--format", "{{.Names}}"));
    }

    [Fact]
    public async Task List_FiltersAndFormats()
    {
        await using var scene = new Scene(engine.Required());
        var label = "list=" + Guid.NewGuid().ToString("n");
        var running = await scene.SleeperAsync("running", "--label", label);
        var exited = await scene.StartAsync("exited", ["--label", label], "sh", "-c", "exit 2");
        await engine.DockerOkAsync("wait", exited);
        Assert.Equal(running, await engine.DockerOkAsync("ps", "--filter", "label=" + label, "--format", "{{.Names}}"));
        Assert.Equal(exited, await engine.DockerOkAsync("ps", "-a", "--filter", "label=" + label, "--filter", "exited=2", "--format", "{{.Names}}"));
        Assert.Matches(@"^Exited \(2\) .* ago$", await engine.DockerOkAsync("ps", "-a", "--filter", "name=" + exited, "--format", "{{.Status}}"));
        Assert.Matches("^Up .* seconds?$|^Up Less than a second$|^Up About a minute$", await engine.DockerOkAsync("ps", "--filter", "name=" + running, "--format", "{{.Status}}"));
        Assert.Contains("\"sh -c 'exit 2'\"", await engine.DockerOkAsync("ps", "-a", "--filter", "name=" + exited), StringComparison.Ordinal);
    }

    private Task<string> StateAsync(string name) => engine.DockerOkAsync("inspect", "-f", "{{.State.Status}} {{.State.ExitCode}} {{.State.Running}}", name);
}
