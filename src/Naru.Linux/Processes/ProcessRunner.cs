using System.Text;
using Microsoft.Extensions.Logging;
using Naru.Linux.Files;
using Naru.Linux.Notify;

namespace Naru.Linux.Processes;

/// <summary>The one place that starts child processes. Starts block the calling thread for about a millisecond; waits hold no thread.</summary>
public sealed partial class ProcessRunner(DescriptorPoller poller, ILogger<ProcessRunner> logger)
{
    /// <summary>Most bytes of each output stream that <see cref="RunAsync"/> keeps; the rest is read and dropped.</summary>
    public const int CaptureLimit = 1 << 20;

    private const int SignalKill = 9;

    /// <summary>Starts a program. <see cref="LinuxException"/> when it cannot be executed.</summary>
    public ChildProcess Start(ProcessCommand command)
    {
        var pid = ProcessSpawn.Start(command);
        var reference = ProcessReference.TryOpen(pid) ?? throw new LinuxException(Errno.NoSuchProcess, "open", command.Program);
        LogStarted(pid, command);
        return new ChildProcess(command.ToString(), reference, poller);
    }

    /// <summary>
    /// Runs a program to its end and keeps what it wrote. <see cref="ProcessCommand.Output"/> and
    /// <see cref="ProcessCommand.Error"/> are ignored. On cancellation it is killed.
    /// </summary>
    public async Task<ProcessResult> RunAsync(ProcessCommand command, CancellationToken cancellationToken)
    {
        var (outputRead, outputWrite) = Descriptors.Pipe();
        var (errorRead, errorWrite) = Descriptors.Pipe();
        await using var output = new DescriptorStream(poller, outputRead, FileAccess.Read);
        await using var error = new DescriptorStream(poller, errorRead, FileAccess.Read);
        ChildProcess child;
        using (outputWrite)
        using (errorWrite)
        {
            child = Start(command with { Output = outputWrite, Error = errorWrite });
        }

        using (child)
        {
            await using var kill = cancellationToken.UnsafeRegister(static state => ((ChildProcess)state!).Signal(SignalKill), child);
            using var grace = new CancellationTokenSource();
            var outputText = CaptureAsync(output, grace.Token);
            var errorText = CaptureAsync(error, grace.Token);
            var exit = await child.Exited;

            // Grandchildren may hold the pipes open for ever; what the program itself wrote is in the pipes by now.
            grace.Cancel();
            var result = new ProcessResult(child.Command, exit, await outputText, await errorText);
            LogEnded(child.Pid, exit.Code, child.Command, result.Error);
            cancellationToken.ThrowIfCancellationRequested();
            return result;
        }
    }

    private static async Task<string> CaptureAsync(DescriptorStream stream, CancellationToken stopWaiting)
    {
        var kept = new MemoryStream();
        var buffer = new byte[8192];
        while (true)
        {
            var count = await stream.ReadAvailableAsync(buffer, stopWaiting);
            if (count == 0)
            {
                return Encoding.UTF8.GetString(kept.GetBuffer(), 0, (int)kept.Length);
            }

            kept.Write(buffer, 0, (int)Math.Min(count, CaptureLimit - kept.Length));
        }
    }

    [LoggerMessage(1000, LogLevel.Trace, "Process {Pid} started: {Command}")]
    private partial void LogStarted(int pid, ProcessCommand command);

    [LoggerMessage(1001, LogLevel.Debug, "Process {Pid} ended with {ExitCode}: {Command}: {StandardError}")]
    private partial void LogEnded(int pid, int exitCode, string command, string standardError);
}
