using Naru.Core.Errors;

namespace Naru.Linux.Archives;

/// <summary>Unpacked bytes. Broken packing is <see cref="ErrorKind.InvalidArgument"/> on a read. Read asynchronously only.</summary>
public sealed class DecompressedStream : Stream
{
    private readonly Stream _inner;

    internal DecompressedStream(CompressionKind kind, Stream inner) => (Kind, _inner) = (kind, inner);

    /// <summary>How the source is packed.</summary>
    public CompressionKind Kind { get; }

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        try
        {
            return await _inner.ReadAsync(buffer, cancellationToken);
        }
        catch (Exception broken) when (broken is InvalidDataException or ZstdSharp.ZstdException
            || (broken is EndOfStreamException && Kind == CompressionKind.Zstd))
        {
            throw new NaruException(ErrorKind.InvalidArgument, $"invalid {Kind.ToString().ToLowerInvariant()} data: {broken.Message}", broken);
        }
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException("Read asynchronously.");

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override async ValueTask DisposeAsync()
    {
        await _inner.DisposeAsync();
        await base.DisposeAsync();
    }
}
