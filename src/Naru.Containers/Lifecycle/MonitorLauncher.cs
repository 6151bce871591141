using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using Naru.Core.Containers;
using Naru.Core.Errors;
using Naru.Linux.Files;
using Naru.Linux.Notify;
using Naru.Linux.Processes;

namespace Naru.Containers.Lifecycle;

/// <summary>
/// Makes a container under a monitor (conmon): the monitor outlives naru, holds the terminal and the output, and writes
/// the exit code to a file. The container's process waits for <see cref="StartAsync"/>.
/// </summary>
internal sealed class MonitorLauncher(RunLayout layout, RuntimePrograms programs, ProcessRunner runner, DescriptorPoller poller)
{
    private const int SyncDescriptor = 3;
    private const int SignalKill = 9;

    /// <summary>Creates the container of the bundle. On failure nothing of it lives.</summary>
    /// <exception cref="NaruException">The runtime could not make it.</exception>
    public async Task<(ChildProcess Monitor, int Pid)> CreateAsync(Container container, string program, CancellationToken cancellationToken)
    {
        File.Delete(layout.ExitFileOf(container.Id));
        var (read, write) = Descriptors.Pipe();
        await using var sync = new DescriptorStream(poller, read, FileAccess.Read);
        ChildProcess monitor;
        using (write)
        {
            monitor = runner.Start(new ProcessCommand
            {
                Program = programs.Monitor,
                Arguments = Arguments(container),
                Environment = ImmutableDictionary<string, string>.Empty.Add("_OCI_SYNCPIPE", SyncDescriptor.ToString(CultureInfo.InvariantCulture)),
                WorkingDirectory = layout.BundleOf(container.Id),
                Descriptors = [(write, SyncDescriptor)],
            });
        }

        try
        {
            var pid = await ReadPidAsync(sync, container, program, cancellationToken);
            return (monitor, pid);
        }
        catch
        {
            monitor.Signal(SignalKill);
            await monitor.Exited;
            monitor.Dispose();
            throw;
        }
    }

    /// <summary>Lets the created process execute its program.</summary>
    public async Task StartAsync(Container container, string program, CancellationToken cancellationToken)
    {
        if (TryRelease(container))
        {
            return;
        }

        var result = await runner.RunAsync(
            new ProcessCommand { Program = programs.PathOf(container.Runtime), Arguments = [.. RuntimeArguments(), "start", container.Id.Value] },
            cancellationToken);
        if (!result.Exit.Succeeded)
        {
            throw StartFailure.From(result.Error, program);
        }
    }

    /// <summary>
    /// What crun's own start does, without a process for it: the created process waits for a byte in this pipe, and the pipe's
    /// absence tells crun that it was let go. False where it does not wait there (yet), as with other runtimes.
    /// </summary>
    private bool TryRelease(Container container)
    {
        var pipe = layout.StartPipeOf(container.Id);
        if (Path.GetFileName(programs.PathOf(container.Runtime)) != "crun" || !Fifo.TryWrite(pipe, [0]))
        {
            return false;
        }

        File.Delete(pipe);
        return true;
    }

    /// <summary>Options that every call of a runtime gets.</summary>
    public ImmutableArray<string> RuntimeArguments() => [$"--root={layout.RuntimeRoot}"];

    private ImmutableArray<string> Arguments(Container container)
    {
        var id = container.Id.Value;
        var process = container.Spec.Process;
        List<string> arguments =
        [
            "--sync", "--api-version", "1", "--cid", id, "--cuuid", id, "--name", container.Name,
            "--runtime", programs.PathOf(container.Runtime), "--bundle", layout.BundleOf(container.Id),
            "--exit-dir", layout.ExitDirectory, "--container-pidfile", layout.PidFileOf(container.Id),
            "--full-attach", "--no-sync-log", "--no-new-keyring",
            "--log-level", "error", "--log-path", container.LogPath.Length > 0 ? "k8s-file:" + container.LogPath : "none",
        ];
        arguments.AddRange(RuntimeArguments().Select(static argument => "--runtime-arg=" + argument));
        if (process.Terminal)
        {
            arguments.Add("--terminal");
        }

        if (process.OpenInput)
        {
            arguments.Add("--stdin");
            if (!process.InputOnce)
            {
                arguments.Add("--leave-stdin-open");
            }
        }

        return [.. arguments];
    }

    private static async Task<int> ReadPidAsync(DescriptorStream sync, Container container, string program, CancellationToken cancellationToken)
    {
        using var reader = new StreamReader(sync, leaveOpen: true);
        var line = await reader.ReadLineAsync(cancellationToken);
        if (string.IsNullOrEmpty(line))
        {
            throw new NaruException(ErrorKind.Internal, $"the monitor of container {container.Id.Short} ended before it had made the container") { ExitCode = 128 };
        }

        using var answer = JsonDocument.Parse(line);
        var pid = answer.RootElement.GetProperty("data").GetInt32();
        if (pid > 0)
        {
            return pid;
        }

        var message = answer.RootElement.TryGetProperty("message", out var text) ? text.GetString() ?? "" : "";
        throw StartFailure.From(message, program);
    }
}
