using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Naru.Containers.Consoles;
using Naru.Containers.Execs;
using Naru.Containers.Lifecycle;
using Naru.Core.Containers;
using Naru.Core.Errors;
using Naru.Linux.Processes;

namespace Naru.Containers.Health;

/// <summary>Executes one probe in a container.</summary>
internal sealed class ProbeRunner(ExecLauncher launcher, ContainerEvents events, TimeProvider time)
{
    private const int OutputLimit = 4096;
    private const int CouldNotRun = -1;

    public async Task<HealthProbe> RunAsync(Container container, HealthCheckSpec check, CancellationToken cancellationToken)
    {
        var start = time.GetUtcNow();
        var command = HealthLaw.Command(check, container.Spec.Process);
        var id = RandomNumberGenerator.GetHexString(64, lowercase: true);
        var line = string.Join(' ', command);
        events.Publish(container, "exec_create: " + line, ("execID", id));
        try
        {
            await using var process = await launcher.StartAsync(
                container, new ExecSpec { Command = command, AttachOutput = true, AttachError = true }, cancellationToken);
            events.Publish(container, "exec_start: " + line, ("execID", id));
            var (code, output) = await FinishAsync(process, HealthLaw.Timeout(check), cancellationToken);
            events.Publish(container, "exec_die", ("execID", id), ("exitCode", code.ToString(CultureInfo.InvariantCulture)));
            return new HealthProbe(start, time.GetUtcNow(), code, output);
        }
        catch (Exception failure) when (failure is NaruException or IOException)
        {
            return new HealthProbe(start, time.GetUtcNow(), CouldNotRun, failure.Message);
        }
    }

    private async Task<(int Code, string Output)> FinishAsync(ExecProcess process, TimeSpan timeout, CancellationToken cancellationToken)
    {
        var queue = new OutputQueue();
        var reading = ReadAsync(queue);
        var pumping = process.PumpAsync(queue, static _ => { });
        try
        {
            var code = await pumping.WaitAsync(timeout, time, cancellationToken);
            return (code, await reading);
        }
        catch (Exception failure) when (failure is TimeoutException or OperationCanceledException)
        {
            using (var reference = ProcessReference.TryOpen(process.Pid))
            {
                reference?.Signal(Signals.Kill);
            }

            await pumping;
            await reading;
            cancellationToken.ThrowIfCancellationRequested();
            return (CouldNotRun, $"Health check exceeded timeout ({timeout.TotalSeconds.ToString("0.###", CultureInfo.InvariantCulture)}s)");
        }
    }

    private static async Task<string> ReadAsync(OutputQueue queue)
    {
        var kept = new MemoryStream();
        var buffer = new byte[OutputLimit];
        while (true)
        {
            var piece = await queue.ReadAsync(buffer, CancellationToken.None);
            if (piece.Count == 0)
            {
                return Encoding.UTF8.GetString(kept.GetBuffer(), 0, (int)kept.Length);
            }

            kept.Write(buffer, 0, (int)Math.Min(piece.Count, OutputLimit - kept.Length));
        }
    }
}
