using Naru.Core.Containers;

namespace Naru.Containers.Consoles;

/// <summary>One attached client: its queue of output and its way to the container's input.</summary>
internal sealed class ConsoleAttachment(ConsoleHub hub, AttachOptions options, ProcessSpec process, Action left) : IAttachment
{
    private readonly OutputQueue _queue = new();
    private readonly DetachKeys? _detachKeys = process.Terminal && options.Input ? DetachKeys.Parse(options.DetachKeys) : null;
    private bool _inputClosed;

    public bool Terminal => process.Terminal;

    /// <summary>Ends when the client has taken all output, or has left.</summary>
    internal Task Taken => _queue.Taken;

    public ValueTask<OutputPiece> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken) => _queue.ReadAsync(buffer, cancellationToken);

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
            var closing = CloseInputAsync(now.Token).AsTask();
            if (!closing.IsCompleted)
            {
                await now.CancelAsync();
            }

            await closing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        hub.Remove(this);
        _queue.Leave();
    }

    /// <summary>Queues output; waits while the queue is full.</summary>
    internal ValueTask DeliverAsync(OutputStream stream, byte[] bytes) =>
        (stream == OutputStream.Error ? options.Error : options.Output) ? _queue.AddAsync(stream, bytes) : ValueTask.CompletedTask;

    /// <summary>No more output comes; what is queued can still be read.</summary>
    internal void End() => _queue.End();
}
