using System.Threading.Channels;
using Naru.Core.Containers;

namespace Naru.Dialects.Docker.Tests.Fakes;

/// <summary>A process whose output the test writes and whose input it reads.</summary>
internal sealed class FakeAttachment(bool terminal) : IAttachment
{
    private readonly Channel<(OutputStream Stream, byte[] Bytes)> _output = Channel.CreateUnbounded<(OutputStream, byte[])>();
    private readonly Channel<byte[]> _input = Channel.CreateUnbounded<byte[]>();

    public bool Terminal { get; } = terminal;

    public TaskCompletionSource Left { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public void Say(OutputStream stream, string text) => _output.Writer.TryWrite((stream, System.Text.Encoding.UTF8.GetBytes(text)));

    public void End() => _output.Writer.TryComplete();

    /// <summary>Everything written to standard input until it was closed.</summary>
    public async Task<string> AllInputAsync(CancellationToken cancellationToken)
    {
        var text = "";
        await foreach (var bytes in _input.Reader.ReadAllAsync(cancellationToken))
        {
            text += System.Text.Encoding.UTF8.GetString(bytes);
        }
        return text;
    }

    public async Task<string> NextInputAsync(CancellationToken cancellationToken) => System.Text.Encoding.UTF8.GetString(await _input.Reader.ReadAsync(cancellationToken));

    public async ValueTask<OutputPiece> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        if (!await _output.Reader.WaitToReadAsync(cancellationToken))
        {
            return new OutputPiece(OutputStream.Output, 0);
        }
        var (stream, bytes) = await _output.Reader.ReadAsync(cancellationToken);
        bytes.CopyTo(buffer);
        return new OutputPiece(stream, bytes.Length);
    }

    public ValueTask WriteAsync(ReadOnlyMemory<byte> input, CancellationToken cancellationToken)
    {
        _input.Writer.TryWrite(input.ToArray());
        return ValueTask.CompletedTask;
    }

    public ValueTask CloseInputAsync(CancellationToken cancellationToken)
    {
        _input.Writer.TryComplete();
        return ValueTask.CompletedTask;
    }

    public ValueTask DisposeAsync()
    {
        Left.TrySetResult();
        return ValueTask.CompletedTask;
    }
}
