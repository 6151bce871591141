using System.Buffers.Binary;
using System.Net.WebSockets;

namespace Naru.Dialects.Kubernetes.Watching;

/// <summary>A WebSocket: one message for each frame.</summary>
internal sealed class WebSocketSink(WebSocket socket, bool isText) : IWatchSink
{
    public async ValueTask SendAsync(WatchRun run, CancellationToken cancellationToken)
    {
        if (isText)
        {
            await SendLinesAsync(run.Frames, cancellationToken);
        }
        else
        {
            await SendFramesAsync(run.Frames, cancellationToken);
        }
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

    private async Task SendLinesAsync(ReadOnlyMemory<byte> rest, CancellationToken cancellationToken)
    {
        while (rest.Length > 0)
        {
            var end = rest.Span.IndexOf((byte)'\n');
            var line = end < 0 ? rest : rest[..end];
            await socket.SendAsync(line, WebSocketMessageType.Text, endOfMessage: true, cancellationToken);
            rest = end < 0 ? default : rest[(end + 1)..];
        }
    }

    private async Task SendFramesAsync(ReadOnlyMemory<byte> rest, CancellationToken cancellationToken)
    {
        while (rest.Length > 0)
        {
            var length = (int)BinaryPrimitives.ReadUInt32BigEndian(rest.Span);
            await socket.SendAsync(rest.Slice(4, length), WebSocketMessageType.Binary, endOfMessage: true, cancellationToken);
            rest = rest[(length + 4)..];
        }
    }
}
