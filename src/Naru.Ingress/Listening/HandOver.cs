using System.Buffers;
using System.IO.Pipelines;
using System.Net;
using System.Threading.Channels;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http.Features;

namespace Naru.Ingress.Listening;

/// <summary>
/// HTTP/2 without TLS beside HTTP/1.1 on one port, for gRPC. The web server tells the two apart by TLS alone, so the first bytes of a connection are looked at here, and one that opens
/// as HTTP/2 does is handed over to a second listener of the same server that speaks only this.
/// </summary>
internal sealed class HandOver : IConnectionListenerFactory, IConnectionListenerFactorySelector
{
    private readonly Channel<ConnectionContext> _waiting = Channel.CreateBounded<ConnectionContext>(512);

    /// <summary>Where the second listener listens.</summary>
    public static EndPoint Place { get; } = new HandOverEndPoint();

    private static ReadOnlySpan<byte> Opening => "PRI * HTTP/2.0\r\n"u8;

    /// <summary>What stands before HTTP/1.1 in the connections of the port.</summary>
    public ConnectionDelegate Before(ConnectionDelegate next) => async connection =>
    {
        var opensAsHttp2 = await OpensAsHttp2Async(connection.Transport.Input, connection.ConnectionClosed);
        if (opensAsHttp2 is null)
        {
            return;
        }

        if (opensAsHttp2 == false)
        {
            await next(connection);
            return;
        }

        await using var handed = new HandedConnection(connection);
        await _waiting.Writer.WriteAsync(handed, connection.ConnectionClosed);
        await handed.Done;
    };

    public bool CanBind(EndPoint endpoint) => endpoint is HandOverEndPoint;

    public ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default) => ValueTask.FromResult<IConnectionListener>(new Listener(_waiting));

    /// <summary>Looks at the first bytes and leaves them where they are; null: the connection ended without one.</summary>
    private static async ValueTask<bool?> OpensAsHttp2Async(PipeReader input, CancellationToken cancellationToken)
    {
        while (true)
        {
            var result = await input.ReadAsync(cancellationToken);
            var buffer = result.Buffer;
            if (Judge(buffer) is not null || result.IsCompleted)
            {
                input.AdvanceTo(buffer.Start);
                return buffer.IsEmpty ? null : Judge(buffer) == true;
            }

            input.AdvanceTo(buffer.Start, buffer.End);
        }
    }

    /// <summary>Null: too few bytes to know.</summary>
    private static bool? Judge(ReadOnlySequence<byte> buffer)
    {
        var length = (int)Math.Min(buffer.Length, Opening.Length);
        Span<byte> start = stackalloc byte[16];
        buffer.Slice(0, length).CopyTo(start);
        return !Opening.StartsWith(start[..length]) ? false : length == Opening.Length ? true : null;
    }

    private sealed class HandOverEndPoint : EndPoint
    {
        public override string ToString() => "http2";
    }

    private sealed class Listener(Channel<ConnectionContext> waiting) : IConnectionListener
    {
        private readonly CancellationTokenSource _end = new();

        public EndPoint EndPoint => Place;

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

    /// <summary>The same connection under a second owner: its end there is told to the first, who closes it.</summary>
    private sealed class HandedConnection(ConnectionContext inner) : ConnectionContext
    {
        private readonly TaskCompletionSource _done = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Done => _done.Task;

        public override IDuplexPipe Transport
        {
            get => inner.Transport;
            set => inner.Transport = value;
        }

        public override string ConnectionId
        {
            get => inner.ConnectionId;
            set => inner.ConnectionId = value;
        }

        public override IFeatureCollection Features { get; } = new FeatureCollection(inner.Features);

        public override IDictionary<object, object?> Items
        {
            get => inner.Items;
            set => inner.Items = value;
        }

        public override CancellationToken ConnectionClosed
        {
            get => inner.ConnectionClosed;
            set => inner.ConnectionClosed = value;
        }

        public override EndPoint? LocalEndPoint
        {
            get => inner.LocalEndPoint;
            set => inner.LocalEndPoint = value;
        }

        public override EndPoint? RemoteEndPoint
        {
            get => inner.RemoteEndPoint;
            set => inner.RemoteEndPoint = value;
        }

        public override void Abort(ConnectionAbortedException abortReason) => inner.Abort(abortReason);

        public override ValueTask DisposeAsync()
        {
            _done.TrySetResult();
            return base.DisposeAsync();
        }
    }
}
