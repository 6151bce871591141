using System.Collections.Concurrent;
using System.Runtime.InteropServices;
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
    [ThreadStatic]
    private static ReadyLoop? _current;

    private readonly ConcurrentDictionary<ulong, ReadySocket> _sockets = new();
    private readonly EpollThread _thread;
    private ulong _lastToken;

    /// <summary>A loop without sockets.</summary>
    /// <param name="index">Its place among those of its kind, for tables by loop.</param>
    public ReadyLoop(int index)
    {
        Index = index;
        _thread = new EpollThread($"naru-sockets-{index}", Signal);
    }

    /// <summary>The loop on whose thread this runs; null elsewhere.</summary>
    public static ReadyLoop? Current => _current;

    /// <summary>Its place among those of its kind.</summary>
    public int Index { get; }

    public void Dispose()
    {
        _thread.Dispose();
        foreach (var socket in _sockets.Values)
        {
            socket.Dispose();
        }
    }

    /// <summary>From now on the socket hears when it can be read or written anew.</summary>
    internal ulong Add(ReadySocket socket, SafeHandle handle)
    {
        _thread.Start();
        var token = Interlocked.Increment(ref _lastToken);
        _sockets[token] = socket;
        if (_thread.Control(NotifyCalls.EpollAdd, handle, NotifyCalls.EpollIn | NotifyCalls.EpollOut | NotifyCalls.EpollRdHup | NotifyCalls.EpollEdge, token) < 0)
        {
            var failure = LinuxException.Last("watch", "a socket");
            _sockets.TryRemove(token, out _);
            throw failure;
        }

        return token;
    }

    /// <summary>The socket is closed: the kernel has forgotten it by itself.</summary>
    internal void Remove(ulong token) => _sockets.TryRemove(token, out _);

    private void Signal(uint events, ulong token)
    {
        _current = this;
        if (!_sockets.TryGetValue(token, out var socket))
        {
            return;
        }

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
