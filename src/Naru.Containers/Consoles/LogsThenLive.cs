using Naru.Core.Containers;

namespace Naru.Containers.Consoles;

/// <summary>First what was written before, then what is written now.</summary>
internal sealed class LogsThenLive(ILogReader logs, IAttachment live) : IAttachment
{
    private readonly List<LogPiece> _batch = [];
    private int _next;
    private int _offset;
    private bool _logsEnded;

    public bool Terminal => live.Terminal;

    public async ValueTask<OutputPiece> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        while (!_logsEnded)
        {
            if (_next < _batch.Count)
            {
                var piece = _batch[_next];
                var rest = piece.Bytes[_offset..];
                var count = Math.Min(rest.Length, buffer.Length);
                rest[..count].CopyTo(buffer);
                (_next, _offset) = count == rest.Length ? (_next + 1, 0) : (_next, _offset + count);
                if (count > 0)
                {
                    return new OutputPiece(piece.Stream, count);
                }
            }
            else
            {
                (_next, _offset) = (0, 0);
                _logsEnded = !await logs.ReadAsync(_batch, cancellationToken);
            }
        }

        return await live.ReadAsync(buffer, cancellationToken);
    }

    public ValueTask WriteAsync(ReadOnlyMemory<byte> input, CancellationToken cancellationToken) => live.WriteAsync(input, cancellationToken);

    public ValueTask CloseInputAsync(CancellationToken cancellationToken) => live.CloseInputAsync(cancellationToken);

    public async ValueTask DisposeAsync()
    {
        await logs.DisposeAsync();
        await live.DisposeAsync();
    }
}
