using System.IO.Pipelines;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;

namespace Naru.Dialects.Http.Hijack;

/// <summary>
/// Stands between the transport and Kestrel on one connection. Kestrel treats a client that closes its sending side as gone
/// and aborts the connection; a hijacked stream lives on half-closed, so the closing is passed on only while Kestrel owns the connection.
/// </summary>
internal sealed class ConnectionHijack : IConnectionHijack, IDuplexPipe, IDisposable
{
    private readonly IDuplexPipe _transport;
    private readonly Socket? _socket;
    private readonly CancellationTokenSource _closed = new();
    private readonly CancellationTokenRegistration _closing;
    private readonly Lock _lock = new();
    private bool _taken;

    public ConnectionHijack(ConnectionContext connection)
    {
        _transport = connection.Transport;
        // With TLS the socket carries other bytes than the transport: only a plain socket is written directly.
        _socket = connection.Features.Get<ITlsHandshakeFeature>() is null ? connection.Features.Get<IConnectionSocketFeature>()?.Socket : null;
        Input = new GateReader(_transport.Input, this);
        Output = new GateWriter(_transport.Output, this);
        Gone = connection.ConnectionClosed;
        _closing = connection.ConnectionClosed.Register(static state => ((ConnectionHijack)state!).OnClosed(), this);
    }

    public PipeReader Input { get; }

    public PipeWriter Output { get; }

    public bool Taken => Volatile.Read(ref _taken);

    public CancellationToken Gone { get; }

    /// <summary>What Kestrel sees in place of the transport's own token.</summary>
    public CancellationToken Closed => _closed.Token;

    public async ValueTask<IDuplexPipe> TakeAsync(ReadOnlyMemory<byte> head, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            if (_taken)
            {
                throw new InvalidOperationException("The connection was taken before.");
            }
            _taken = true;
        }
        if (_socket is null)
        {
            await _transport.Output.WriteAsync(head, cancellationToken);
            return _transport;
        }
        while (head.Length > 0)
        {
            head = head[await _socket.SendAsync(head, SocketFlags.None, cancellationToken)..];
        }
        return _transport;
    }

    public void Dispose()
    {
        _closing.Dispose();
        _closed.Dispose();
    }

    private void OnClosed()
    {
        lock (_lock)
        {
            if (_taken)
            {
                return;
            }
        }
        _closed.Cancel();
    }
}
