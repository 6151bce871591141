using System.IO.Pipelines;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;

namespace Naru.Dialects.Http.Hijack;

/// <summary>
/// Stands between the transport and Kestrel on one connection. Kestrel treats a client that closes its sending side as gone
/// and aborts the connection. A hijacked stream lives on half-closed, and a client that says all it has to say and then
/// waits for its answer must get it: so Kestrel hears of the closing only when the client is wholly gone.
/// </summary>
internal sealed class ConnectionHijack : IConnectionHijack, IDuplexPipe, IDisposable
{
    private static readonly TimeSpan WatchPace = TimeSpan.FromSeconds(1);

    private readonly IDuplexPipe _transport;
    private readonly Socket? _socket;
    private readonly CancellationTokenSource _closed = new();
    private readonly CancellationTokenRegistration _closing;
    private readonly Lock _lock = new();
    private readonly TimeProvider _time;
    private ITimer? _watch;
    private bool _taken;
    private bool _disposed;

    public ConnectionHijack(ConnectionContext connection, TimeProvider time)
    {
        _time = time;
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

    public bool IsClientGone()
    {
        if (_socket is not { AddressFamily: AddressFamily.Unix } socket)
        {
            return false;
        }
        try
        {
            // Sends nothing, but fails once the other end is closed; after a half-close alone it does not.
            socket.Send(ReadOnlySpan<byte>.Empty);
            return false;
        }
        catch (Exception failure) when (failure is SocketException or ObjectDisposedException)
        {
            return true;
        }
    }

    public void Dispose()
    {
        _closing.Dispose();
        lock (_lock)
        {
            _disposed = true;
            _watch?.Dispose();
        }
        _closed.Dispose();
    }

    private void OnClosed()
    {
        if (_socket is { AddressFamily: AddressFamily.Unix } && !IsClientGone())
        {
            lock (_lock)
            {
                if (!_disposed && !_taken)
                {
                    _watch ??= _time.CreateTimer(static state => ((ConnectionHijack)state!).Look(), this, WatchPace, WatchPace);
                }
            }
            return;
        }
        End();
    }

    private void Look()
    {
        if (IsClientGone())
        {
            End();
        }
    }

    private void End()
    {
        lock (_lock)
        {
            _watch?.Dispose();
            if (_taken || _disposed)
            {
                return;
            }
        }
        _closed.Cancel();
    }
}
