using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.Win32.SafeHandles;
using Naru.Containers.Bundles;
using Naru.Containers.Lifecycle;
using Naru.Core.Containers;
using Naru.Core.Errors;
using Naru.Linux.Files;
using Naru.Linux.Notify;
using Naru.Linux.Processes;

namespace Naru.Containers.Execs;

/// <summary>
/// Executes further processes in a running container. The runtime stays as the process's parent, so its exit code is the
/// process's; it tells the process id through a pipe once the process has been made.
/// </summary>
internal sealed class ExecLauncher(RunLayout layout, RuntimePrograms programs, MonitorLauncher launcher, ProcessRunner runner, DescriptorPoller poller, HostAbilities host)
{
    private const int PidDescriptor = 3;
    private const string FailurePrefix = "OCI runtime exec failed: exec failed: ";
    private readonly OciSpecBuilder _builder = new(host);

    /// <summary>Starts the process and returns when it has been executed.</summary>
    /// <exception cref="NaruException">It cannot be executed; <see cref="NaruException.ExitCode"/> says how a command line should end.</exception>
    public async Task<ExecProcess> StartAsync(Container container, ExecSpec spec, CancellationToken cancellationToken)
    {
        var name = RandomNumberGenerator.GetHexString(16, lowercase: true);
        var bundle = layout.BundleOf(container.Id);
        var processFile = Path.Combine(bundle, $"exec-{name}.json");
        var logFile = Path.Combine(bundle, $"exec-{name}.log");
        try
        {
            await File.WriteAllBytesAsync(processFile, JsonSerializer.SerializeToUtf8Bytes(Describe(container, spec), OciJson.Default.OciProcess), cancellationToken);
            return await StartAsync(container, spec, processFile, logFile, name, cancellationToken);
        }
        finally
        {
            File.Delete(processFile);
            File.Delete(logFile);
        }
    }

    private async Task<ExecProcess> StartAsync(
        Container container, ExecSpec spec, string processFile, string logFile, string name, CancellationToken cancellationToken)
    {
        using var console = spec.Terminal ? new ConsoleSocket(Path.Combine(layout.ConsoleDirectory, name)) : null;
        var input = Pair(spec is { AttachInput: true, Terminal: false });
        var output = Pair(spec is { AttachOutput: true, Terminal: false });
        var error = Pair(spec is { AttachError: true, Terminal: false });
        var (pidRead, pidWrite) = Descriptors.Pipe();
        await using var pidPipe = new DescriptorStream(poller, pidRead, FileAccess.Read);
        List<string> arguments = [.. launcher.RuntimeArguments(), "--log", logFile, "exec", "--process", processFile, "--pid-file", $"/proc/self/fd/{PidDescriptor}"];
        if (console is not null)
        {
            arguments.AddRange(["--console-socket", console.Path]);
        }

        arguments.Add(container.Id.Value);
        var runtime = runner.Start(new ProcessCommand
        {
            Program = programs.PathOf(container.Runtime),
            Arguments = [.. arguments],
            Input = input?.Read,
            Output = output?.Write,
            Error = error?.Write,
            Descriptors = [(pidWrite, PidDescriptor)],
        });
        pidWrite.Dispose();
        input?.Read.Dispose();
        output?.Write.Dispose();
        error?.Write.Dispose();
        var process = new ExecProcess
        {
            Runtime = runtime,
            Terminal = console is null ? null : await ReceiveAsync(console, runtime, cancellationToken),
            Input = Stream(input?.Write, FileAccess.Write),
            Output = Stream(output?.Read, FileAccess.Read),
            Error = Stream(error?.Read, FileAccess.Read),
            Pid = await ReadPidAsync(pidPipe, cancellationToken),
        };
        if (process.Pid > 0)
        {
            return process;
        }

        await runtime.Exited;
        await process.DisposeAsync();
        throw Failure(logFile, spec.Command[0]);
    }

    private OciProcess Describe(Container container, ExecSpec spec)
    {
        if (spec.WorkingDirectory.Length > 0)
        {
            WorkingDirectories.Check(spec.WorkingDirectory);
        }

        using var root = RootedDirectory.Open($"/proc/{container.Status.Pid.ToString(CultureInfo.InvariantCulture)}/root");
        var user = spec.User.Length > 0 ? spec.User : container.Spec.Process.User ?? "";
        return _builder.BuildExec(container.Spec, spec, UserResolver.Resolve(root, user, container.Spec.Isolation.Groups, container.Spec.Isolation.WithoutImageGroups), ContainerAssembly.HostnameOf(container));
    }

    private async Task<DescriptorStream?> ReceiveAsync(ConsoleSocket console, ChildProcess runtime, CancellationToken cancellationToken)
    {
        using var given = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var receiving = console.ReceiveAsync(given.Token);
        if (await Task.WhenAny(receiving, runtime.Exited) != receiving)
        {
            await given.CancelAsync();
            await ((Task)receiving).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (!receiving.IsCompletedSuccessfully)
            {
                return null; // it failed before it had a terminal; the log says why
            }
        }

        return new DescriptorStream(poller, await receiving, FileAccess.ReadWrite);
    }

    private static async Task<int> ReadPidAsync(DescriptorStream pipe, CancellationToken cancellationToken)
    {
        // The runtime writes the number in one go and keeps the pipe; without a process it ends, and with it the pipe.
        var digits = new byte[16];
        var count = await pipe.ReadAsync(digits, cancellationToken);
        return int.TryParse(digits.AsSpan(0, count), NumberStyles.None, CultureInfo.InvariantCulture, out var pid) ? pid : 0;
    }

    private static NaruException Failure(string logFile, string program)
    {
        var message = File.Exists(logFile) ? File.ReadAllText(logFile).Trim() : "the runtime ended without a word";
        var (text, code) = StartFailure.Translate(message, program);
        return new NaruException(code == 128 ? ErrorKind.Internal : ErrorKind.InvalidArgument, $"{FailurePrefix}{text}: unknown") { ExitCode = 126 };
    }

    private DescriptorStream? Stream(SafeFileHandle? end, FileAccess access) => end is null ? null : new DescriptorStream(poller, end, access);

    private static (SafeFileHandle Read, SafeFileHandle Write)? Pair(bool wanted) => wanted ? Descriptors.Pipe() : null;
}
