using System.IO.Pipelines;
using System.Text;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http;

namespace Naru.Dialects.Http.Hijack;

public static class HijackConnectionExtensions
{
    /// <summary>Lets handlers on this listener take the raw connection. On a TLS listener it stands after the TLS layer.</summary>
    public static IConnectionBuilder UseHijack(this IConnectionBuilder listener)
    {
        listener.Use(next => async connection =>
        {
            using var hijack = new ConnectionHijack(connection, TimeProvider.System);
            var (transport, closed) = (connection.Transport, connection.ConnectionClosed);
            connection.Transport = hijack;
            connection.ConnectionClosed = hijack.Closed;
            connection.Features.Set<IConnectionHijack>(hijack);
            try
            {
                await next(connection);
            }
            finally
            {
                connection.Transport = transport;
                connection.ConnectionClosed = closed;
            }
        });
        return listener;
    }

    /// <summary>Whether the client of this request is wholly gone, see <see cref="IConnectionHijack.IsClientGone"/>.</summary>
    public static bool IsClientGone(this HttpContext context) => context.Features.Get<IConnectionHijack>()?.IsClientGone() ?? false;

    /// <summary>Takes the connection of this request and answers with the given status line and headers.</summary>
    /// <exception cref="InvalidOperationException">The listener was built without <see cref="UseHijack"/>, or the response has started.</exception>
    public static ValueTask<IDuplexPipe> HijackAsync(
        this HttpContext context, int status, string reason, IEnumerable<KeyValuePair<string, string>> headers, CancellationToken cancellationToken)
    {
        var hijack = context.Features.Get<IConnectionHijack>();
        if (hijack is null || context.Response.HasStarted)
        {
            throw new InvalidOperationException("This connection cannot be taken.");
        }
        var head = new StringBuilder(256).Append("HTTP/1.1 ").Append(status).Append(' ').Append(reason).Append("\r\n");
        foreach (var (name, value) in headers)
        {
            head.Append(name).Append(": ").Append(value).Append("\r\n");
        }
        return hijack.TakeAsync(Encoding.ASCII.GetBytes(head.Append("\r\n").ToString()), cancellationToken);
    }
}
