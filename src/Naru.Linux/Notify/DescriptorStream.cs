using Microsoft.Win32.SafeHandles;
using Naru.Linux.Files;

namespace Naru.Linux.Notify;

/// <summary>
/// Reads or writes one non-blocking descriptor (a pipe's end, a terminal, a socket) without holding a thread.
/// A closed peer reads as the end; a closed terminal (EIO) too. One reader and one writer at a time.
/// </summary>
public sealed class DescriptorStream : Stream
{
    private const Errno ConnectionReset = (Errno)104;
    private readonly DescriptorPoller _poller;
    private readonly SafeFileHandle _descriptor;
    private readonly SafeFileHandle _writeSide;

    /// <summary>Takes over <paramref name="descriptor"/> and makes it non-blocking.</summary>
    /// <param name="poller">Waits for readiness.</param>
    /// <param name="descriptor">The descriptor; closed with the stream.</param>
    /// <param name="access">Directions that are used; both together need a second descriptor, which is made here.</param>
    public DescriptorStream(DescriptorPoller poller, SafeFileHandle descriptor, FileAccess access)
    {
        _poller = poller;
        _descriptor = descriptor;
        Descriptors.SetNonBlocking(descriptor);
        _writeSide = access == FileAccess.ReadWrite ? Descriptors.Duplicate(descriptor) : descriptor;
        CanRead = access.HasFlag(FileAccess.Read);
        CanWrite = access.HasFlag(FileAccess.Write);
    }

    public override bool CanRead { get; }

    public override bool CanWrite { get; }

    public override bool CanSeek => false;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    /// <summary>The descriptor, for controls such as the size of a terminal. It stays the stream's.</summary>
    public SafeFileHandle Descriptor => _descriptor;

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (buffer.Length == 0)
        {
            return 0;
        }

        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var (count, errno) = TryRead(buffer.Span);
            switch (errno)
            {
                case Errno.None:
                    return count;
                case Errno.InputOutput or ConnectionReset:
                    return 0;
                case Errno.Again:
                    await _poller.ReadableAsync(_descriptor, cancellationToken);
                    break;
                case Errno.Interrupted:
                    break;
                default:
                    throw new LinuxException(errno, "read", "a descriptor");
            }
        }
    }

    /// <summary>Reads like <see cref="ReadAsync(Memory{byte}, CancellationToken)"/>, but answers 0 instead of waiting once <paramref name="stopWaiting"/> is set.</summary>
    public async ValueTask<int> ReadAvailableAsync(Memory<byte> buffer, CancellationToken stopWaiting)
    {
        while (true)
        {
            var (count, errno) = TryRead(buffer.Span);
            if (errno == Errno.None)
            {
                return count;
            }

            if (errno is not (Errno.Again or Errno.Interrupted) || stopWaiting.IsCancellationRequested)
            {
                return 0;
            }

            if (errno == Errno.Again)
            {
                await _poller.ReadableAsync(_descriptor, stopWaiting).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (buffer.Length > 0)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var (count, errno) = TryWrite(buffer.Span);
            switch (errno)
            {
                case Errno.None:
                    buffer = buffer[count..];
                    break;
                case Errno.Again:
                    await _poller.WritableAsync(_writeSide, cancellationToken);
                    break;
                case Errno.Interrupted:
                    break;
                default:
                    throw new LinuxException(errno, "write", "a descriptor");
            }
        }
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public override void Flush()
    {
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException("Read without waiting: use ReadAsync.");

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException("Write without waiting: use WriteAsync.");

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _descriptor.Dispose();
            _writeSide.Dispose();
        }

        base.Dispose(disposing);
    }

    private unsafe (int Count, Errno Errno) TryRead(Span<byte> buffer)
    {
        fixed (byte* bytes = buffer)
        {
            var count = NotifyCalls.Read(_descriptor, bytes, buffer.Length);
            return ((int)count, count < 0 ? Descriptors.LastErrno() : Errno.None);
        }
    }

    private unsafe (int Count, Errno Errno) TryWrite(ReadOnlySpan<byte> buffer)
    {
        fixed (byte* bytes = buffer)
        {
            var count = NotifyCalls.Write(_writeSide, bytes, buffer.Length);
            return ((int)count, count < 0 ? Descriptors.LastErrno() : Errno.None);
        }
    }
}
