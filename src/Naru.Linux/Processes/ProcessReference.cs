using System.Globalization;
using Microsoft.Win32.SafeHandles;
using Naru.Linux.Files;
using Naru.Linux.Notify;

namespace Naru.Linux.Processes;

/// <summary>
/// A hold on one process (pidfd), a child or not: signals reach that process and never a later one with its number.
/// </summary>
public sealed class ProcessReference : IDisposable
{
    private readonly SafeFileHandle _descriptor;

    private ProcessReference(int pid, SafeFileHandle descriptor)
    {
        Pid = pid;
        _descriptor = descriptor;
    }

    public int Pid { get; }

    internal SafeFileHandle Descriptor => _descriptor;

    /// <summary>Takes hold of a process; null when there is none of that number.</summary>
    public static ProcessReference? TryOpen(int pid)
    {
        if (pid <= 0)
        {
            return null;
        }

        var descriptor = ProcessCalls.PidFdOpen(ProcessCalls.PidFdOpenNumber, pid, 0);
        if (!descriptor.IsInvalid)
        {
            return new ProcessReference(pid, descriptor);
        }

        var failure = LinuxException.Last("open", $"process {pid}");
        descriptor.Dispose();
        return failure.Errno is Errno.NoSuchProcess or Errno.InvalidArgument ? null : throw failure;
    }

    /// <summary>Takes hold of a process only if it is the one that had this start time (<see cref="StartTicks"/>).</summary>
    public static ProcessReference? TryOpen(int pid, long startTicks)
    {
        var reference = TryOpen(pid);
        if (reference is not null && StartTicks(pid) != startTicks)
        {
            reference.Dispose();
            return null;
        }

        return reference;
    }

    /// <summary>When a process started, in clock ticks since boot; null when there is none that lives.</summary>
    public static long? StartTicks(int pid) => ReadStatus(pid) is { } fields ? long.Parse(fields[19], CultureInfo.InvariantCulture) : null;

    /// <summary>The parent of a process; null when there is none that lives.</summary>
    public static int? ParentOf(int pid) => ReadStatus(pid) is { } fields ? int.Parse(fields[1], CultureInfo.InvariantCulture) : null;

    /// <summary>Sets how likely the out-of-memory killer chooses a process that has not begun yet (proc_pid_oom_score_adj(5)). Nothing happens where this process may not, or that one is gone.</summary>
    public static void SetOutOfMemoryScore(int pid, int adjustment)
    {
        try
        {
            using var file = new FileStream($"/proc/{pid.ToString(CultureInfo.InvariantCulture)}/oom_score_adj", FileMode.Open, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);
            file.Write(System.Text.Encoding.ASCII.GetBytes(adjustment.ToString(CultureInfo.InvariantCulture)));
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            // It stays as likely as others.
        }
    }

    /// <summary>The fields of /proc/PID/stat from the third (the state) on; null for a process that has ended.</summary>
    private static string[]? ReadStatus(int pid)
    {
        try
        {
            var text = File.ReadAllText($"/proc/{pid.ToString(CultureInfo.InvariantCulture)}/stat");
            var fields = text[(text.LastIndexOf(')') + 2)..].Split(' ');
            return fields[0] is "Z" or "X" ? null : fields;
        }
        catch (IOException)
        {
            return null;
        }
    }

    /// <summary>Sends a signal. False when the process has ended.</summary>
    public bool Signal(int signal)
    {
        if (ProcessCalls.PidFdSendSignal(ProcessCalls.PidFdSendSignalNumber, _descriptor, signal, 0, 0) == 0)
        {
            return true;
        }

        var failure = LinuxException.Last("signal", $"process {Pid}");
        return failure.Errno == Errno.NoSuchProcess ? false : throw failure;
    }

    /// <summary>Ends when the process has ended; at once when it had.</summary>
    public Task ExitedAsync(DescriptorPoller poller, CancellationToken cancellationToken) =>
        poller.ReadableAsync(_descriptor, cancellationToken);

    public void Dispose() => _descriptor.Dispose();
}
