using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
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
    private const ulong WakeToken = 0;
    private const int BatchSize = 64;
    private readonly ConcurrentDictionary<ulong, TaskCompletionSource> _waits = new();
    private readonly SafeFileHandle _epoll;
    private readonly SafeFileHandle _wake;
    private readonly Lock _startLock = new();
    private ulong _lastToken;
    private Thread? _thread;
    private volatile bool _disposed;

    public DescriptorPoller()
    {
        _epoll = NotifyCalls.EpollCreate1(NotifyCalls.EpollCloexec);
        _wake = NotifyCalls.EventFd(0, NotifyCalls.EventFdCloexec | NotifyCalls.EventFdNonBlock);
        if (_epoll.IsInvalid || _wake.IsInvalid)
        {
            throw LinuxException.Last("create", "an epoll instance");
        }

        LinuxException.ThrowIfFailed(Control(NotifyCalls.EpollAdd, _wake, NotifyCalls.EpollIn, WakeToken), "watch", "an eventfd");
    }

    /// <summary>Ends when <paramref name="descriptor"/> can be read, is hung up or has failed.</summary>
    public Task ReadableAsync(SafeHandle descriptor, CancellationToken cancellationToken) =>
        WaitAsync(descriptor, NotifyCalls.EpollIn | NotifyCalls.EpollRdHup, cancellationToken);

    /// <summary>Ends when <paramref name="descriptor"/> takes writes again, is hung up or has failed.</summary>
    public Task WritableAsync(SafeHandle descriptor, CancellationToken cancellationToken) =>
        WaitAsync(descriptor, NotifyCalls.EpollOut, cancellationToken);

    /// <summary>Ends when <paramref name="descriptor"/> signals a change of its file (cgroup and proc files).</summary>
    public Task ChangedAsync(SafeHandle descriptor, CancellationToken cancellationToken) =>
        WaitAsync(descriptor, NotifyCalls.EpollPri, cancellationToken);

    public unsafe void Dispose()
    {
        Thread? thread;
        lock (_startLock)
        {
            if (_disposed)
            {
                return;
            }

            _disposed = true;
            thread = _thread;
        }

        var one = 1UL;
        _ = NotifyCalls.Write(_wake, (byte*)&one, sizeof(ulong));
        thread?.Join();
        _epoll.Dispose();
        _wake.Dispose();
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

        EnsureThread();
        var token = Interlocked.Increment(ref _lastToken);
        var completion = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _waits[token] = completion;
        if (Control(NotifyCalls.EpollAdd, descriptor, events | NotifyCalls.EpollOneShot, token) < 0)
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
                Control(NotifyCalls.EpollDel, descriptor, 0, token);
            }
            catch (ObjectDisposedException)
            {
                // Closing a descriptor has taken it out of the epoll set already.
            }
        }
    }

    private unsafe int Control(int operation, SafeHandle descriptor, uint events, ulong token)
    {
        var request = stackalloc byte[EpollEvent.Size];
        EpollEvent.Write(new Span<byte>(request, EpollEvent.Size), events, token);
        return NotifyCalls.EpollCtl(_epoll, operation, descriptor, request);
    }

    private void EnsureThread()
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (_thread is not null)
        {
            return;
        }

        lock (_startLock)
        {
            if (_thread is null && !_disposed)
            {
                _thread = new Thread(Loop, 256 * 1024) { IsBackground = true, Name = "naru-poller" };
                _thread.Start();
            }
        }
    }

    private unsafe void Loop()
    {
        var size = EpollEvent.Size;
        var events = stackalloc byte[BatchSize * size];
        while (!_disposed)
        {
            var count = NotifyCalls.EpollWait(_epoll, events, BatchSize, -1);
            for (var i = 0; i < count; i++)
            {
                var token = EpollEvent.Token(new ReadOnlySpan<byte>(events + (i * size), size));
                if (_waits.TryRemove(token, out var wait))
                {
                    wait.TrySetResult();
                }
            }
        }
    }
}
