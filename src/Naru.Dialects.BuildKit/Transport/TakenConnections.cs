using System.Net;
using System.Threading.Channels;
using Microsoft.AspNetCore.Connections;

namespace Naru.Dialects.BuildKit.Transport;

/// <summary>Hands taken connections to the server that listens.</summary>
internal sealed class TakenConnections : IConnectionListenerFactory, IConnectionListener
{
    // Unbounded: each element is a connection that the outer server has admitted already.
    private readonly Channel<ConnectionContext> _waiting = Channel.CreateUnbounded<ConnectionContext>();

    public EndPoint EndPoint { get; } = new TakenEndPoint();

    public bool Offer(TakenConnection connection) => _waiting.Writer.TryWrite(connection);

    public ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default) => ValueTask.FromResult<IConnectionListener>(this);

    public async ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default)
    {
        try
        {
            return await _waiting.Reader.ReadAsync(cancellationToken);
        }
        catch (ChannelClosedException)
        {
            return null;
        }
    }

    public ValueTask UnbindAsync(CancellationToken cancellationToken = default)
    {
        _waiting.Writer.TryComplete();
        return ValueTask.CompletedTask;
    }

    public ValueTask DisposeAsync() => UnbindAsync(CancellationToken.None);
}
