using System.Net;
using System.Threading.Channels;
using Microsoft.AspNetCore.Connections;

namespace Naru.Sockets;

/// <summary>Looks to the web server like one listener; its connections come from all limited sockets.</summary>
internal sealed class LimitedSocketListener : IConnectionListener
{
    // Waits when the server is slow to take them: the kernel's backlog of each socket is the queue proper.
    private readonly Channel<ConnectionContext> _accepted = Channel.CreateBounded<ConnectionContext>(64);

    public EndPoint EndPoint => LimitedSocketEndPoint.Only;

    public ValueTask HandOverAsync(ConnectionContext connection, CancellationToken cancellationToken) =>
        _accepted.Writer.WriteAsync(connection, cancellationToken);

    public async ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default)
    {
        while (await _accepted.Reader.WaitToReadAsync(cancellationToken))
        {
            if (_accepted.Reader.TryRead(out var connection))
            {
                return connection;
            }
        }

        return null;
    }

    public ValueTask UnbindAsync(CancellationToken cancellationToken = default)
    {
        _accepted.Writer.TryComplete();
        return ValueTask.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        _accepted.Writer.TryComplete();
        while (_accepted.Reader.TryRead(out var connection))
        {
            await connection.DisposeAsync();
        }
    }
}
