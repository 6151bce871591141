using System.Threading.Channels;
using Naru.Core.Containers;

namespace Naru.Containers.Consoles;

/// <summary>One attached client: its queue of output and its way to the container's input.</summary>
internal sealed class ConsoleAttachment(ConsoleHub hub, AttachOptions options, ProcessSpec process, Action left) : IAttachment
{
    /// <summary>Packets (of at most 8 KiB each) that may wait for a client before the container is slowed down.</summary>
    private const int QueueLength = 64;

    private readonly Channel<(OutputStream Stream, byte[] Bytes)> _queue = Channel.CreateBounded<(OutputStream, byte[])>(
        new BoundedChannelOptions(QueueLength) { FullMode = BoundedChannelFullMode.Wait, SingleReader = true, SingleWriter = true });

    private readonly DetachKeys? _detachKeys = process.Terminal && options.Input ? DetachKeys.Parse(options.DetachKeys) : null;
    private ReadOnlyMemory<byte> _rest;
    private OutputStream _restStream;
    private bool _inputClosed;

    public bool Terminal => process.Terminal;

    public async ValueTask<OutputPiece> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        while (_rest.IsEmpty)
        {
            if (!await _queue.Reader.WaitToReadAsync(cancellationToken))
            {
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

    public async ValueTask WriteAsync(ReadOnlyMemory<byte> input, CancellationToken cancellationToken)
    {
        if (!options.Input || !process.OpenInput)
        {
            return;
        }

        if (_detachKeys is null)
        {
            await hub.WriteAsync(input, cancellationToken);
            return;
        }

        var passed = _detachKeys.Filter(input, out var detached);
        await hub.WriteAsync(passed, cancellationToken);
        if (detached)
        {
            left();
            hub.Remove(this);
            End();
        }
    }

    public async ValueTask CloseInputAsync(CancellationToken cancellationToken)
    {
        if (options.Input && process.OpenInput && !_inputClosed)
        {
            _inputClosed = true;
            await hub.CloseInputAsync(cancellationToken);
        }
    }

    public async ValueTask DisposeAsync()
    {
        // A client that leaves ends the input that ends with its client, but only of a container that has begun.
        using var now = new CancellationTokenSource();
        if (options.Input && process is { OpenInput: true, InputOnce: true } && !_inputClosed && _detachKeys?.WasTyped != true)
        {
            var closing = CloseInputAsync(now.Token);
            if (!closing.IsCompleted)
            {
                await now.CancelAsync();
            }

            await closing.AsTask().ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        hub.Remove(this);
        End();
    }

    /// <summary>Queues output; waits while the queue is full.</summary>
    internal async ValueTask DeliverAsync(OutputStream stream, byte[] bytes)
    {
        if (stream == OutputStream.Error ? !options.Error : !options.Output)
        {
            return;
        }

        if (_queue.Writer.TryWrite((stream, bytes)))
        {
            return;
        }

        while (await _queue.Writer.WaitToWriteAsync())
        {
            if (_queue.Writer.TryWrite((stream, bytes)))
            {
                return;
            }
        }
    }

    /// <summary>No more output comes; what is queued can still be read.</summary>
    internal void End() => _queue.Writer.TryComplete();
}
