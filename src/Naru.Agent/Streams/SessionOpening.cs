using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Naru.Core.Errors;

namespace Naru.Agent.Streams;

/// <summary>Takes a connection over from HTTP in the way that its client asks for.</summary>
internal static class SessionOpening
{
    /// <summary>A session for a joined process.</summary>
    /// <exception cref="NaruException">InvalidArgument: the client asks for no way that is known here.</exception>
    public static async Task<IRemoteSession> OpenAsync(HttpContext context, SessionWish wish, TimeProvider time)
    {
        if (UpgradeSocket.IsAsked(context))
        {
            var chosen = Choose(UpgradeSocket.Offers(context), WebSocketSession.Protocols);
            var session = new WebSocketSession(await UpgradeSocket.AcceptAsync(context, chosen), chosen);
            await session.OpenAsync(wish, context.RequestAborted);
            return session;
        }

        var offered = context.Request.Headers["X-Stream-Protocol-Version"].SelectMany(static one => (one ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)).ToList();
        var protocol = offered.Count == 0 ? "channel.k8s.io" : Choose(offered, SpdySession.Protocols)
            ?? throw NaruException.Invalid($"unable to upgrade: unable to negotiate protocol: client supports [{string.Join(' ', offered)}], server accepts [{string.Join(' ', SpdySession.Protocols)}]");
        var transport = await UpgradeSpdyAsync(context, offered.Count == 0 ? null : protocol);
        var spdy = new SpdySession(transport, protocol);
        await spdy.OpenAsync(wish, time, context.RequestAborted);
        return spdy;
    }

    /// <summary>The connection as SPDY's bytes.</summary>
    public static async Task<Stream> UpgradeSpdyAsync(HttpContext context, string? protocol)
    {
        if (context.Features.Get<IHttpUpgradeFeature>() is not { IsUpgradableRequest: true } upgrade || !context.Request.Headers.Upgrade.ToString().Equals("SPDY/3.1", StringComparison.OrdinalIgnoreCase))
        {
            throw NaruException.Invalid("unable to upgrade: missing upgrade headers in request");
        }

        context.Response.Headers.Connection = "Upgrade";
        context.Response.Headers.Upgrade = "SPDY/3.1";
        if (protocol is not null)
        {
            context.Response.Headers["X-Stream-Protocol-Version"] = protocol;
        }

        return await upgrade.UpgradeAsync();
    }

    /// <summary>The first of ours that the client offers.</summary>
    public static string? Choose(IReadOnlyCollection<string> offered, string[] known) => Array.Find(known, offered.Contains);
}
