using System.Buffers;
using System.Net;
using System.Net.Sockets;

namespace Naru.Ingress.Lean;

/// <summary>A connection to an endpoint: a socket, a buffer while it is used, and one timer that ends it when it rests or stalls too long.</summary>
internal sealed class LeanConnection : IDisposable
{
    private const int Idle = 0;
    private const int Busy = 1;
    private const int Closed = 2;
    private const int BufferSize = 16 << 10;

    private readonly Socket _socket;
    private readonly ITimer _timer;
    private readonly TimeProvider _time;
    private long _deadline = long.MaxValue;
    private int _state = Busy;
    private byte[]? _buffer;
    private int _start;
    private int _end;

    private LeanConnection(Socket socket, TimeProvider time)
    {
        _socket = socket;
        _time = time;
        _timer = time.CreateTimer(static state => ((LeanConnection)state!).Expire(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Whether it carried a request before: then its end may have crossed ours.</summary>
    public bool IsUsed { get; private set; }

    /// <summary>Whether it was ended because nothing came in time.</summary>
    public bool HasTimedOut { get; private set; }

    /// <summary>What was received and not taken yet.</summary>
    public ReadOnlyMemory<byte> Received => _buffer.AsMemory(_start, _end - _start);

    /// <summary>Connects.</summary>
    /// <exception cref="SocketException">It cannot be reached.</exception>
    /// <exception cref="OperationCanceledException">It did not answer in time.</exception>
    public static async Task<LeanConnection> OpenAsync(IPEndPoint address, TimeSpan patience, TimeProvider time)
    {
        var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            using var limit = new CancellationTokenSource(patience, time);
            await socket.ConnectAsync(address, limit.Token);
            return new LeanConnection(socket, time);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
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
    public void SetPatience(TimeSpan limit)
    {
        Volatile.Write(ref _deadline, _time.GetTimestamp() + (long)(limit.TotalSeconds * _time.TimestampFrequency));
        _timer.Change(limit, Timeout.InfiniteTimeSpan);
    }

    public async ValueTask SendAsync(ReadOnlyMemory<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            bytes = bytes[await _socket.SendAsync(bytes, SocketFlags.None, CancellationToken.None)..];
        }
    }

    /// <summary>Receives into the own buffer, after what is there; 0 at the end.</summary>
    /// <exception cref="InvalidDataException">There is no room: a head or a line that is too long.</exception>
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

        var length = await _socket.ReceiveAsync(_buffer.AsMemory(_end), SocketFlags.None, CancellationToken.None);
        _end += length;
        return length;
    }

    /// <summary>Receives into somebody else's memory; only when nothing is left in the own buffer.</summary>
    public ValueTask<int> ReceiveAsync(Memory<byte> memory) => _socket.ReceiveAsync(memory, SocketFlags.None, CancellationToken.None);

    /// <summary>Takes bytes from the buffer.</summary>
    public void Take(int count) => _start += count;

    public void Dispose()
    {
        Interlocked.Exchange(ref _state, Closed);
        _timer.Dispose();
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
        // The timer may have been set anew while this call was on its way.
        if (_time.GetTimestamp() < Volatile.Read(ref _deadline) - (_time.TimestampFrequency / 100))
        {
            return;
        }

        if (Interlocked.CompareExchange(ref _state, Closed, Idle) == Idle)
        {
            _timer.Dispose();
        }
        else
        {
            HasTimedOut = true;
        }

        _socket.Dispose();
    }
}
