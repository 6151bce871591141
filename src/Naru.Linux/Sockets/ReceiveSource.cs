using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Threading.Tasks.Sources;

namespace Naru.Linux.Sockets;

/// <summary>The receiving half of a <see cref="ReadySocket"/>: receives at once if something may be there, else when the loop says so. The loop tells of what is there when it begins.</summary>
internal sealed class ReceiveSource(SafeHandle socket) : IValueTaskSource<int>
{
    private readonly Lock _gate = new();
    private ManualResetValueTaskSourceCore<int> _core;
    private Memory<byte> _target;
    private bool _waiting;
    private bool _drained = true;
    private bool _signalled;
    private bool _ended;
    private bool _closed;

    public ValueTask<int> ReceiveAsync(Memory<byte> memory)
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_closed, typeof(ReadySocket));
            if (_waiting)
            {
                throw new InvalidOperationException("the socket is being received from already");
            }

            // After less came than there was room for, nothing is there until the loop says so, unless the end is near: that is told once only, maybe together with the last bytes.
            if ((!_drained || _signalled || _ended) && TryReceive(memory, out var count, out var failure))
            {
                return failure is null ? new ValueTask<int>(count) : ValueTask.FromException<int>(failure);
            }

            _core.Reset();
            _target = memory;
            _waiting = true;
            return new ValueTask<int>(this, _core.Version);
        }
    }

    /// <summary>Something may be there.</summary>
    public void Signal(bool ended)
    {
        int count;
        SocketException? failure;
        lock (_gate)
        {
            _ended |= ended;
            _signalled = true;
            if (!_waiting || !TryReceive(_target, out count, out failure))
            {
                return;
            }

            _waiting = false;
            _target = default;
        }

        if (failure is null)
        {
            _core.SetResult(count);
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
            if (!_waiting)
            {
                return;
            }

            _waiting = false;
            _target = default;
        }

        _core.SetException(new ObjectDisposedException(nameof(ReadySocket)));
    }

    int IValueTaskSource<int>.GetResult(short token) => _core.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource<int>.GetStatus(short token) => _core.GetStatus(token);

    void IValueTaskSource<int>.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) => _core.OnCompleted(continuation, state, token, flags);

    // False if nothing is there yet.
    private unsafe bool TryReceive(Memory<byte> memory, out int count, out SocketException? failure)
    {
        (count, failure, _signalled) = (0, null, false);
        nint received;
        do
        {
            fixed (byte* buffer = memory.Span)
            {
                received = SocketCalls.Receive(socket, buffer, memory.Length, SocketCalls.DontWait);
            }
        }
        while (received < 0 && Marshal.GetLastPInvokeError() == SocketCalls.Interrupted);

        if (received >= 0)
        {
            count = (int)received;
            _drained = count < memory.Length;
            return true;
        }

        if (Marshal.GetLastPInvokeError() == SocketCalls.Again)
        {
            _drained = true;
            return false;
        }

        failure = SocketFailures.Of(Marshal.GetLastPInvokeError());
        return true;
    }
}
