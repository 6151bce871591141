using System.Text;
using Naru.Core.Containers;
using Naru.Core.Errors;
using Naru.Testing.Running;

namespace Naru.Containers.Tests.Engine;

public sealed class AttachTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Attach_FastWriterSlowReader_LosesNothing()
    {
        await using var engine = await TestEngine.StartAsync();
        await engine.Containers.CreateAsync(TestEngine.Shell("seq 1 300000"), "c1", Token);
        await using var slow = await engine.Containers.AttachAsync("c1", new AttachOptions { Output = true }, Token);
        await using var quick = await engine.Containers.AttachAsync("c1", new AttachOptions { Output = true, Error = true }, Token);
        await engine.Containers.StartAsync("c1", Token);

        var reading = TestEngine.ReadAllAsync(quick);
        for (var i = 0; i < 10; i++)
        {
            await slow.ReadAsync(new byte[1], Token);
            await Task.Delay(20, Token);
        }

        var (rest, _) = await TestEngine.ReadAllAsync(slow);
        var (whole, _) = await reading;
        Assert.Equal(string.Concat(Enumerable.Range(1, 300000).Select(static number => number + "\n")), whole);
        Assert.Equal(whole.Length - 10, rest.Length);
    }

    [Fact]
    public async Task Attach_InputOnceHalfClosed_EndsTheInput()
    {
        await using var engine = await TestEngine.StartAsync();
        var spec = TestEngine.Shell("wc -c; echo end");
        spec = spec with { Process = spec.Process with { OpenInput = true, InputOnce = true } };
        await engine.Containers.CreateAsync(spec, "c1", Token);
        await using var attachment = await engine.Containers.AttachAsync("c1", new AttachOptions { Input = true, Output = true }, Token);
        var writing = Task.Run(
            async () =>
            {
                var block = new byte[100_000];
                for (var i = 0; i < 30; i++)
                {
                    await attachment.WriteAsync(block, Token);
                }

                await attachment.CloseInputAsync(Token);
            },
            Token);
        await engine.Containers.StartAsync("c1", Token);

        Assert.Equal("3000000\nend\n", (await TestEngine.ReadAllAsync(attachment)).Output);
        await writing;
    }

    [Fact]
    public async Task Attach_OpenInput_SurvivesTheClient()
    {
        await using var engine = await TestEngine.StartAsync();
        var spec = TestEngine.Shell("read a; read b; echo $a $b");
        spec = spec with { Process = spec.Process with { OpenInput = true } };
        await engine.Containers.CreateAsync(spec, "c1", Token);
        await engine.Containers.StartAsync("c1", Token);
        await using (var first = await engine.Containers.AttachAsync("c1", new AttachOptions { Input = true, Output = true }, Token))
        {
            await first.WriteAsync("one\n"u8.ToArray(), Token);
            await first.CloseInputAsync(Token);
        }

        await using var second = await engine.Containers.AttachAsync("c1", new AttachOptions { Input = true, Output = true }, Token);
        await second.WriteAsync("two\n"u8.ToArray(), Token);

        Assert.Equal("one two\n", (await TestEngine.ReadAllAsync(second)).Output);
    }

    [Fact]
    public async Task Attach_Terminal_ResizesAndDetachesByKeys()
    {
        await using var engine = await TestEngine.StartAsync();
        await using var log = new EventLog(engine.Events);
        var spec = TestEngine.Shell("stty size; read x; stty size; read y");
        spec = spec with { Process = spec.Process with { Terminal = true, OpenInput = true, TerminalSize = new TerminalSize(30, 90) } };
        await engine.Containers.CreateAsync(spec, "c1", Token);
        await using var attachment = await engine.Containers.AttachAsync("c1", new AttachOptions { Input = true, Output = true, DetachKeys = "ctrl-a,x" }, Token);
        await engine.Containers.StartAsync("c1", Token);
        Assert.Equal("30 90\r\n", await TestEngine.ReadLineAsync(attachment));

        await engine.Containers.ResizeAsync("c1", new TerminalSize(41, 99), Token);
        await attachment.WriteAsync("\n"u8.ToArray(), Token);
        while (!(await TestEngine.ReadLineAsync(attachment)).Contains("41 99", StringComparison.Ordinal))
        {
            // The terminal says what was typed, too.
        }

        await attachment.WriteAsync("\u0001x"u8.ToArray(), Token);
        await TestEngine.ReadAllAsync(attachment);

        await log.WaitForAsync("detach");
        Assert.True(engine.Containers.Get("c1").IsLive);
    }

    [Fact]
    public async Task Attach_LogsAndLive_GivesBothInOrder()
    {
        await using var engine = await TestEngine.StartAsync();
        var spec = TestEngine.Shell("echo before; read x; echo after");
        spec = spec with { Process = spec.Process with { OpenInput = true } };
        await engine.Containers.CreateAsync(spec, "c1", Token);
        await using var first = await engine.Containers.AttachAsync("c1", new AttachOptions { Input = true, Output = true }, Token);
        await engine.Containers.StartAsync("c1", Token);
        await first.ReadAsync(new byte[100], Token);

        await using var second = await engine.Containers.AttachAsync("c1", new AttachOptions { Output = true, Logs = true }, Token);
        await first.WriteAsync("\n"u8.ToArray(), Token);

        Assert.Equal("before\nafter\n", (await TestEngine.ReadAllAsync(second)).Output);
    }

    [Fact]
    public async Task Attach_BadDetachKeys_IsRefused()
    {
        await using var engine = await TestEngine.StartAsync();
        await engine.Containers.CreateAsync(TestEngine.Shell("true"), "c1", Token);

        var failure = await Assert.ThrowsAsync<NaruException>(() => engine.Containers.AttachAsync("c1", new AttachOptions { DetachKeys = "shift-a,a" }, Token));

        Assert.Equal(ErrorKind.InvalidArgument, failure.Kind);
    }

    [Fact]
    public async Task Attach_LastOutput_IsTakenBeforeTheEndIsTold()
    {
        await using var engine = await TestEngine.StartAsync(static options => options.DeliveryPatience = TimeSpan.FromMinutes(1));
        await engine.Containers.CreateAsync(TestEngine.Shell("echo hello"), "c1", Token);
        await using var attachment = await engine.Containers.AttachAsync("c1", new AttachOptions { Output = true }, Token);
        var end = await engine.Containers.WaitAsync("c1", WaitCondition.NextExit, Token);
        await engine.Containers.StartAsync("c1", Token);
        var process = engine.Containers.Get("c1").Status.Pid;

        // The client has the piece and is passing it on.
        var piece = await attachment.ReadAsync(new byte[100], Token);
        await Eventually.BecomesAsync(() => !Directory.Exists($"/proc/{process}"), "the process is gone");
        Assert.NotSame(end, await Task.WhenAny(end, Task.Delay(TimeSpan.FromMilliseconds(300), Token)));

        Assert.Equal(6, piece.Count);
        Assert.Equal(0, (await attachment.ReadAsync(new byte[100], Token)).Count);
        Assert.Equal(0, (await end).ExitCode);
    }

    [Fact]
    public async Task Attach_ClientThatTakesNothing_DoesNotHideTheEnd()
    {
        await using var engine = await TestEngine.StartAsync(static options => options.StalledClientPatience = TimeSpan.FromMilliseconds(200));
        await engine.Containers.CreateAsync(TestEngine.Shell("echo y; touch written; yes"), "c1", Token);
        await using var stalled = await engine.Containers.AttachAsync("c1", new AttachOptions { Output = true }, Token);
        await engine.Containers.StartAsync("c1", Token);
        await engine.FileAppearsAsync("c1", "written");

        await engine.Containers.StopAsync("c1", new StopOptions(Timeout: TimeSpan.Zero), Token);

        Assert.Equal(137, engine.Containers.Get("c1").Status.ExitCode);
        Assert.StartsWith("y\n", (await TestEngine.ReadAllAsync(stalled)).Output, StringComparison.Ordinal);
    }
}
