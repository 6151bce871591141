using System.Net.WebSockets;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Naru.Dialects.Kubernetes.Server;

namespace Naru.Dialects.Kubernetes.Watching;

/// <summary>Takes a request's connection over as a WebSocket (RFC 6455).</summary>
internal static class WebSocketUpgrade
{
    private const string AcceptSalt = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

    /// <summary>The client asks for a WebSocket.</summary>
    public static bool IsAsked(HttpContext http) =>
        http.Request.Headers.Upgrade.ToString().Equals("websocket", StringComparison.OrdinalIgnoreCase)
        && http.Features.Get<IHttpUpgradeFeature>() is { IsUpgradableRequest: true };

    /// <summary>Answers the handshake and gives the socket for a watch's frames.</summary>
    public static async Task<WebSocketSink> AcceptAsync(Exchange exchange, bool isText) => new(await OpenAsync(exchange, ["binary.k8s.io"]), isText);

    /// <summary>Answers the handshake.</summary>
    /// <param name="exchange">The request.</param>
    /// <param name="protocols">The protocols that are spoken here; a client may also name none. One that carries a token is never echoed.</param>
    public static async Task<WebSocket> OpenAsync(Exchange exchange, string[] protocols)
    {
        var http = exchange.Http;
        var key = http.Request.Headers.SecWebSocketKey.ToString();
        if (key.Length == 0)
        {
            throw StatusFailure.BadRequest("the request has no Sec-WebSocket-Key");
        }

        http.Response.Headers.Upgrade = "websocket";
        http.Response.Headers.Connection = "Upgrade";
        http.Response.Headers.SecWebSocketAccept = AcceptOf(key);
        if (Protocol(http.Request, protocols) is { } protocol)
        {
            http.Response.Headers.SecWebSocketProtocol = protocol;
        }

        var stream = await http.Features.GetRequiredFeature<IHttpUpgradeFeature>().UpgradeAsync();
        return WebSocket.CreateFromStream(stream, new WebSocketCreationOptions { IsServer = true, KeepAliveInterval = TimeSpan.FromSeconds(30) });
    }

    /// <summary>The answer to a handshake's key.</summary>
    public static string AcceptOf(string key) =>
#pragma warning disable CA5350 // RFC 6455 asks for SHA-1; it proves nothing but that the other side speaks WebSocket.
        Convert.ToBase64String(SHA1.HashData(Encoding.ASCII.GetBytes(key + AcceptSalt)));
#pragma warning restore CA5350

    /// <summary>The first protocol of the client's that is spoken here.</summary>
    public static string? Protocol(HttpRequest request, string[] protocols) =>
        request.Headers.SecWebSocketProtocol.ToString().Split(',', StringSplitOptions.TrimEntries).FirstOrDefault(protocols.Contains);
}
