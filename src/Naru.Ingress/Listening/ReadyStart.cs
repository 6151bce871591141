using Microsoft.AspNetCore.Connections;
using Naru.Ingress.Direct;

namespace Naru.Ingress.Listening;

/// <summary>
/// The first of what handles connections of a port: nothing is received before the server waits for it, so that it goes on on the connection's thread, not on the one that accepted it.
/// </summary>
/// <param name="direct">Serves plain requests; null: the server serves all.</param>
/// <param name="port">The port.</param>
/// <param name="time">The clock.</param>
internal sealed class ReadyStart(DirectServing? direct, PortFacts port, TimeProvider time)
{
    public ConnectionDelegate Before(ConnectionDelegate next) => connection =>
    {
        var handled = next(connection);
        (connection as ReadyConnection)?.Begin(direct, port, time);
        return handled;
    };
}
