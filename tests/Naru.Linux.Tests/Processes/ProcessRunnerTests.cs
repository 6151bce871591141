using Microsoft.Extensions.Logging.Abstractions;
using Naru.Linux.Files;
using Naru.Linux.Notify;
using Naru.Linux.Processes;

namespace Naru.Linux.Tests.Processes;

public sealed class ProcessRunnerTests : IDisposable
{
    private readonly DescriptorPoller _poller = new();
    private readonly ProcessRunner _runner;

    public ProcessRunnerTests() => _runner = new ProcessRunner(_poller, NullLogger<ProcessRunner>.Instance);

    public void Dispose() => _poller.Dispose();

    [Fact]
    public async Task Run_ProgramWithOutputAndExitCode_KeepsAllThree()
    {
        var result = await _runner.RunAsync(Shell("echo out; echo err >&2; exit 7"), TestContext.Current.CancellationToken);

        Assert.Equal(("out\n", "err\n", 7), (result.Output, result.Error, result.Exit.Code));
        Assert.Contains("exit 7", result.Command, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_ProgramKilledBySignal_Gives128PlusSignal()
    {
        var result = await _runner.RunAsync(Shell("kill -9 $$"), TestContext.Current.CancellationToken);

        Assert.Equal(new ProcessExit(137, 9), result.Exit);
    }

    [Fact]
    public async Task Run_Child_HasDefaultSignalsAndOnlyItsDescriptors()
    {
        using var held = File.OpenRead("/dev/zero");
        var result = await _runner.RunAsync(
            new ProcessCommand { Program = "/bin/sh", Arguments = ["-c", "grep SigIgn /proc/self/status; ls /proc/self/fd"] },
            TestContext.Current.CancellationToken);

        var lines = result.Output.Split('\n');
        var ignored = Convert.ToUInt64(lines[0].Split('\t')[1], 16);
        Assert.Equal(0UL, ignored & (1UL << (13 - 1)));
        Assert.Equal(["0", "1", "2", "3", ""], lines[1..]);
    }

    [Fact]
    public void Start_MissingProgram_NamesIt()
    {
        var failure = Assert.Throws<LinuxException>(() => _runner.Start(new ProcessCommand { Program = "/nonexistent/program" }));

        Assert.Equal(Errno.NotFound, failure.Errno);
        Assert.Contains("/nonexistent/program", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_WithDescriptors_HandsThemOnByNumber()
    {
        var (firstRead, firstWrite) = Descriptors.Pipe();
        var (secondRead, secondWrite) = Descriptors.Pipe();
        await using var first = new DescriptorStream(_poller, firstRead, FileAccess.Read);
        await using var second = new DescriptorStream(_poller, secondRead, FileAccess.Read);
        using var child = _runner.Start(Shell("echo four >&4; echo three >&3") with { Descriptors = [(firstWrite, 3), (secondWrite, 4)] });
        firstWrite.Dispose();
        secondWrite.Dispose();

        Assert.Equal("three\n", await new StreamReader(first).ReadToEndAsync(TestContext.Current.CancellationToken));
        Assert.Equal("four\n", await new StreamReader(second).ReadToEndAsync(TestContext.Current.CancellationToken));
        Assert.True((await child.Exited).Succeeded);
    }

    [Fact]
    public async Task Run_Cancelled_KillsTheProgram()
    {
        using var stop = new CancellationTokenSource();
        var run = _runner.RunAsync(Shell("exec sleep 1000"), stop.Token);
        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => run);
    }

    [Fact]
    public async Task Run_GrandchildHoldsThePipes_EndsWithTheProgram()
    {
        var result = await _runner.RunAsync(Shell("sleep 5 & echo done"), TestContext.Current.CancellationToken);

        Assert.Equal("done\n", result.Output);
    }

    [Fact]
    public async Task Run_HundredAtOnce_LeavesNoChildBehind()
    {
        var results = await Task.WhenAll(Enumerable.Range(0, 100).Select(
            number => Task.Run(() => _runner.RunAsync(Shell($"exit {number}"), TestContext.Current.CancellationToken))));

        Assert.Equal(Enumerable.Range(0, 100), results.Select(static result => result.Exit.Code));
    }

    private static ProcessCommand Shell(string script) => new() { Program = "/bin/sh", Arguments = ["-c", script] };
}
