using System.Net;
using Microsoft.AspNetCore.Connections;

namespace Naru.Sockets;

/// <summary>Gives the web server the listener behind <see cref="LimitedSocketEndPoint"/>.</summary>
internal sealed class LimitedSocketTransport(LimitedSockets sockets) : IConnectionListenerFactory, IConnectionListenerFactorySelector
{
    public bool CanBind(EndPoint endpoint) => endpoint is LimitedSocketEndPoint;

    public ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default) =>
        ValueTask.FromResult<IConnectionListener>(sockets.Listener);
}
