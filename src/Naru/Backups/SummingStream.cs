using System.Security.Cryptography;

namespace Naru.Backups;

/// <summary>Reads exactly as many bytes as were promised of a file that may grow or shrink meanwhile, and sums them. What is missing is read as zeros.</summary>
internal sealed class SummingStream(Stream inner, long length) : Stream
{
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private long _position;

    public override bool CanRead => true;

    // The archive's writer wants to know the length, for which it asks a stream that can seek; it does not.
    public override bool CanSeek => true;

    public override bool CanWrite => false;

    public override long Length => length;

    public override long Position { get => _position; set => throw new NotSupportedException(); }

    /// <summary>The sum of all that was read, in lower-case hexadecimal digits.</summary>
    public string Sum() => Convert.ToHexStringLower(_hash.GetHashAndReset());

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var wanted = (int)Math.Min(buffer.Length, length - _position);
        if (wanted == 0)
        {
            return 0;
        }

        var count = await inner.ReadAsync(buffer[..wanted], cancellationToken);
        return Account(buffer.Span[..wanted], count);
    }

    public override int Read(Span<byte> buffer)
    {
        var wanted = (int)Math.Min(buffer.Length, length - _position);
        return wanted == 0 ? 0 : Account(buffer[..wanted], inner.Read(buffer[..wanted]));
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _hash.Dispose();
        }

        base.Dispose(disposing);
    }

    private int Account(Span<byte> wanted, int count)
    {
        if (count == 0)
        {
            wanted.Clear();
            count = wanted.Length;
        }

        _hash.AppendData(wanted[..count]);
        _position += count;
        return count;
    }
}
