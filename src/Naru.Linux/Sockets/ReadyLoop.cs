using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using Naru.Linux.Files;
using Naru.Linux.Notify;

namespace Naru.Linux.Sockets;

/// <summary>
/// One thread that waits for sockets with one epoll instance and runs what waits for them itself: no work is handed to another thread, which costs a proxy more than the work. What runs here must
/// not block.
/// </summary>
/// <remarks>The thread is a background thread, starts with the first socket and ends with <see cref="Dispose"/>.</remarks>
public sealed class ReadyLoop : IDisposable
{
    private const ulong WakeToken = 0;
    private const int BatchSize = 128;

    [ThreadStatic]
    private static ReadyLoop? _current;

    private readonly ConcurrentDictionary<ulong, ReadySocket> _sockets = new();
    private readonly SafeFileHandle _epoll;
    private readonly SafeFileHandle _wake;
    private readonly Lock _startLock = new();
    private ulong _lastToken;
    private Thread? _thread;
    private volatile bool _disposed;

    /// <summary>A loop without sockets.</summary>
    /// <param name="index">Its place among those of its kind, for tables by loop.</param>
    public ReadyLoop(int index)
    {
        Index = index;
        _epoll = NotifyCalls.EpollCreate1(NotifyCalls.EpollCloexec);
        _wake = NotifyCalls.EventFd(0, NotifyCalls.EventFdCloexec | NotifyCalls.EventFdNonBlock);
        if (_epoll.IsInvalid || _wake.IsInvalid)
        {
            throw LinuxException.Last("create", "an epoll instance");
        }

        LinuxException.ThrowIfFailed(Watch(_wake, NotifyCalls.EpollIn, WakeToken), "watch", "an eventfd");
    }

    /// <summary>The loop on whose thread this runs; null elsewhere.</summary>
    public static ReadyLoop? Current => _current;

    /// <summary>Its place among those of its kind.</summary>
    public int Index { get; }

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

        foreach (var socket in _sockets.Values)
        {
            socket.Dispose();
        }

        _epoll.Dispose();
        _wake.Dispose();
    }

    /// <summary>From now on the socket hears when it can be read or written anew.</summary>
    internal ulong Add(ReadySocket socket, SafeHandle handle)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        EnsureThread();
        var token = Interlocked.Increment(ref _lastToken);
        _sockets[token] = socket;
        if (Watch(handle, NotifyCalls.EpollIn | NotifyCalls.EpollOut | NotifyCalls.EpollRdHup | NotifyCalls.EpollEdge, token) < 0)
        {
            var failure = LinuxException.Last("watch", "a socket");
            _sockets.TryRemove(token, out _);
            throw failure;
        }

        return token;
    }

    /// <summary>The socket is closed: the kernel has forgotten it by itself.</summary>
    internal void Remove(ulong token) => _sockets.TryRemove(token, out _);

    private unsafe int Watch(SafeHandle descriptor, uint events, ulong token)
    {
        var request = stackalloc byte[EpollEvent.Size];
        EpollEvent.Write(new Span<byte>(request, EpollEvent.Size), events, token);
        return NotifyCalls.EpollCtl(_epoll, NotifyCalls.EpollAdd, descriptor, request);
    }

    private void EnsureThread()
    {
        if (_thread is not null)
        {
            return;
        }

        lock (_startLock)
        {
            if (_thread is null && !_disposed)
            {
                _thread = new Thread(Run) { IsBackground = true, Name = $"naru-sockets-{Index}" };
                _thread.Start();
            }
        }
    }

    private unsafe void Run()
    {
        _current = this;
        var size = EpollEvent.Size;
        var events = stackalloc byte[BatchSize * size];
        while (!_disposed)
        {
            var count = NotifyCalls.EpollWait(_epoll, events, BatchSize, -1);
            for (var index = 0; index < count; index++)
            {
                var one = new ReadOnlySpan<byte>(events + (index * size), size);
                if (_sockets.TryGetValue(EpollEvent.Token(one), out var socket))
                {
                    Signal(socket, EpollEvent.Events(one));
                }
            }
        }
    }

    private static void Signal(ReadySocket socket, uint events)
    {
        try
        {
            socket.Signal(events);
        }
        catch (Exception)
        {
            // Whoever waited for it failed in a way that nobody foresaw: that ends his connection, not those of all others.
            socket.Dispose();
        }
    }
}
