using Google.Protobuf;
using Grpc.Core;
using Naru.Dialects.BuildKit.Protocol;

namespace Naru.Dialects.BuildKit.Files;

/// <summary>A stream whose bytes go out as messages; gathers small writes.</summary>
internal sealed class MessageStream(IClientStreamWriter<Bytes> writer) : Stream
{
    private readonly byte[] _buffer = new byte[64 * 1024];
    private int _filled;

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (!buffer.IsEmpty)
        {
            var count = Math.Min(buffer.Length, _buffer.Length - _filled);
            buffer[..count].CopyTo(_buffer.AsMemory(_filled));
            _filled += count;
            buffer = buffer[count..];
            if (_filled == _buffer.Length)
            {
                await FlushAsync(cancellationToken);
            }
        }
    }

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override async Task FlushAsync(CancellationToken cancellationToken)
    {
        if (_filled > 0)
        {
            var message = new Bytes { Data = ByteString.CopyFrom(_buffer, 0, _filled) };
            _filled = 0;
            await writer.WriteAsync(message, cancellationToken);
        }
    }

    // Everything is sent by FlushAsync; nothing may be sent synchronously.
    public override void Flush()
    {
    }

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException("Write asynchronously.");

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();
}
