using Naru.EndToEnd.Tests.Support;
using Naru.Testing.Running;

namespace Naru.EndToEnd.Tests.Cli;

/// <summary><c>docker run</c> as people type it, with the newest and the oldest command.</summary>
public sealed class RunTests(Engine engine)
{
    public static TheoryData<string> Dockers { get; } = [Clients.Docker, Clients.OldDocker];

    [Theory]
    [MemberData(nameof(Dockers))]
    public async Task Run_Echo_PrintsAndExitsZero(string docker)
    {
        var result = await engine.RunAsync(docker, ["run", "--rm", Engine.Image, "echo", "hello"]);
        Assert.Equal((0, "hello\n", ""), (result.ExitCode, result.Output, result.Error));
    }

    [Theory]
    [InlineData("exit 7", 7)]
    [InlineData("kill -9 $$", 137)]
    [InlineData("kill -TERM $$; sleep 1", 143)]
    public async Task Run_CommandFails_PassesItsCodeOn(string script, int expected)
    {
        var result = await engine.DockerAsync("run", "--rm", "--init", Engine.Image, "sh", "-c", $"sh -c '{script}'");
        Assert.True(expected == result.ExitCode, result.ToString());
    }

    [Fact]
    public async Task Run_NoSuchProgram_Is127()
    {
        var result = await engine.DockerAsync("run", "--rm", Engine.Image, "/no/such/program");
        Assert.True(result.ExitCode == 127 && result.Error.Contains("no such file or directory", StringComparison.Ordinal), result.ToString());
    }

    [Fact]
    public async Task Run_NotOnPath_Is127()
    {
        var result = await engine.DockerAsync("run", "--rm", Engine.Image, "nosuchprogram");
        Assert.True(result.ExitCode == 127 && result.Error.Contains("executable file not found in $PATH", StringComparison.Ordinal), result.ToString());
    }

    [Fact]
    public async Task Run_NotExecutable_Is126()
    {
        var result = await engine.DockerAsync("run", "--rm", Engine.Image, "/etc/passwd");
        Assert.True(result.ExitCode == 126 && result.Error.Contains("permission denied", StringComparison.OrdinalIgnoreCase), result.ToString());
    }

    [Fact]
    public async Task Run_UnknownFlagOfHostConfig_Is125()
    {
        var result = await engine.DockerAsync("run", "--rm", "--network", "nosuchnetwork", Engine.Image, "true");
        Assert.True(result.ExitCode == 125 && result.Error.Contains("network nosuchnetwork not found", StringComparison.Ordinal), result.ToString());
    }

    [Fact]
    public async Task Run_PipedInput_ReachesTheCommandToItsEnd()
    {
        var input = new byte[3_000_000];
        new Random(1).NextBytes(input);
        var result = await engine.RunAsync(Clients.Docker, ["run", "--rm", "-i", Engine.Image, "sha256sum"], input);
        Assert.StartsWith(Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(input)), result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_OutputAndError_ArriveApart()
    {
        var result = await engine.DockerAsync("run", "--rm", Engine.Image, "sh", "-c", "echo out; echo err >&2");
        Assert.Equal(("out\n", "err\n"), (result.Output, result.Error));
    }

    [Fact]
    public async Task Run_LargeOutput_LosesNothing()
    {
        var result = await engine.DockerAsync("run", "--rm", Engine.Image, "sh", "-c", "seq 1 200000");
        Assert.Equal(200000, result.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
        Assert.EndsWith("\n200000\n", result.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--hostname|box", "hostname", "box")]
    [InlineData("--user|1000:50", "id -u; id -g", "1000\n50")]
    [InlineData("--user|nobody", "id -un", "nobody")]
    [InlineData("--workdir|/tmp/new", "pwd", "/tmp/new")]
    [InlineData("-e|A=1|-e|B=x y", "echo $A $B", "1 x y")]
    [InlineData("--add-host|db:10.9.8.7", "grep -w db /etc/hosts | tr '\\t' ' '", "10.9.8.7 db")]
    [InlineData("--dns|9.9.9.9|--dns-search|example.org|--network|none", "cat /etc/resolv.conf | grep -v '^#' | sort | tr '\\n' ' '", "nameserver 9.9.9.9 search example.org")]
    [InlineData("--tmpfs|/scratch:size=1m", "df -k /scratch | tail -1 | awk '{print $2}'", "1024")]
    [InlineData("--read-only", "touch /x 2>/dev/null || echo refused", "refused")]
    [InlineData("--cap-drop|ALL", "grep CapEff /proc/self/status | cut -f2", "0000000000000000")]
    [InlineData("", "grep CapEff /proc/self/status | cut -f2", "00000000a80425fb")]
    [InlineData("--security-opt|no-new-privileges", "grep NoNewPrivs /proc/self/status | cut -f2", "1")]
    [InlineData("", "grep Seccomp: /proc/self/status | cut -f2", "2")]
    [InlineData("--memory|64m", "cat /sys/fs/cgroup/memory/memory.limit_in_bytes /sys/fs/cgroup/memory.max 2>/dev/null", "67108864")]
    [InlineData("--pids-limit|33", "cat /sys/fs/cgroup/pids/pids.max /sys/fs/cgroup/pids.max 2>/dev/null", "33")]
    [InlineData("--ulimit|nofile=512:600", "ulimit -n; ulimit -Hn", "512\n600")]
    [InlineData("--sysctl|net.ipv4.ip_default_ttl=33", "cat /proc/sys/net/ipv4/ip_default_ttl", "33")]
    [InlineData("--shm-size|2m", "df -k /dev/shm | tail -1 | awk '{print $2}'", "2048")]
    [InlineData("--network|none", "ls /sys/class/net", "lo")]
    [InlineData("--mac-address|02:42:ac:11:00:99", "cat /sys/class/net/eth0/address", "02:42:ac:11:00:99")]
    [InlineData("--device|/dev/null:/dev/mynull:r", "test -c /dev/mynull && echo yes", "yes")]
    [InlineData("--entrypoint|/bin/echo", "x", "-c x")]
    [InlineData("--group-add|4321", "id -G", "0 4321")]
    [InlineData("--oom-score-adj|500", "cat /proc/self/oom_score_adj", "500")]
    public async Task Run_Option_IsSeenInside(string options, string script, string expected)
    {
        var arguments = options.Split('|', StringSplitOptions.RemoveEmptyEntries);
        string[] command = options.Contains("entrypoint", StringComparison.Ordinal) ? ["-c", script] : ["sh", "-c", script];
        var result = await engine.DockerAsync(["run", "--rm", .. arguments, Engine.Image, .. command]);
        Assert.True(result.Line.Trim() == expected, $"{expected} expected\n{result}");
    }

    [Fact]
    public async Task Run_Detached_CanBeWaitedForAndRead()
    {
        var id = await engine.DockerOkAsync("run", "-d", Engine.Image, "sh", "-c", "echo one; exit 3");
        try
        {
            Assert.Matches("^[0-9a-f]{64}$", id);
            Assert.Equal("3", await engine.DockerOkAsync("wait", id));
            Assert.Equal("one", await engine.DockerOkAsync("logs", id));
            Assert.Equal("exited 3", await engine.DockerOkAsync("inspect", "-f", "{{.State.Status}} {{.State.ExitCode}}", id));
        }
        finally
        {
            await engine.DockerOkAsync("rm", "-f", id);
        }
    }

    [Fact]
    public async Task Run_Terminal_GivesOneStreamWithCarriageReturns()
    {
        Clients.Need("script");
        var result = await engine.RunAsync("script", ["-qec", $"{Clients.Docker} run --rm -t {Engine.Image} sh -c 'tty; stty size; echo err >&2'", "/dev/null"]);
        Assert.Contains("/dev/pts/0\r", result.Output, StringComparison.Ordinal);
        Assert.Contains("err\r", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_RemoveWhenDone_LeavesNoContainer()
    {
        var name = "gone-" + Guid.NewGuid().ToString("n");
        await engine.DockerOkAsync("run", "--rm", "--name", name, Engine.Image, "true");
        await Eventually.BecomesAsync(async () => (await engine.Api.GetAsync($"/containers/{name}/json")).Status == 404, "the container is gone");
    }

    [Fact]
    public async Task Run_NameInUse_SaysWhoHasIt()
    {
        var id = await engine.DockerOkAsync("create", "--name", "taken", Engine.Image);
        var second = await engine.DockerAsync("run", "--name", "taken", Engine.Image);
        await engine.DockerOkAsync("rm", "taken");
        Assert.Equal(125, second.ExitCode);
        Assert.Contains($"Conflict. The container name \"/taken\" is already in use by container \"{id}\". You have to remove (or rename) that container to be able to reuse that name.", second.Error, StringComparison.Ordinal);
    }
}
