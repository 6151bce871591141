using System.Buffers;
using System.Net.WebSockets;

namespace Naru.Dialects.Kubernetes.Watching;

/// <summary>A WebSocket: one message for each frame. Frames are told apart by the flush after each of them, so every change is flushed.</summary>
internal sealed class WebSocketSink(WebSocket socket, bool isText) : IWatchSink
{
    private readonly ArrayBufferWriter<byte> _buffer = new();

    public IBufferWriter<byte> Writer => _buffer;

    public long Unsent => _buffer.WrittenCount;

    public async Task FlushAsync(CancellationToken cancellationToken)
    {
        if (isText)
        {
            await SendLinesAsync(cancellationToken);
        }
        else
        {
            await SendFramesAsync(cancellationToken);
        }

        _buffer.ResetWrittenCount();
    }

    /// <summary>Listens for the client's goodbye, and calls the watch off when it comes. What else it says is passed over.</summary>
    public async Task ListenAsync(CancellationTokenSource end)
    {
        var buffer = new byte[512];
        try
        {
            while (!end.IsCancellationRequested && (await socket.ReceiveAsync(buffer.AsMemory(), end.Token)).MessageType != WebSocketMessageType.Close)
            {
            }
        }
        catch (Exception gone) when (gone is WebSocketException or IOException or OperationCanceledException or ObjectDisposedException)
        {
            // Gone without a word.
        }

        await end.CancelAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (socket.State is WebSocketState.Open or WebSocketState.CloseReceived)
        {
            try
            {
                await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, CancellationToken.None);
            }
            catch (Exception gone) when (gone is WebSocketException or IOException or ObjectDisposedException)
            {
                // The client went first.
            }
        }

        socket.Dispose();
    }

    private async Task SendLinesAsync(CancellationToken cancellationToken)
    {
        var rest = _buffer.WrittenMemory;
        while (rest.Length > 0)
        {
            var end = rest.Span.IndexOf((byte)'\n');
            var line = end < 0 ? rest : rest[..end];
            await socket.SendAsync(line, WebSocketMessageType.Text, endOfMessage: true, cancellationToken);
            rest = end < 0 ? default : rest[(end + 1)..];
        }
    }

    private async Task SendFramesAsync(CancellationToken cancellationToken)
    {
        var rest = _buffer.WrittenMemory;
        while (rest.Length > 0)
        {
            var length = (int)System.Buffers.Binary.BinaryPrimitives.ReadUInt32BigEndian(rest.Span);
            await socket.SendAsync(rest.Slice(4, length), WebSocketMessageType.Binary, endOfMessage: true, cancellationToken);
            rest = rest[(length + 4)..];
        }
    }
}
