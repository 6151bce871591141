using System.Net.WebSockets;
using System.Text;
using Naru.Dialects.Kubernetes.Forwarding;
using Naru.Dialects.Kubernetes.Server;
using Naru.Dialects.Kubernetes.Watching;

namespace Naru.Dialects.Kubernetes.Streaming;

/// <summary>A container's log as messages of a WebSocket: the node sends it as plain bytes, each piece that comes is one message.</summary>
internal sealed class LogSocket(UpstreamForwarder forwarder)
{
    private const string Base64 = "base64.binary.k8s.io";

    private static readonly string[] Protocols = ["binary.k8s.io", Base64];

    /// <summary>Asks the node and passes on what it sends, until it or the client has done.</summary>
    public async Task SendAsync(Exchange exchange, Upstream upstream, string path)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, upstream.At(path)) { Version = new Version(1, 1) };
        using var answer = await forwarder.SendAsync(upstream, request, exchange.Cancellation);
        if (!answer.IsSuccessStatusCode)
        {
            throw new StatusFailure((int)answer.StatusCode, (int)answer.StatusCode < 500 ? "BadRequest" : "InternalError", await answer.Content.ReadAsStringAsync(exchange.Cancellation));
        }

        await using var log = await answer.Content.ReadAsStreamAsync(exchange.Cancellation);
        var encodes = WebSocketUpgrade.Protocol(exchange.Http.Request, Protocols) == Base64;
        using var socket = await WebSocketUpgrade.OpenAsync(exchange, Protocols);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(exchange.Cancellation);
        var listening = ListenAsync(socket, end);
        await PumpAsync(log, socket, encodes, end.Token);
        await end.CancelAsync();
        await listening;
    }

    private static async Task PumpAsync(Stream log, WebSocket socket, bool encodes, CancellationToken cancellationToken)
    {
        try
        {
            var buffer = new byte[16 * 1024];
            int count;
            while ((count = await log.ReadAsync(buffer, cancellationToken)) > 0)
            {
                var message = encodes ? Encoding.ASCII.GetBytes(Convert.ToBase64String(buffer, 0, count)) : buffer.AsMemory(0, count);
                await socket.SendAsync(message, encodes ? WebSocketMessageType.Text : WebSocketMessageType.Binary, endOfMessage: true, cancellationToken);
            }

            await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, cancellationToken);
        }
        catch (Exception gone) when (gone is WebSocketException or IOException or OperationCanceledException or ObjectDisposedException)
        {
            // The client has enough, or the node has gone.
        }
    }

    // Whatever the client says is passed over; when it goes, so does the log.
    private static async Task ListenAsync(WebSocket socket, CancellationTokenSource end)
    {
        try
        {
            var buffer = new byte[512];
            while ((await socket.ReceiveAsync(buffer.AsMemory(), end.Token)).MessageType != WebSocketMessageType.Close)
            {
            }
        }
        catch (Exception gone) when (gone is WebSocketException or IOException or OperationCanceledException or ObjectDisposedException)
        {
            // Gone without a word.
        }

        await end.CancelAsync();
    }
}
