using Naru.Linux.Files;
using Naru.Linux.Notify;

namespace Naru.Linux.Processes;

/// <summary>A child of this process. It is reaped as soon as it ends, whether anybody waits or not.</summary>
public sealed class ChildProcess : IDisposable
{
    private readonly ProcessReference _reference;

    internal ChildProcess(string command, ProcessReference reference, DescriptorPoller poller)
    {
        Command = command;
        _reference = reference;
        Exited = ReapAsync(poller);
    }

    /// <summary>The command line.</summary>
    public string Command { get; }

    public int Pid => _reference.Pid;

    /// <summary>Ends with the process.</summary>
    public Task<ProcessExit> Exited { get; }

    /// <summary>Sends a signal. False when the process has ended.</summary>
    public bool Signal(int signal) => !Exited.IsCompleted && _reference.Signal(signal);

    /// <summary>Lets go of the process; it goes on and is still reaped.</summary>
    public void Dispose()
    {
        Exited.ContinueWith(
            static (_, state) => ((ProcessReference)state!).Dispose(),
            _reference,
            CancellationToken.None,
            TaskContinuationOptions.ExecuteSynchronously,
            TaskScheduler.Default);
    }

    private async Task<ProcessExit> ReapAsync(DescriptorPoller poller)
    {
        await _reference.ExitedAsync(poller, CancellationToken.None);
        return Reap();
    }

    private unsafe ProcessExit Reap()
    {
        var information = stackalloc byte[ProcessCalls.SignalInfoSize];
        while (ProcessCalls.WaitId(
            ProcessCalls.WaitByPidFd, (int)_reference.Descriptor.DangerousGetHandle(), information, ProcessCalls.WaitExited) < 0)
        {
            if (Descriptors.LastErrno() != Errno.Interrupted)
            {
                throw LinuxException.Last("wait for", Command);
            }
        }

        var status = *(int*)(information + ProcessCalls.SignalInfoStatus);
        return *(int*)(information + ProcessCalls.SignalInfoCode) == ProcessCalls.CodeExited
            ? new ProcessExit(status, 0)
            : new ProcessExit(128 + status, status);
    }
}
