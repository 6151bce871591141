using System.Net;
using System.Threading.Channels;
using Microsoft.AspNetCore.Connections;

namespace Naru.Agent.Server;

/// <summary>Brings connections inside this process to a server.</summary>
internal sealed class MemoryTransport : IConnectionListenerFactory, IConnectionListenerFactorySelector
{
    private readonly Channel<MemoryConnection> _waiting = Channel.CreateBounded<MemoryConnection>(256);

    /// <summary>Makes a connection; the client's side of it.</summary>
    public async ValueTask<Stream> ConnectAsync(CancellationToken cancellationToken)
    {
        var connection = new MemoryConnection();
        await _waiting.Writer.WriteAsync(connection, cancellationToken);
        return connection.Client;
    }

    public bool CanBind(EndPoint endpoint) => endpoint is MemoryEndPoint;

    public ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default) => ValueTask.FromResult<IConnectionListener>(new Listener(_waiting));

    private sealed class Listener(Channel<MemoryConnection> waiting) : IConnectionListener
    {
        private readonly CancellationTokenSource _end = new();

        public EndPoint EndPoint => MemoryEndPoint.Instance;

        public async ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default)
        {
            using var both = CancellationTokenSource.CreateLinkedTokenSource(_end.Token, cancellationToken);
            try
            {
                return await waiting.Reader.ReadAsync(both.Token);
            }
            catch (OperationCanceledException) when (_end.IsCancellationRequested)
            {
                return null;
            }
        }

        public async ValueTask UnbindAsync(CancellationToken cancellationToken = default) => await _end.CancelAsync();

        public ValueTask DisposeAsync()
        {
            _end.Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
