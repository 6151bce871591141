using Naru.Core.Containers;

namespace Naru.Containers.Consoles;

/// <summary>An attachment without live output: only the logs were asked for.</summary>
internal sealed class EndedAttachment(bool terminal) : IAttachment
{
    public bool Terminal => terminal;

    public ValueTask<OutputPiece> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken) => ValueTask.FromResult(default(OutputPiece));

    public ValueTask WriteAsync(ReadOnlyMemory<byte> input, CancellationToken cancellationToken) => ValueTask.CompletedTask;

    public ValueTask CloseInputAsync(CancellationToken cancellationToken) => ValueTask.CompletedTask;

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
