using System.Net.WebSockets;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Naru.Core.Errors;

namespace Naru.Agent.Streams;

/// <summary>WebSockets by hand (RFC 6455, section 4.2.2): no middleware is needed for one kind of request.</summary>
internal static class UpgradeSocket
{
    private const string Salt = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

    public static bool IsAsked(HttpContext context) =>
        context.Request.Headers.Upgrade.ToString().Equals("websocket", StringComparison.OrdinalIgnoreCase) && context.Features.Get<IHttpUpgradeFeature>() is { IsUpgradableRequest: true };

    /// <summary>Protocols that the client offers.</summary>
    public static IReadOnlyCollection<string> Offers(HttpContext context) =>
        [.. context.Request.Headers.SecWebSocketProtocol.SelectMany(static one => (one ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))];

    /// <summary>Takes the connection over.</summary>
    public static async Task<WebSocket> AcceptAsync(HttpContext context, string? protocol)
    {
        if (Offers(context).Count > 0 && protocol is null)
        {
            throw NaruException.Invalid($"unable to upgrade: unable to negotiate protocol: client supports [{string.Join(' ', Offers(context))}]");
        }

        var key = context.Request.Headers.SecWebSocketKey.ToString();
        context.Response.Headers.Connection = "Upgrade";
        context.Response.Headers.Upgrade = "websocket";
#pragma warning disable CA5350 // The protocol asks for SHA-1; nothing is kept safe by it.
        context.Response.Headers.SecWebSocketAccept = Convert.ToBase64String(SHA1.HashData(Encoding.ASCII.GetBytes(key + Salt)));
#pragma warning restore CA5350
        if (protocol is not null)
        {
            context.Response.Headers.SecWebSocketProtocol = protocol;
        }

        var stream = await context.Features.GetRequiredFeature<IHttpUpgradeFeature>().UpgradeAsync();
        return WebSocket.CreateFromStream(stream, new WebSocketCreationOptions { IsServer = true, KeepAliveInterval = TimeSpan.FromSeconds(30) });
    }
}
