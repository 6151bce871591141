using System.Buffers;
using System.IO.Pipelines;
using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Naru.Ingress.Direct;
using Naru.Linux.Files;
using Naru.Linux.Sockets;

namespace Naru.Ingress.Listening;

/// <summary>A client's connection: two pipes between the web server and a socket, each emptied on the thread that fills it.</summary>
internal sealed class ReadyConnection : DefaultConnectionContext
{
    private const int MostUnread = 1 << 20;
    private const int MostUnsent = 64 << 10;

    private readonly ReadySocket _socket;
    private readonly PipeWriter _input;
    private readonly PipeReader _output;
    private readonly CancellationTokenSource _closed = new();
    private Task _work = Task.CompletedTask;

    private ReadyConnection(Socket socket, ReadyLoop loop, Pipe input, Pipe output)
        : base(Guid.NewGuid().ToString("N"), new Ends(input.Reader, output.Writer), new Ends(output.Reader, input.Writer))
    {
        LocalEndPoint = socket.LocalEndPoint;
        RemoteEndPoint = socket.RemoteEndPoint;
        ConnectionClosed = _closed.Token;
        _input = input.Writer;
        _output = output.Reader;
        _socket = new ReadySocket(socket, loop);
    }

    /// <summary>Takes a socket over that was accepted.</summary>
    public static ReadyConnection Of(Socket socket, ReadyLoop loop, MemoryPool<byte> pool)
    {
        try
        {
            return new ReadyConnection(socket, loop, PipeOf(pool, MostUnread), PipeOf(pool, MostUnsent));
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>The server waits: receives from now on, first for itself where plain requests are served directly.</summary>
    /// <param name="direct">Serves plain requests; null: the server serves all.</param>
    /// <param name="port">Where the connection came in.</param>
    /// <param name="time">The clock.</param>
    public void Begin(DirectServing? direct, PortFacts port, TimeProvider time)
    {
        _work = direct is null ? PumpAsync() : ServeAsync(direct, port, time);
        try
        {
            _socket.Start();
        }
        catch (Exception failure) when (failure is LinuxException or ObjectDisposedException)
        {
            // No room to watch it, or aborted meanwhile.
            _socket.Dispose();
        }
    }

    public override void Abort(ConnectionAbortedException abortReason)
    {
        _socket.Dispose();
        _output.CancelPendingRead();
    }

    public override async ValueTask DisposeAsync()
    {
        await Transport.Input.CompleteAsync();
        await Transport.Output.CompleteAsync();
        await _work;
        _socket.Dispose();
        _closed.Dispose();
        await base.DisposeAsync();
    }

    private async Task ServeAsync(DirectServing direct, PortFacts port, TimeProvider time)
    {
        using (var client = new DirectClient(_socket, port, ((IPEndPoint)RemoteEndPoint!).Address, time))
        {
            var end = Features.Get<IConnectionLifetimeNotificationFeature>()?.ConnectionClosedRequested ?? CancellationToken.None;
            await using var closing = end.UnsafeRegister(static state => ((DirectClient)state!).Close(), client);
            if (!await direct.ServeAsync(client, port))
            {
                _socket.Dispose();
                await EndInputAsync(null);
                await SendAsync();
                return;
            }

            _input.Write(client.Received);
        }

        await PumpAsync();
    }

    private Task PumpAsync() => Task.WhenAll(ReceiveAsync(), SendAsync());

    private static Pipe PipeOf(MemoryPool<byte> pool, int most) =>
        new(new PipeOptions(pool, PipeScheduler.Inline, PipeScheduler.Inline, most, most / 2, useSynchronizationContext: false));

    // As the server knows the end of a connection.
    private static Exception EndOf(Exception ended) =>
        ended is SocketException ? new ConnectionResetException(ended.Message, ended) : new ConnectionAbortedException("The connection was closed.", ended);

    private async Task ReceiveAsync()
    {
        Exception? failure = null;
        try
        {
            await _input.FlushAsync(CancellationToken.None);
            while (true)
            {
                // Held while the connection waits: that is 4 KiB for each, and saves a call to the kernel for each request.
                var count = await _socket.ReceiveAsync(_input.GetMemory());
                if (count == 0)
                {
                    break;
                }

                _input.Advance(count);
                if (await _input.FlushAsync(CancellationToken.None) is { IsCompleted: true } or { IsCanceled: true })
                {
                    break;
                }
            }
        }
        catch (Exception ended) when (ended is SocketException or ObjectDisposedException)
        {
            failure = EndOf(ended);
        }

        await EndInputAsync(failure);
    }

    private async ValueTask EndInputAsync(Exception? failure)
    {
        await _input.CompleteAsync(failure);
        ThreadPool.UnsafeQueueUserWorkItem(static connection => connection.TellClosed(), this, preferLocal: false);
    }

    private async Task SendAsync()
    {
        Exception? failure = null;
        try
        {
            while (true)
            {
                var result = await _output.ReadAsync();
                var buffer = result.Buffer;
                if (result.IsCanceled)
                {
                    break;
                }

                await SendAsync(buffer);
                _output.AdvanceTo(buffer.End);
                if (result.IsCompleted)
                {
                    break;
                }
            }
        }
        catch (Exception ended) when (ended is SocketException or ObjectDisposedException)
        {
            failure = EndOf(ended);
        }

        _socket.Dispose();
        await _output.CompleteAsync(failure);
        _input.CancelPendingFlush();
    }

    private async ValueTask SendAsync(ReadOnlySequence<byte> buffer)
    {
        var (position, left) = (buffer.Start, buffer.Length);
        while (left > 0 && buffer.TryGet(ref position, out var piece))
        {
            left -= piece.Length;
            if (!piece.IsEmpty)
            {
                await _socket.SendAsync(piece, more: left > 0);
            }
        }
    }

    private void TellClosed()
    {
        try
        {
            _closed.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // The server was done with it first.
        }
    }

    private sealed class Ends(PipeReader input, PipeWriter output) : IDuplexPipe
    {
        public PipeReader Input => input;

        public PipeWriter Output => output;
    }
}
