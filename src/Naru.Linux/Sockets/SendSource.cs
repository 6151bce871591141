using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Threading.Tasks.Sources;

namespace Naru.Linux.Sockets;

/// <summary>The sending half of a <see cref="ReadySocket"/>: sends at once what the kernel takes, and the rest when the loop says that there is room. Its first wait may be for the connection itself.</summary>
internal sealed class SendSource(Socket socket, bool connecting) : IValueTaskSource
{
    private readonly Lock _gate = new();
    private readonly SafeHandle _handle = socket.SafeHandle;
    private ManualResetValueTaskSourceCore<bool> _core;
    private ReadOnlyMemory<byte> _left;
    private int _flags;
    private bool _waiting;
    private bool _signalled;
    private bool _closed;
    private bool _connecting = connecting;

    /// <summary>Ends when the connection stands.</summary>
    public ValueTask ConnectedAsync()
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_closed, typeof(ReadySocket));
            if (!_signalled)
            {
                return Wait();
            }

            return Connect() is { } failure ? ValueTask.FromException(failure) : ValueTask.CompletedTask;
        }
    }

    public ValueTask SendAsync(ReadOnlyMemory<byte> bytes, bool more)
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_closed, typeof(ReadySocket));
            if (_waiting)
            {
                throw new InvalidOperationException("the socket is being sent to already");
            }

            _left = bytes;
            _flags = SocketCalls.DontWait | SocketCalls.NoSignal | (more ? SocketCalls.More : 0);
            if (TrySend(out var failure))
            {
                return failure is null ? ValueTask.CompletedTask : ValueTask.FromException(failure);
            }

            return Wait();
        }
    }

    /// <summary>There may be room, or the connection stands or failed.</summary>
    public void Signal()
    {
        SocketException? failure;
        lock (_gate)
        {
            _signalled = true;
            if (!_waiting)
            {
                return;
            }

            if (_connecting)
            {
                failure = Connect();
            }
            else if (!TrySend(out failure))
            {
                return;
            }

            _waiting = false;
        }

        if (failure is null)
        {
            _core.SetResult(true);
        }
        else
        {
            _core.SetException(failure);
        }
    }

    /// <summary>The socket was closed.</summary>
    public void End()
    {
        lock (_gate)
        {
            _closed = true;
            _left = default;
            if (!_waiting)
            {
                return;
            }

            _waiting = false;
        }

        _core.SetException(new ObjectDisposedException(nameof(ReadySocket)));
    }

    void IValueTaskSource.GetResult(short token) => _core.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource.GetStatus(short token) => _core.GetStatus(token);

    void IValueTaskSource.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) => _core.OnCompleted(continuation, state, token, flags);

    private ValueTask Wait()
    {
        _core.Reset();
        _waiting = true;
        return new ValueTask(this, _core.Version);
    }

    // What became of the connection; null: it stands.
    private SocketException? Connect()
    {
        _connecting = false;
        return socket.GetSocketOption(SocketOptionLevel.Socket, SocketOptionName.Error) is int and not 0 and var code ? new SocketException(code) : null;
    }

    // False if the kernel takes no more for now.
    private unsafe bool TrySend(out SocketException? failure)
    {
        failure = null;
        while (!_left.IsEmpty)
        {
            nint sent;
            fixed (byte* buffer = _left.Span)
            {
                sent = SocketCalls.Send(_handle, buffer, _left.Length, _flags);
            }

            if (sent >= 0)
            {
                _left = _left[(int)sent..];
                continue;
            }

            switch (Marshal.GetLastPInvokeError())
            {
                case SocketCalls.Interrupted:
                    continue;
                case SocketCalls.Again:
                    return false;
                case var error:
                    (_left, failure) = (default, SocketFailures.Of(error));
                    return true;
            }
        }

        _left = default;
        return true;
    }
}
