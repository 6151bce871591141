using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Threading.Channels;

namespace Naru.Agent.Streams.Spdy;

/// <summary>
/// The server's side of a SPDY/3.1 connection, as far as Kubernetes' clients use the protocol: they open streams, both sides send data and end streams. Windows are
/// not kept: these clients keep none either.
/// </summary>
internal sealed class SpdyConnection(Stream transport) : IDisposable
{
    private const int FrameHead = 8;
    private const int MostFrame = 16 << 20;
    private const int MostData = 32 * 1024;
    private const ushort Version = 3;

    private readonly SpdyHeaders _headers = new();
    private readonly ConcurrentDictionary<int, SpdyStream> _streams = new();
    private readonly Channel<SpdyStream> _opened = Channel.CreateBounded<SpdyStream>(1024);
    private readonly SemaphoreSlim _sending = new(1);

    /// <summary>Streams as the client opens them; ends with the connection.</summary>
    public ChannelReader<SpdyStream> Opened => _opened.Reader;

    /// <summary>Reads frames until the client leaves.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var head = new byte[FrameHead];
        try
        {
            while (await transport.ReadAtLeastAsync(head, FrameHead, throwOnEndOfStream: false, cancellationToken) == FrameHead)
            {
                var length = BinaryPrimitives.ReadInt32BigEndian(head.AsSpan(4)) & 0xFFFFFF;
                if (length > MostFrame)
                {
                    throw new IOException("a frame of SPDY is too large");
                }

                var body = new byte[length];
                await transport.ReadExactlyAsync(body, cancellationToken);
                if (!await TakeAsync(head, body, cancellationToken))
                {
                    return;
                }
            }
        }
        finally
        {
            _opened.Writer.TryComplete();
            foreach (var stream in _streams.Values)
            {
                stream.End();
            }
        }
    }

    internal async ValueTask SendDataAsync(int stream, ReadOnlyMemory<byte> bytes, bool last, CancellationToken cancellationToken)
    {
        do
        {
            var part = bytes[..Math.Min(bytes.Length, MostData)];
            bytes = bytes[part.Length..];
            var frame = new byte[FrameHead + part.Length];
            BinaryPrimitives.WriteInt32BigEndian(frame, stream);
            BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(4), part.Length);
            frame[4] = (byte)(last && bytes.Length == 0 ? 1 : 0);
            part.CopyTo(frame.AsMemory(FrameHead));
            await SendAsync(frame, cancellationToken);
        }
        while (bytes.Length > 0);
    }

    public void Dispose() => _sending.Dispose();

    // False when the client says good-bye.
    private async ValueTask<bool> TakeAsync(byte[] head, byte[] body, CancellationToken cancellationToken)
    {
        var isLast = (head[4] & 1) != 0;
        if ((head[0] & 0x80) == 0)
        {
            await TakeDataAsync(BinaryPrimitives.ReadInt32BigEndian(head), body, isLast, cancellationToken);
            return true;
        }

        switch (BinaryPrimitives.ReadUInt16BigEndian(head.AsSpan(2)))
        {
            case 1:
                await OpenAsync(body, isLast, cancellationToken);
                return true;
            case 3 when body.Length >= 8:
                if (_streams.TryRemove(BinaryPrimitives.ReadInt32BigEndian(body) & int.MaxValue, out var reset))
                {
                    reset.End();
                }

                return true;
            case 6:
                await SendAsync(Control(6, body), cancellationToken);
                return true;
            case 7:
                return false;
            case 8 when body.Length >= 4:
                // Further headers mean nothing here, but they belong to the packed stream.
                _headers.Read(body.AsSpan(4));
                return true;
            default:
                return true;
        }
    }

    private async ValueTask TakeDataAsync(int id, byte[] body, bool isLast, CancellationToken cancellationToken)
    {
        if (!_streams.TryGetValue(id, out var stream))
        {
            return;
        }

        await stream.ReceiveAsync(body, cancellationToken);
        if (isLast)
        {
            stream.End();
        }
    }

    private async ValueTask OpenAsync(byte[] body, bool isLast, CancellationToken cancellationToken)
    {
        if (body.Length < 10)
        {
            throw new IOException("a frame of SPDY is cut short");
        }

        var id = BinaryPrimitives.ReadInt32BigEndian(body) & int.MaxValue;
        var stream = new SpdyStream(this, id, _headers.Read(body.AsSpan(10)));
        _streams[id] = stream;
        if (isLast)
        {
            stream.End();
        }

        var reply = _headers.Write([]);
        var answer = new byte[4 + reply.Length];
        BinaryPrimitives.WriteInt32BigEndian(answer, id);
        reply.CopyTo(answer, 4);
        await SendAsync(Control(2, answer), cancellationToken);
        await _opened.Writer.WriteAsync(stream, cancellationToken);
    }

    private static byte[] Control(ushort type, byte[] body)
    {
        var frame = new byte[FrameHead + body.Length];
        BinaryPrimitives.WriteUInt16BigEndian(frame, 0x8000 | Version);
        BinaryPrimitives.WriteUInt16BigEndian(frame.AsSpan(2), type);
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(4), body.Length);
        body.CopyTo(frame, FrameHead);
        return frame;
    }

    private async ValueTask SendAsync(byte[] frame, CancellationToken cancellationToken)
    {
        await _sending.WaitAsync(cancellationToken);
        try
        {
            await transport.WriteAsync(frame, cancellationToken);
            await transport.FlushAsync(cancellationToken);
        }
        finally
        {
            _sending.Release();
        }
    }
}
