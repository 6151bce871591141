using System.Text;
using Naru.Core.Containers;
using Naru.Core.Errors;

namespace Naru.Containers.Tests.Engine;

public sealed class ExecTests : IAsyncLifetime
{
    private TestEngine _engine = null!;
    private string _id = "";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private IExecs Execs => _engine.Service<IExecs>();

    public async ValueTask InitializeAsync()
    {
        _engine = await TestEngine.StartAsync();
        var spec = TestEngine.Shell("exec sleep 1000");
        spec = spec with { Process = spec.Process with { Environment = ["FROM_SPEC=2"], WorkingDirectory = "/tmp" } };
        _id = (await _engine.Containers.CreateAsync(spec, "target", Token)).Container.Id.Value;
        await _engine.Containers.StartAsync(_id, Token);
    }

    public ValueTask DisposeAsync() => _engine.DisposeAsync();

    [Fact]
    public async Task Start_Pipes_GivesBothStreamsAndExitCode()
    {
        var session = await Execs.CreateAsync("target", Shell("echo out; echo err >&2; pwd; echo $FROM_SPEC$FROM_EXEC; exit 42") with { Environment = ["FROM_EXEC=3"] }, Token);
        await using var attachment = await Execs.StartAsync(session.Id, new ExecStartOptions(false, false), Token);

        var (output, error) = await TestEngine.ReadAllAsync(attachment!);

        Assert.Equal(("out\n/tmp\n23\n", "err\n"), (output, error));
        Assert.Equal((42, false), (Execs.Get(session.Id).ExitCode, Execs.Get(session.Id).Running));
    }

    [Fact]
    public async Task Start_InputHalfClosed_OutputGoesOn()
    {
        var session = await Execs.CreateAsync("target", Shell("cat; echo end") with { AttachInput = true }, Token);
        await using var attachment = await Execs.StartAsync(session.Id, new ExecStartOptions(false, false), Token);
        await attachment!.WriteAsync("typed\n"u8.ToArray(), Token);
        await attachment.CloseInputAsync(Token);

        Assert.Equal("typed\nend\n", (await TestEngine.ReadAllAsync(attachment)).Output);
    }

    [Fact]
    public async Task Start_Terminal_HasItsSizeAndResizes()
    {
        var session = await Execs.CreateAsync("target", Shell("stty size; read x; stty size") with { Terminal = true, AttachInput = true, TerminalSize = new TerminalSize(20, 33) }, Token);
        await using var attachment = await Execs.StartAsync(session.Id, new ExecStartOptions(false, true), Token);
        Assert.Equal("20 33\r\n", await TestEngine.ReadLineAsync(attachment!));

        await Execs.ResizeAsync(session.Id, new TerminalSize(41, 99), Token);
        await attachment!.WriteAsync("\n"u8.ToArray(), Token);

        Assert.EndsWith("41 99\r\n", (await TestEngine.ReadAllAsync(attachment)).Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("nosuch", 126)]
    [InlineData("/etc/passwd", 126)]
    public async Task Start_NotExecutable_SaysSoAndKeepsTheCode(string program, int code)
    {
        var session = await Execs.CreateAsync("target", new ExecSpec { Command = [program], AttachOutput = true }, Token);

        var failure = await Assert.ThrowsAsync<NaruException>(() => Execs.StartAsync(session.Id, new ExecStartOptions(false, false), Token));

        Assert.Equal(code, failure.ExitCode);
        Assert.StartsWith("OCI runtime exec failed: ", failure.Message, StringComparison.Ordinal);
        Assert.Equal(code, Execs.Get(session.Id).ExitCode);
        Assert.Empty(_engine.Containers.Get("target").ExecIds);
    }

    [Fact]
    public async Task Start_User_IsResolvedInsideTheContainer()
    {
        var session = await Execs.CreateAsync("target", Shell("id -u; id -g; id -G; echo $HOME; grep CapEff /proc/self/status") with { User = "user" }, Token);
        await using var attachment = await Execs.StartAsync(session.Id, new ExecStartOptions(false, false), Token);

        Assert.Equal("1000\n1001\n1001 29\n/home/user\nCapEff:\t0000000000000000\n", (await TestEngine.ReadAllAsync(attachment!)).Output);
    }

    [Fact]
    public async Task Start_ContainerDies_EndsWithIt()
    {
        var session = await Execs.CreateAsync("target", Shell("echo up; exec sleep 1000"), Token);
        await using var attachment = await Execs.StartAsync(session.Id, new ExecStartOptions(false, false), Token);
        await attachment!.ReadAsync(new byte[10], Token);

        await _engine.Containers.KillAsync("target", "KILL", Token);
        await TestEngine.ReadAllAsync(attachment);

        Assert.Equal(137, Execs.Get(session.Id).ExitCode);
    }

    private static ExecSpec Shell(string script) => new() { Command = ["sh", "-c", script], AttachOutput = true, AttachError = true };
}
