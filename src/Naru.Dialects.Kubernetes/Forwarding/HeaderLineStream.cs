using System.Buffers;

namespace Naru.Dialects.Kubernetes.Forwarding;

/// <summary>
/// A connection for one request whose headers of several values (values parted by a tab) become a line for each value. The client that .NET has joins them into
/// one line with commas, which Kubernetes' servers, rightly, take for one value.
/// </summary>
internal sealed class HeaderLineStream(Stream inner) : Stream
{
    /// <summary>Stands between the values of a header that is to become several lines.</summary>
    public const char Separator = '\t';

    private readonly ArrayBufferWriter<byte> _line = new(256);
    private bool _inBody;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override int Read(byte[] buffer, int offset, int count) => inner.Read(buffer, offset, count);

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => inner.ReadAsync(buffer, cancellationToken);

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) => inner.ReadAsync(buffer, offset, count, cancellationToken);

    public override void Write(byte[] buffer, int offset, int count) => inner.Write(Split(buffer.AsMemory(offset, count)).Span);

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) => inner.WriteAsync(Split(buffer), cancellationToken);

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) => WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override void Flush() => inner.Flush();

    public override Task FlushAsync(CancellationToken cancellationToken) => inner.FlushAsync(cancellationToken);

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            inner.Dispose();
        }

        base.Dispose(disposing);
    }

    private ReadOnlyMemory<byte> Split(ReadOnlyMemory<byte> bytes)
    {
        if (_inBody)
        {
            return bytes;
        }

        var target = new ArrayBufferWriter<byte>(bytes.Length + 256);
        var rest = bytes.Span;
        while (rest.Length > 0 && !_inBody)
        {
            var end = rest.IndexOf((byte)'\n');
            _line.Write(end < 0 ? rest : rest[..(end + 1)]);
            rest = end < 0 ? default : rest[(end + 1)..];
            if (end >= 0)
            {
                WriteLine(_line.WrittenSpan, target);
                _inBody = _line.WrittenCount <= 2;
                _line.ResetWrittenCount();
            }
        }

        target.Write(rest);
        return target.WrittenMemory;
    }

    private static void WriteLine(ReadOnlySpan<byte> line, IBufferWriter<byte> target)
    {
        var colon = line.IndexOf(": "u8);
        if (colon < 0 || !line.Contains((byte)Separator))
        {
            target.Write(line);
            return;
        }

        var name = line[..(colon + 2)];
        foreach (var place in line[(colon + 2)..].TrimEnd("\r\n"u8).Split((byte)Separator))
        {
            target.Write(name);
            target.Write(line[(colon + 2)..][place]);
            target.Write("\r\n"u8);
        }
    }
}
