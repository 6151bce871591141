using System.Threading.Channels;
using Naru.Core.Containers;

namespace Naru.Containers.Consoles;

/// <summary>Output on its way to one client: bounded, so that a slow client slows the writer down instead of filling memory.</summary>
internal sealed class OutputQueue
{
    /// <summary>Pieces (of at most 8 KiB from a monitor, 32 KiB from an exec) that may wait for a client.</summary>
    private const int QueueLength = 64;

    private readonly Channel<(OutputStream Stream, byte[] Bytes)> _queue = Channel.CreateBounded<(OutputStream, byte[])>(
        new BoundedChannelOptions(QueueLength) { FullMode = BoundedChannelFullMode.Wait, SingleReader = true });

    private readonly TaskCompletionSource _taken = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private ReadOnlyMemory<byte> _rest;
    private OutputStream _restStream;

    /// <summary>Ends when the client was shown the end, and so has passed on all that came before it, or has left.</summary>
    public Task Taken => _taken.Task;

    /// <summary>Takes the next output; count 0 at the end.</summary>
    public async ValueTask<OutputPiece> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        while (_rest.IsEmpty)
        {
            if (!await _queue.Reader.WaitToReadAsync(cancellationToken))
            {
                _taken.TrySetResult();
                return default;
            }

            if (_queue.Reader.TryRead(out var next))
            {
                (_restStream, _rest) = (next.Stream, next.Bytes);
            }
        }

        var count = Math.Min(buffer.Length, _rest.Length);
        _rest[..count].CopyTo(buffer);
        _rest = _rest[count..];
        return new OutputPiece(_restStream, count);
    }

    /// <summary>Queues output, waiting while the queue is full. After <see cref="End"/> it is dropped.</summary>
    public async ValueTask AddAsync(OutputStream stream, byte[] bytes)
    {
        while (!_queue.Writer.TryWrite((stream, bytes)))
        {
            if (!await _queue.Writer.WaitToWriteAsync())
            {
                return;
            }
        }
    }

    /// <summary>No more output comes; what is queued can still be read.</summary>
    public void End() => _queue.Writer.TryComplete();

    /// <summary>The client takes no more.</summary>
    public void Leave()
    {
        End();
        _taken.TrySetResult();
    }
}
