using System.Buffers;
using System.Net;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using Naru.Linux.Sockets;

namespace Naru.Ingress.Lean;

/// <summary>A connection to an endpoint: a socket, a buffer while it is used, and one timer that ends it when it rests or stalls too long.</summary>
internal sealed class LeanConnection : IDisposable
{
    private const int Idle = 0;
    private const int Busy = 1;
    private const int Closed = 2;
    private const int BufferSize = 16 << 10;

    private readonly ReadySocket _socket;
    private readonly Patience _patience;
    private int _state = Busy;
    private byte[]? _buffer;
    private int _start;
    private int _end;

    private LeanConnection(ReadySocket socket, ReadyLoop loop, TimeProvider time)
    {
        _socket = socket;
        Loop = loop;
        _patience = new Patience(time, Expire);
    }

    /// <summary>The thread that carries it.</summary>
    public ReadyLoop Loop { get; }

    /// <summary>Whether it carried a request before: then its end may have crossed ours.</summary>
    public bool IsUsed { get; private set; }

    /// <summary>Whether it was ended because nothing came in time.</summary>
    public bool HasTimedOut { get; private set; }

    /// <summary>What was received and not taken yet.</summary>
    public ReadOnlyMemory<byte> Received => _buffer.AsMemory(_start, _end - _start);

    /// <summary>Connects.</summary>
    /// <exception cref="SocketException">It cannot be reached.</exception>
    /// <exception cref="OperationCanceledException">It did not answer in time.</exception>
    public static async Task<LeanConnection> OpenAsync(IPEndPoint address, ReadyLoop loop, TimeSpan patience, TimeProvider time)
    {
        using var limit = new CancellationTokenSource(patience, time);
        return new LeanConnection(await ReadySocket.ConnectAsync(address, loop, limit.Token), loop, time);
    }

    /// <summary>Takes a resting connection into use; false if it was ended meanwhile.</summary>
    public bool TryTake() => Interlocked.CompareExchange(ref _state, Busy, Idle) == Idle;

    /// <summary>Lets it rest; false if it was ended meanwhile.</summary>
    public bool Rest(TimeSpan limit)
    {
        if (_buffer is { } buffer)
        {
            _buffer = null;
            ArrayPool<byte>.Shared.Return(buffer);
        }

        _start = _end = 0;
        IsUsed = true;
        SetPatience(limit);
        return Interlocked.CompareExchange(ref _state, Idle, Busy) == Busy;
    }

    /// <summary>From now on nothing may take longer than this.</summary>
    public void SetPatience(TimeSpan limit) => _patience.Set(limit);

    public ValueTask SendAsync(ReadOnlyMemory<byte> bytes) => _socket.SendAsync(bytes);

    /// <summary>Receives into the own buffer, after what is there; 0 at the end.</summary>
    /// <exception cref="InvalidDataException">There is no room: a head or a line that is too long.</exception>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<int> FillAsync()
    {
        _buffer ??= ArrayPool<byte>.Shared.Rent(BufferSize);
        if (_start == _end)
        {
            _start = _end = 0;
        }
        else if (_end == _buffer.Length)
        {
            MakeRoom(_buffer);
        }

        var length = await _socket.ReceiveAsync(_buffer.AsMemory(_end));
        _end += length;
        return length;
    }

    /// <summary>Receives into somebody else's memory; only when nothing is left in the own buffer.</summary>
    public ValueTask<int> ReceiveAsync(Memory<byte> memory) => _socket.ReceiveAsync(memory);

    /// <summary>Takes bytes from the buffer.</summary>
    public void Take(int count) => _start += count;

    public void Dispose()
    {
        Interlocked.Exchange(ref _state, Closed);
        _patience.Dispose();
        _socket.Dispose();
        if (Interlocked.Exchange(ref _buffer, null) is { } buffer)
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>Ends the connection under whoever waits on it; what he waits for fails.</summary>
    public void Abort() => _socket.Dispose();

    private void MakeRoom(byte[] buffer)
    {
        var length = _end - _start;
        if (_start == 0)
        {
            if (length >= ResponseHead.MostBytes)
            {
                throw new InvalidDataException("the answer's head is too long");
            }

            _buffer = ArrayPool<byte>.Shared.Rent(buffer.Length * 2);
            buffer.AsSpan(0, length).CopyTo(_buffer);
            ArrayPool<byte>.Shared.Return(buffer);
        }
        else
        {
            buffer.AsSpan(_start, length).CopyTo(buffer);
        }

        _start = 0;
        _end = length;
    }

    private void Expire()
    {
        if (Interlocked.CompareExchange(ref _state, Closed, Idle) == Idle)
        {
            _patience.Dispose();
        }
        else
        {
            HasTimedOut = true;
        }

        _socket.Dispose();
    }
}
