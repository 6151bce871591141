using System.Net;
using System.Net.Sockets;
using Naru.Linux.Notify;

namespace Naru.Linux.Sockets;

/// <summary>A stream socket on a <see cref="ReadyLoop"/>: what waits for it goes on on the loop's thread. One receive and one send at a time; <see cref="Dispose"/> from any thread ends both.</summary>
public sealed class ReadySocket : IDisposable
{
    private readonly Socket _socket;
    private readonly ReadyLoop _loop;
    private readonly ReceiveSource _receive;
    private readonly SendSource _send;
    private ulong _token;
    private int _disposed;

    /// <summary>Takes a socket over that is connected and was not used for asynchronous calls. Nothing is told of until <see cref="Start"/>.</summary>
    public ReadySocket(Socket socket, ReadyLoop loop)
        : this(socket, loop, connecting: false)
    {
    }

    private ReadySocket(Socket socket, ReadyLoop loop, bool connecting)
    {
        _socket = socket;
        _loop = loop;
        _receive = new ReceiveSource(socket.SafeHandle);
        _send = new SendSource(socket, connecting);
    }

    /// <summary>Called on the loop's thread, maybe more than once, when the peer has ended its half or the connection broke.</summary>
    public Action? Ended { get; set; }

    /// <summary>Connects over TCP.</summary>
    /// <exception cref="SocketException">It cannot be reached.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public static async ValueTask<ReadySocket> ConnectAsync(EndPoint address, ReadyLoop loop, CancellationToken cancellationToken)
    {
        var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true, Blocking = false };
        ReadySocket? ready = null;
        try
        {
            Begin(socket, address);
            ready = new ReadySocket(socket, loop, connecting: true);
            ready.Start();
            await using var watch = cancellationToken.UnsafeRegister(static state => ((ReadySocket)state!).Dispose(), ready);
            await ready._send.ConnectedAsync();
            return ready;
        }
        catch (Exception failure)
        {
            ready?.Dispose();
            socket.Dispose();
            if (failure is ObjectDisposedException)
            {
                cancellationToken.ThrowIfCancellationRequested();
            }

            throw;
        }
    }

    /// <summary>The loop carries it from now on. A receive that waits already goes on there, never on the caller's thread.</summary>
    public void Start()
    {
        var token = _loop.Add(this, _socket.SafeHandle);
        Interlocked.Exchange(ref _token, token);
        if (Volatile.Read(ref _disposed) != 0)
        {
            // Ended before its token was known here: whoever did it could not have the loop forget it.
            _loop.Remove(token);
        }
    }

    /// <summary>Receives; 0 at the end.</summary>
    /// <exception cref="SocketException">The connection broke.</exception>
    /// <exception cref="ObjectDisposedException">It was disposed.</exception>
    public ValueTask<int> ReceiveAsync(Memory<byte> memory) => _receive.ReceiveAsync(memory);

    /// <summary>Sends all.</summary>
    /// <param name="bytes">What is sent; it must not change meanwhile.</param>
    /// <param name="more">More follows at once: the kernel may keep the bytes to send them together.</param>
    /// <exception cref="SocketException">The connection broke.</exception>
    /// <exception cref="ObjectDisposedException">It was disposed.</exception>
    public ValueTask SendAsync(ReadOnlyMemory<byte> bytes, bool more = false) => _send.SendAsync(bytes, more);

    /// <summary>Tells the peer that nothing more comes, and closes. Also while something waits: it ends with <see cref="ObjectDisposedException"/>.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
        {
            return;
        }

        // First: the loop must not touch a handle that is closed.
        _loop.Remove(Volatile.Read(ref _token));
        _receive.End();
        _send.End();
        try
        {
            _socket.Shutdown(SocketShutdown.Both);
        }
        catch (SocketException)
        {
            // It was broken or not yet connected.
        }

        _socket.Dispose();
    }

    internal void Signal(uint events)
    {
        var ended = (events & (NotifyCalls.EpollHup | NotifyCalls.EpollErr | NotifyCalls.EpollRdHup)) != 0;
        if (ended)
        {
            Ended?.Invoke();
        }

        if (ended || (events & NotifyCalls.EpollIn) != 0)
        {
            _receive.Signal(ended);
        }

        if (ended || (events & NotifyCalls.EpollOut) != 0)
        {
            _send.Signal();
        }
    }

    // Asked for without waiting, the outcome shows when the socket can be written.
    private static void Begin(Socket socket, EndPoint address)
    {
        try
        {
            socket.Connect(address);
        }
        catch (SocketException failure) when (failure.SocketErrorCode is SocketError.WouldBlock or SocketError.InProgress)
        {
            // Under way.
        }
    }
}
