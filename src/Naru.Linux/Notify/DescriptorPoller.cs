using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using Naru.Linux.Files;

namespace Naru.Linux.Notify;

/// <summary>
/// Waits for readiness of any number of descriptors (pidfds, pipes, terminals, sockets, inotify, eventfds) on one thread
/// and one epoll instance. Each wait is one-shot: it ends once the descriptor is ready, hung up or in error.
/// </summary>
/// <remarks>
/// One wait per descriptor number at a time; whoever waits for both directions at once duplicates the descriptor first.
/// The thread is a background thread, starts with the first wait and ends with <see cref="Dispose"/>.
/// </remarks>
public sealed class DescriptorPoller : IDisposable
{
    private readonly ConcurrentDictionary<ulong, TaskCompletionSource> _waits = new();
    private readonly EpollThread _thread;
    private ulong _lastToken;

    public DescriptorPoller() => _thread = new EpollThread("naru-poller", EndWait, 256 * 1024);

    /// <summary>Ends when <paramref name="descriptor"/> can be read, is hung up or has failed.</summary>
    public Task ReadableAsync(SafeHandle descriptor, CancellationToken cancellationToken) =>
        WaitAsync(descriptor, NotifyCalls.EpollIn | NotifyCalls.EpollRdHup, cancellationToken);

    /// <summary>Ends when <paramref name="descriptor"/> takes writes again, is hung up or has failed.</summary>
    public Task WritableAsync(SafeHandle descriptor, CancellationToken cancellationToken) =>
        WaitAsync(descriptor, NotifyCalls.EpollOut, cancellationToken);

    /// <summary>Ends when <paramref name="descriptor"/> signals a change of its file (cgroup and proc files).</summary>
    public Task ChangedAsync(SafeHandle descriptor, CancellationToken cancellationToken) =>
        WaitAsync(descriptor, NotifyCalls.EpollPri, cancellationToken);

    public void Dispose()
    {
        _thread.Dispose();
        foreach (var token in _waits.Keys)
        {
            if (_waits.TryRemove(token, out var wait))
            {
                wait.TrySetCanceled();
            }
        }
    }

    private Task WaitAsync(SafeHandle descriptor, uint events, CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested)
        {
            return Task.FromCanceled(cancellationToken);
        }

        _thread.Start();
        var token = Interlocked.Increment(ref _lastToken);
        var completion = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _waits[token] = completion;
        if (_thread.Control(NotifyCalls.EpollAdd, descriptor, events | NotifyCalls.EpollOneShot, token) < 0)
        {
            var failure = LinuxException.Last("watch", "a descriptor");
            _waits.TryRemove(token, out _);

            // Regular files cannot be watched because they are always ready.
            return failure.Errno == Errno.NotPermitted ? Task.CompletedTask : Task.FromException(failure);
        }

        return FinishAsync(descriptor, token, completion, cancellationToken);
    }

    private async Task FinishAsync(SafeHandle descriptor, ulong token, TaskCompletionSource completion, CancellationToken cancellationToken)
    {
        try
        {
            await using var registration = cancellationToken.UnsafeRegister(
                static (state, cancelled) => ((TaskCompletionSource)state!).TrySetCanceled(cancelled), completion);
            await completion.Task;
        }
        finally
        {
            _waits.TryRemove(token, out _);
            try
            {
                _thread.Control(NotifyCalls.EpollDel, descriptor, 0, token);
            }
            catch (ObjectDisposedException)
            {
                // Closing a descriptor has taken it out of the epoll set already.
            }
        }
    }

    private void EndWait(uint events, ulong token)
    {
        if (_waits.TryRemove(token, out var wait))
        {
            wait.TrySetResult();
        }
    }
}
