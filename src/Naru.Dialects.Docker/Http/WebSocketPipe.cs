using System.Net.WebSockets;
using System.Security.Cryptography;
using System.Text;
using Naru.Core.Containers;
using Naru.Dialects.Http.Hijack;

namespace Naru.Dialects.Docker.Http;

/// <summary>An attached process over a WebSocket: raw bytes both ways in binary messages, no frames.</summary>
internal static class WebSocketPipe
{
    private const string Magic = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

    /// <summary>Refuses a request that asks for no WebSocket.</summary>
    /// <exception cref="DockerException">400.</exception>
    public static void Check(DockerCall call)
    {
        if (!string.Equals(call.Header("Upgrade"), "websocket", StringComparison.OrdinalIgnoreCase) || KeyOf(call) is null)
        {
            throw DockerException.BadRequest("bad handshake: the request does not ask for a websocket");
        }
    }

    public static async Task RunAsync(DockerCall call, IAttachment process, bool takesInput, CancellationToken stopping)
    {
        // RFC 6455, section 4.2.2: the answer proves that the key was read.
#pragma warning disable CA5350
        var accept = Convert.ToBase64String(SHA1.HashData(Encoding.ASCII.GetBytes(KeyOf(call) + Magic)));
#pragma warning restore CA5350
        var pipe = await call.Http.HijackAsync(
            101,
            "Switching Protocols",
            [new("Upgrade", "websocket"), new("Connection", "Upgrade"), new("Sec-WebSocket-Accept", accept)],
            call.Aborted);
        using var socket = WebSocket.CreateFromStream(new DuplexPipeStream(pipe), new WebSocketCreationOptions { IsServer = true });
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        var input = CarryInputAsync(socket, process, takesInput, ended);
        try
        {
            await CarryOutputAsync(socket, process, ended.Token);
        }
        finally
        {
            await ended.CancelAsync();
            await input;
        }
    }

    private static async Task CarryOutputAsync(WebSocket socket, IAttachment process, CancellationToken ended)
    {
        var buffer = new byte[16 * 1024];
        try
        {
            OutputPiece piece;
            while ((piece = await process.ReadAsync(buffer, ended)).Count > 0)
            {
                await socket.SendAsync(buffer.AsMemory(0, piece.Count), WebSocketMessageType.Binary, endOfMessage: true, ended);
            }
            await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, ended);
        }
        catch (Exception failure) when (failure is OperationCanceledException or WebSocketException or IOException)
        {
            // The client is gone or detached.
        }
    }

    private static async Task CarryInputAsync(WebSocket socket, IAttachment process, bool takesInput, CancellationTokenSource ended)
    {
        var buffer = new byte[16 * 1024];
        try
        {
            while (true)
            {
                var read = await socket.ReceiveAsync(buffer.AsMemory(), ended.Token);
                if (read.MessageType == WebSocketMessageType.Close)
                {
                    break;
                }
                if (takesInput)
                {
                    await process.WriteAsync(buffer.AsMemory(0, read.Count), ended.Token);
                }
            }
        }
        catch (Exception failure) when (failure is OperationCanceledException or WebSocketException or IOException)
        {
            // As above.
        }
        await ended.CancelAsync();
    }

    private static string? KeyOf(DockerCall call) => call.Header("Sec-WebSocket-Key");
}
