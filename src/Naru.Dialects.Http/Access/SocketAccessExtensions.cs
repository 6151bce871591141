using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http;

namespace Naru.Dialects.Http.Access;

public static class SocketAccessExtensions
{
    /// <summary>Attaches a policy to everything that comes in over this listener.</summary>
    public static IConnectionBuilder UseSocketAccess(this IConnectionBuilder listener, SocketAccessPolicy policy)
    {
        ArgumentNullException.ThrowIfNull(policy);
        var access = new Attached(policy);
        listener.Use(next => connection =>
        {
            connection.Features.Set<ISocketAccess>(access);
            return next(connection);
        });
        return listener;
    }

    /// <summary>The policy of the endpoint that accepted this request; full where none was attached.</summary>
    public static SocketAccessPolicy AccessPolicy(this HttpContext context) =>
        context.Features.Get<ISocketAccess>()?.Policy ?? SocketAccessPolicy.Full;

    private sealed record Attached(SocketAccessPolicy Policy) : ISocketAccess;
}
