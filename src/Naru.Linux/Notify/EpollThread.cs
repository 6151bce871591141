using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using Naru.Linux.Files;

namespace Naru.Linux.Notify;

/// <summary>One epoll instance and the background thread that waits with it. The thread starts when it is first needed and ends with <see cref="Dispose"/>.</summary>
/// <param name="name">The thread's name.</param>
/// <param name="ready">Called on the thread with the events of a descriptor and the token that it is watched by.</param>
/// <param name="stackSize">Bytes of its stack; 0 for the usual.</param>
internal sealed class EpollThread(string name, Action<uint, ulong> ready, int stackSize = 0) : IDisposable
{
    /// <summary>The token of the thread's own alarm: no descriptor may be watched by it.</summary>
    private const ulong WakeToken = 0;
    private const int BatchSize = 128;

    private readonly SafeFileHandle _epoll = Make(NotifyCalls.EpollCreate1(NotifyCalls.EpollCloexec), "an epoll instance");
    private readonly SafeFileHandle _wake = Make(NotifyCalls.EventFd(0, NotifyCalls.EventFdCloexec | NotifyCalls.EventFdNonBlock), "an eventfd");
    private readonly Lock _startLock = new();
    private Thread? _thread;
    private volatile bool _disposed;

    /// <summary>Starts the thread if it does not run yet.</summary>
    public void Start()
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
                LinuxException.ThrowIfFailed(Control(NotifyCalls.EpollAdd, _wake, NotifyCalls.EpollIn, WakeToken), "watch", "an eventfd");
                _thread = new Thread(Run, stackSize) { IsBackground = true, Name = name };
                _thread.Start();
            }
        }
    }

    /// <summary>Changes what is watched (epoll_ctl); negative if that failed, for a reason that the last error says.</summary>
    public unsafe int Control(int operation, SafeHandle descriptor, uint events, ulong token)
    {
        var request = stackalloc byte[EpollEvent.Size];
        EpollEvent.Write(new Span<byte>(request, EpollEvent.Size), events, token);
        return NotifyCalls.EpollCtl(_epoll, operation, descriptor, request);
    }

    /// <summary>Ends the thread and waits for it, unless this is it.</summary>
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
        if (thread != Thread.CurrentThread)
        {
            thread?.Join();
        }

        _epoll.Dispose();
        _wake.Dispose();
    }

    private static SafeFileHandle Make(SafeFileHandle handle, string what) => handle.IsInvalid ? throw LinuxException.Last("create", what) : handle;

    private unsafe void Run()
    {
        var size = EpollEvent.Size;
        var events = stackalloc byte[BatchSize * size];
        while (!_disposed)
        {
            var count = NotifyCalls.EpollWait(_epoll, events, BatchSize, -1);
            for (var index = 0; index < count; index++)
            {
                var one = new ReadOnlySpan<byte>(events + (index * size), size);
                if (EpollEvent.Token(one) is not WakeToken and var token)
                {
                    ready(EpollEvent.Events(one), token);
                }
            }
        }
    }
}
